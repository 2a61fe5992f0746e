from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "quality"

    def ready(self) -> None:
        from quality import sealing
        from quality.records import Drift, HeldRecord, RecordRule, SourceDay
        from stores.parts import register_rows
        from stores.rotation import register_column

        register_rows("held-records", HeldRecord, RecordRule, SourceDay, Drift)
        register_column(sealing.COLUMN, sealing.rotate_records)
