"""Loads Django's models without forms, views and mail to administrators, for processes without pages: 3 MB in each.

It must be imported before `django.setup()`, and never in a process that shows a form. A process without a name
(`INVOICEDASH_PROCESS`) loads all apps, also those with forms: then nothing is left out.
"""

from __future__ import annotations

import os

from runtime.absent import empty

_VIEWS = ("django.views.generic", "django.views.generic.base")
_LEFT_OUT = ("django.core.mail", "django.forms", "django.contrib.postgres.forms", *_VIEWS)
with empty(*(_LEFT_OUT if os.environ.get("INVOICEDASH_PROCESS") else ())):
    import django.contrib.postgres.fields
    import django.db.models
    import django.utils.log
    import django.views  # noqa: F401
