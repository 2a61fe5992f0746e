"""The Celery application: beat wakes, the worker ticks. Messages are nudges; what must not be lost is a row."""

import os
import sys
import warnings

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import setup_logging, task_postrun, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoicedash.settings")
# Django's checks import every page and view; `make lint` and the deployment run them, the worker does without.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

# Celery warns root for fear of pickled messages; ours are JSON, and root runs this only in a container or a trial.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("invoicedash")
app.config_from_object("invoicedash.celeryconfig")
app.autodiscover_tasks(["invoices", "replays"])
# Celery would open a connection to PostgreSQL for each task, five a second: it keeps one for so many of them.
app.conf.CELERY_DB_REUSE_MAX = sys.maxsize


@task_postrun.connect
def close_broken_connections(**_: object) -> None:
    """After an error that may have broken a connection the next task opens another one."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        if connection.errors_occurred:
            connection.close()


@setup_logging.connect
def keep_djangos_logging(**_: object) -> None:
    """Celery would set up logging of its own; Django's settings have done it already."""


@worker_init.connect
def fill_the_pools(**_: object) -> None:
    """Before the first tick, so that it is not late."""
    from invoices.generation.companies import pools

    pools()


@worker_init.connect
def watch_the_sweeps(**_: object) -> None:
    """A worker without sweeps is shown and started again."""
    from invoices.tasks import watch_sweeps

    watch_sweeps()
