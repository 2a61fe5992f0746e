from django.apps import AppConfig


class PipesConfig(AppConfig):
    name = "integrations.pipes"

    def ready(self) -> None:
        from integrations.pipes import sealing, store_part
        from stores.rotation import register_column

        store_part.register()
        register_column(sealing.COLUMN, sealing.rotate_lines)
