from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "commerce.records"

    def ready(self) -> None:
        from commerce.records import store_part

        store_part.register()
