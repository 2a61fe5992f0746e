from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "sources"

    def ready(self) -> None:
        from jobs import registry

        registry.register("import", "sources.job.run")
