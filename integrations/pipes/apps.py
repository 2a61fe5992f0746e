from django.apps import AppConfig


class PipesConfig(AppConfig):
    name = "integrations.pipes"

    def ready(self) -> None:
        from integrations.pipes import sealing, store_part
        from quality import record_sources
        from stores.rotation import register_column

        store_part.register()
        record_sources.register("integrations.pipes.replaying.SOURCE")
        register_column(sealing.COLUMN, sealing.rotate_lines)
