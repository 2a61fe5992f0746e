"""The Celery application: beat wakes, the worker ticks. Messages are nudges; what must not be lost is a row."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoicedash.settings")

app = Celery("invoicedash")
app.config_from_object("invoicedash.celeryconfig")
app.autodiscover_tasks(["invoices"])


@setup_logging.connect
def keep_djangos_logging(**_: object) -> None:
    """Celery would set up logging of its own; Django's settings have done it already."""
