from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "exports"

    def ready(self) -> None:
        from exports.renditions.obtain import KIND
        from jobs import registry

        registry.register(KIND, "exports.renditions.work.render", lane="quick")
