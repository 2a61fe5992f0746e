from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self) -> None:
        from dashboard import status
        from streaming import feed

        feed.register_status(status.read_status)
