from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"

    def ready(self) -> None:
        from imports.models import SOURCE
        from jobs import registry
        from quality import readers

        registry.register("import", "imports.job.run")
        readers.register(SOURCE, "imports.retrying.READER")
