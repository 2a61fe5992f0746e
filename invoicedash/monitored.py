"""The Celery application for Flower: the broker's address without the product's code, which would take 25 MB."""

from __future__ import annotations

import os

# First, because Flower calls the client on an event loop, which `bare_celery` leaves out.
import runtime.lean_redis  # noqa: F401 # isort: split

# Before Celery, which it imports without what is not needed.
from runtime import bare_celery, bare_heartbeats, environment  # isort: split

from celery import Celery

NAME = "flower"

# Celery's own fix-up for Django would load Django here.
app = Celery("invoicedash", fixups=())
_env = environment.read()
app.conf.update(bare_celery.settings(_env))
if os.environ.get("INVOICEDASH_PROCESS") == NAME and _env.database_url:
    bare_heartbeats.start(NAME, _env.database_url)
