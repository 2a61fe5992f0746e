from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StoresConfig(AppConfig):
    name = "stores"

    def ready(self) -> None:
        from stores import operations

        post_migrate.connect(operations.ensure_default_store, sender=self)
