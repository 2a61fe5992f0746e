from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "analytics.metrics"
    label = "metrics"

    def ready(self) -> None:
        from jobs import registry

        registry.register("figures", "analytics.metrics.exporting.job.run")
