from django.apps import AppConfig


class SyncingConfig(AppConfig):
    name = "integrations.syncing"

    def ready(self) -> None:
        from integrations.syncing.leaving import JOB, leave
        from integrations.syncing.models import SyncRun, SyncState
        from jobs.registry import register as register_job
        from stores.parts import StorePart, register_part, register_rows

        register_rows("readings", SyncRun, SyncState)
        register_part(StorePart(name="shops", leave=leave))
        register_job(JOB, "integrations.syncing.leaving.remove_webhooks", queue="quick")
