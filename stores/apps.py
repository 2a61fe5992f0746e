from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class StoresConfig(AppConfig):
    name = "stores"

    def ready(self) -> None:
        from stores import operations

        post_migrate.connect(operations.ensure_default_store, sender=self)
        # The process of the loops runs no jobs.
        if apps.is_installed("jobs"):
            from jobs import registry
            from stores import changes

            registry.register(changes.ERASE, "stores.erasing.run")
