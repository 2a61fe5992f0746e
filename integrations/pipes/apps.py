from django.apps import AppConfig


class PipesConfig(AppConfig):
    name = "integrations.pipes"

    def ready(self) -> None:
        from integrations.pipes import sealing
        from integrations.pipes.models import Batch, Pipe, Stream, Transaction
        from quality import record_sources
        from stores.parts import register_rows
        from stores.rotation import register_column

        # The lines of a batch may be large.
        register_rows("pipes", Batch, Stream, Transaction, Pipe, at_once=200)
        record_sources.register("integrations.pipes.replaying.SOURCE")
        register_column(sealing.COLUMN, sealing.rotate_lines)
