"""No process loads code that only another one uses, and frequent requests open no extra connection and send no extra query."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from runtime.environment import BASE_DIR

PAGES = ("pydantic", "ninja", "django.contrib.admin", "allauth", "daphne", "twisted", "autobahn")
DOCUMENTS = ("lxml", "openpyxl", "pyarrow", "typst", "saxonche", "facturx", "pypdf", "pypdfium2", "faker")
COMMAND_LINE = ("prompt_toolkit", "click_repl", "celery.bin.celery")
ASYNC_REDIS = ("redis.asyncio.client", "redis.asyncio.connection")
REDIS_CLUSTERS = ("redis.cluster", "redis.asyncio.cluster", "redis.keyspace_notifications")
# Mail to administrators has Django's page of errors; pgtrigger installs triggers in migrations.
ERROR_PAGES, MIGRATIONS = "django.views.debug", "django.core.management.commands.makemigrations"
EVERYWHERE = (*DOCUMENTS, *COMMAND_LINE, *REDIS_CLUSTERS, "unittest")
MODULES = {
    "worker": "invoicedash.worker",
    "jobs": "jobs.worker",
    "beat": "invoicedash.beat",
    "pacer": "runtime.lean_django, django.core.management, channels.management.commands.runworker, streaming.asgi",
    "loops": "invoicedash.loops",
    "flower": "invoicedash.flower",
    "web": "runtime.daphne_server, invoicedash.asgi",
    "supervisor": "local.__main__",
}
WITHOUT_DJANGO = (
    "httpx",
    "django.apps",
    "django.db",
    *PAGES,
    *EVERYWHERE,
    *ASYNC_REDIS,
    "cryptography.hazmat",
    "click",
    "flower",
)
ABSENT = {
    "worker": (
        "httpx",
        "django.core.mail",
        "django.forms",
        ERROR_PAGES,
        MIGRATIONS,
        *PAGES,
        *EVERYWHERE,
        "cryptography.hazmat",
        "click",
        "flower",
    ),
    "jobs": WITHOUT_DJANGO,
    "beat": WITHOUT_DJANGO,
    "pacer": (
        "httpx",
        "celery",
        "kombu",
        ERROR_PAGES,
        MIGRATIONS,
        *PAGES,
        *EVERYWHERE,
        "cryptography.hazmat",
        "flower",
    ),
    # Documents of orders are announced on feeds, which takes the channel layer. What asks shops is loaded for the first one.
    "loops": (
        "httpx",
        "orders.recording",
        "django.forms",
        ERROR_PAGES,
        MIGRATIONS,
        "celery",
        "kombu",
        *PAGES,
        *EVERYWHERE,
        "flower",
    ),
    "flower": ("httpx", "django.apps", "django.db", *PAGES, *EVERYWHERE, "cryptography.hazmat"),
    # What asks shops is loaded for the first one. The parser of C is for what is compiled already.
    "web": (
        "httpx",
        "idna",
        "pycparser",
        *EVERYWHERE,
        "OpenSSL",
        "autobahn.wamp.message",
        "click",
        "django.test",
        "flower",
    ),
    "supervisor": ("httpx", "django", "psycopg", "redis", "ssl", *PAGES, *EVERYWHERE, "cryptography.hazmat"),
}


@pytest.mark.parametrize("process", MODULES)
def test_a_process_does_not_load_what_only_others_use(process: str) -> None:
    loaded = modules_of(process)
    assert [name for name in ABSENT[process] if name in loaded] == []


def modules_of(process: str) -> set[str]:
    """The modules that `process` has loaded before its first task."""
    setup = "import runtime.lean_django, django; django.setup();" if process in ("worker", "pacer", "loops") else ""
    code = f"import sys, json; {setup} import {MODULES[process]}; {_TASKS.get(process, '')} print(json.dumps(list(sys.modules)))"
    env = os.environ | {"INVOICEDASH_PROCESS": process}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BASE_DIR, env=env, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


_TASKS = {
    "worker": "invoicedash.worker.app.loader.import_default_modules();",
    "loops": "invoicedash.loops.read_specs();",
}
