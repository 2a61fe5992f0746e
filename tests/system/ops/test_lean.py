"""No process loads code that only another one uses, and frequent requests open no extra connection and send no extra query."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from runtime.environment import BASE_DIR

PAGES = ("pydantic", "ninja", "django.contrib.admin", "allauth", "daphne", "twisted", "autobahn")
DOCUMENTS = ("lxml", "pyarrow", "typst", "saxonche", "facturx", "pypdf", "pypdfium2", "faker")
COMMAND_LINE = ("prompt_toolkit", "click_repl", "celery.bin.celery")
MODULES = {
    "worker": "invoicedash.worker",
    "jobs": "jobs.worker",
    "beat": "invoicedash.beat",
    "pacer": "django.core.management, channels.management.commands.runworker, streaming.asgi",
    "loops": "invoicedash.loops",
    "flower": "invoicedash.flower",
    "web": "runtime.daphne_server, invoicedash.asgi",
}
ABSENT = {
    "worker": (*PAGES, *DOCUMENTS, *COMMAND_LINE, "cryptography.hazmat", "flower"),
    "jobs": ("django.apps", "django.db", *PAGES, *DOCUMENTS, *COMMAND_LINE, "cryptography.hazmat", "flower"),
    "beat": ("django.apps", "django.db", *PAGES, *DOCUMENTS, *COMMAND_LINE, "cryptography.hazmat", "flower"),
    "pacer": ("celery", "kombu", *PAGES, *DOCUMENTS, *COMMAND_LINE, "cryptography.hazmat", "flower"),
    # Documents of orders are announced on feeds, which takes the channel layer.
    "loops": ("celery", "kombu", *PAGES, *DOCUMENTS, *COMMAND_LINE, "flower"),
    "flower": ("django.apps", "django.db", *PAGES, *DOCUMENTS, *COMMAND_LINE, "cryptography.hazmat"),
    "web": (*DOCUMENTS, *COMMAND_LINE, "OpenSSL", "flower"),
}


@pytest.mark.parametrize("process", MODULES)
def test_a_process_does_not_load_what_only_others_use(process: str) -> None:
    loaded = modules_of(process)
    assert [name for name in ABSENT[process] if name in loaded] == []


def modules_of(process: str) -> set[str]:
    """The modules that `process` has loaded before its first task."""
    setup = "import django; django.setup();" if process in ("worker", "pacer", "loops", "web") else ""
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
