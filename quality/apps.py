from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "quality"

    def ready(self) -> None:
        from quality import sealing, store_part
        from stores.rotation import register_column

        store_part.register()
        register_column(sealing.COLUMN, sealing.rotate_records)
