from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self) -> None:
        from dashboard import status
        from dashboard.conditions import monitor
        from streaming import feed

        feed.register_status(status.read_status)
        monitor.start()
