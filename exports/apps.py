from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "exports"

    def ready(self) -> None:
        from exports.files import job as files
        from exports.renditions.obtain import KIND
        from jobs import registry

        registry.register(files.KIND, "exports.files.job.run")
        registry.register(KIND, "exports.renditions.work.render", lane="quick")
