from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "stores.members"
    label = "members"

    def ready(self) -> None:
        from accounts import access
        from stores.members import callers

        access.register_feed_check(callers.may_use_feed)
