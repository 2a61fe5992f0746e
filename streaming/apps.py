from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StreamingConfig(AppConfig):
    name = "streaming"

    def ready(self) -> None:
        from runtime import heartbeats
        from streaming import operations

        post_migrate.connect(operations.ensure_feeds, sender=self)
        heartbeats.start()
