from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InvoicesConfig(AppConfig):
    name = "invoices"

    def ready(self) -> None:
        from invoices import feeds, series, store_series

        feeds.register()
        store_series.register()
        post_migrate.connect(series.ensure_series, sender=self)
