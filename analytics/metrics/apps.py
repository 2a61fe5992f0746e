from django.apps import AppConfig


class MetricsConfig(AppConfig):
    name = "analytics.metrics"
    label = "metrics"

    def ready(self) -> None:
        from analytics.facts.following import register_follower
        from analytics.metrics import live
        from jobs import registry

        register_follower(live.send_figures)
        registry.register("figures", "analytics.metrics.exporting.job.run")
