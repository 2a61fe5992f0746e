from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from events import restored

        post_migrate.connect(restored.adopt_positions, sender=self)
