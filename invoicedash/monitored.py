"""The Celery application as Flower sees it: where the broker is, and nothing of the product, which would cost it 25 MB."""

from __future__ import annotations

import os

from celery import Celery

from runtime import bare_celery, bare_heartbeats, environment

NAME = "flower"

# Celery's own fix-up for Django would load it here.
app = Celery("invoicedash", fixups=())
_env = environment.read()
app.conf.update(bare_celery.settings(_env))
if os.environ.get("INVOICEDASH_PROCESS") == NAME and _env.database_url:
    bare_heartbeats.start(NAME, _env.database_url)
