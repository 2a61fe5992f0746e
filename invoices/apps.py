from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InvoicesConfig(AppConfig):
    name = "invoices"

    def ready(self) -> None:
        from invoices import queries, series
        from streaming import feed

        feed.register_items(queries.load_items)
        feed.register_stats(queries.read_stats)
        post_migrate.connect(series.ensure_series, sender=self)
