from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "commerce.records"

    def ready(self) -> None:
        from commerce.records.models import MODELS
        from stores.parts import register_rows

        register_rows("records", *MODELS.values())
