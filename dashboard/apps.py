from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self) -> None:
        from dashboard import status
        from dashboard.conditions import collect, monitor
        from streaming import feed
        from web import problems

        feed.register_status(status.read_status)
        problems.register_conditions(collect.known_conditions)
        monitor.start()
