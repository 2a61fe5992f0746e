from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import access, groups
        from web import permissions

        permissions.register_check(access.check)
        post_migrate.connect(groups.ensure_groups, sender=self)
