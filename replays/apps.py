from django.apps import AppConfig


class ReplaysConfig(AppConfig):
    name = "replays"

    def ready(self) -> None:
        from replays import figures
        from replays.models import KIND
        from streaming import feed

        feed.register_stats(figures.read_stats, kind=KIND)
