"""pgtrigger for processes that install no triggers: models may name theirs, and the code of migrations is not loaded."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models import options

# As in `pgtrigger.apps`: Django refuses an attribute of `Meta` that it does not know.
options.DEFAULT_NAMES = (*options.DEFAULT_NAMES, "triggers")


class TriggerNames(AppConfig):
    name = "pgtrigger"
