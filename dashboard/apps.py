from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "dashboard"

    def ready(self) -> None:
        from dashboard import proofs, status
        from dashboard.conditions import collect, monitor
        from invoices.proofs import register_proof
        from runtime import conditions
        from streaming import feed

        feed.register_status(status.read_status)
        conditions.register_reader(collect.known_conditions)
        register_proof(proofs.EVENTS)
        monitor.start()
