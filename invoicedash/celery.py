"""The Celery application of the worker. Messages only trigger work; data that must not be lost is in PostgreSQL."""

import os
import sys
import warnings

from runtime.absent import lean_celery

with lean_celery():
    from celery import Celery
    from celery.platforms import SecurityWarning
    from celery.signals import setup_logging, task_postrun, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "invoicedash.settings")
# Django's checks import every page and view. `make lint` and the deployment run them; the worker skips them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

# Celery warns root because pickled messages are dangerous. Ours are JSON, and root runs this only in a container or a
# trial.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("invoicedash")
app.config_from_object("invoicedash.celeryconfig")
app.autodiscover_tasks(["invoices", "replays"])
# Without this, Celery opens a connection to PostgreSQL for each task, five per second. It keeps a connection for this
# many tasks.
app.conf.CELERY_DB_REUSE_MAX = sys.maxsize


@task_postrun.connect
def close_broken_connections(**_: object) -> None:
    """Close a connection that an error may have broken, so that the next task opens another one."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        if connection.errors_occurred:
            connection.close()


@setup_logging.connect
def keep_djangos_logging(**_: object) -> None:
    """Prevent Celery from configuring logging: Django's settings have done it."""


@worker_init.connect
def fill_the_pools(**_: object) -> None:
    """Fill the connection pools before the first tick, so that it is not late."""
    from invoices.generation.companies import pools

    pools()


@worker_init.connect
def watch_the_sweeps(**_: object) -> None:
    """Watch the sweeps: a worker without sweeps is reported and restarted."""
    from invoices.tasks import watch_sweeps

    watch_sweeps()
