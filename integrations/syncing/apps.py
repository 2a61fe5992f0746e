from django.apps import AppConfig


class SyncingConfig(AppConfig):
    name = "integrations.syncing"

    def ready(self) -> None:
        from integrations.syncing.models import SyncRun, SyncState
        from integrations.syncing.store_part import register_rows

        register_rows("readings", SyncRun, SyncState)
