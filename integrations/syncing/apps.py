from django.apps import AppConfig


class SyncingConfig(AppConfig):
    name = "integrations.syncing"

    def ready(self) -> None:
        from integrations.syncing.leaving import leave
        from integrations.syncing.models import SyncRun, SyncState
        from integrations.syncing.store_part import register_rows
        from stores.parts import StorePart, register_part

        register_rows("readings", SyncRun, SyncState)
        register_part(StorePart(name="shops", leave=leave))
