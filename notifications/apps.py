from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from events.registry import Consumer, register

        handler = "notifications.consumers.mail_import_finished"
        register(Consumer(name="import-mail", topics=("import.finished",), handler=handler))
