"""Loads Django's models without forms, views and mail to administrators, for processes without pages: 3 MB in each.

It must be imported before `django.setup()`, and never in a process that shows a form.
"""

from __future__ import annotations

from runtime.absent import empty

_VIEWS = ("django.views.generic", "django.views.generic.base")
with empty("django.core.mail", "django.forms", "django.contrib.postgres.forms", *_VIEWS):
    import django.contrib.postgres.fields
    import django.db.models
    import django.utils.log
    import django.views  # noqa: F401
