from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "exports"

    def ready(self) -> None:
        from exports.files import job as files
        from exports.renditions import store
        from exports.renditions.keys import prefix_of
        from exports.renditions.obtain import KIND
        from invoices.documents.erase import register_removal
        from jobs import registry

        registry.register(files.KIND, "exports.files.job.run")
        registry.register(KIND, "exports.renditions.work.render", queue="quick")
        register_removal(lambda ids: store.remove(map(prefix_of, ids)))
