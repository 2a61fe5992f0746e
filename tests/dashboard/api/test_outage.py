"""While PostgreSQL does not listen, or listens and does not answer, every call reports the outage."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from runtime.environment import BASE_DIR
from tests.dashboard.api.caller import check
from tests.stack import clean_environment, free_port
from tests.waiting import HANG_SECONDS, wait_for

CALLS = [
    ("GET", "/api/stats"),
    ("GET", "/api/stats/history"),
    ("GET", "/api/system/status"),
    ("GET", "/api/invoices"),
    ("GET", "/api/invoices/DEMO1-000001"),
    ("POST", "/api/control/start"),
    ("POST", "/api/control/stop"),
    ("POST", "/api/control/reset"),
    ("POST", "/api/control/skip"),
    ("PUT", "/api/feed"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
]
PAGES = ["/", "/wall/", "/system/"]


@contextmanager
def web_process(database_url: str, data_dir: Path, *, descriptors: int = 0, **more: str) -> Iterator[httpx.Client]:
    """A web process on its own, without a supervisor, on that database, with a limit of open file `descriptors`."""
    port = free_port()
    env = web_environment(database_url, data_dir, PORT=str(port), **more)
    limit = f"ulimit -n {descriptors}; " if descriptors else ""
    command = ["sh", "-c", f'{limit}exec "$0" -m runtime.serve', sys.executable]
    process = subprocess.Popen(command, cwd=BASE_DIR, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=HANG_SECONDS) as client:
        try:
            wait_for(lambda: is_alive(client), "the web process")
            yield client
        finally:
            process.terminate()
            process.wait(HANG_SECONDS)


def web_environment(database_url: str, data_dir: Path, **more: str) -> dict[str, str]:
    """What a web process on that database sees."""
    return {
        **clean_environment(),
        "DATABASE_URL": database_url,
        "REDIS_URL": os.environ["REDIS_URL"],
        "INVOICEDASH_DATA_DIR": str(data_dir),
        "INVOICEDASH_OPEN": "1",
        "INVOICEDASH_PROCESS": "web",
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        **more,
    }


def is_alive(client: httpx.Client) -> bool:
    with suppress(httpx.TransportError):
        return client.get("/healthz").status_code == 200
    return False


@pytest.fixture(scope="module")
def without_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """No server listens where PostgreSQL should be."""
    directory = tmp_path_factory.mktemp("gone")
    with web_process(f"postgresql:///invoicedash?host={directory}", directory) as client:
        yield client


@pytest.fixture(scope="module")
def silent_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Connections are accepted, and then nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        url = f"postgresql://nobody@127.0.0.1:{server.getsockname()[1]}/invoicedash"
        with web_process(url, tmp_path_factory.mktemp("silent")) as client:
            yield client


def test_without_postgres_every_call_is_503_and_names_it(without_postgres: httpx.Client) -> None:
    at_once(lambda call: assert_unavailable(without_postgres, *call), CALLS)
    assert without_postgres.get("/healthz").status_code == 200


def test_with_a_silent_postgres_every_call_is_503(silent_postgres: httpx.Client) -> None:
    at_once(lambda call: assert_unavailable(silent_postgres, *call), CALLS)
    assert silent_postgres.get("/healthz").status_code == 200


def test_a_page_becomes_one_that_tries_again(without_postgres: httpx.Client, silent_postgres: httpx.Client) -> None:
    clients = (without_postgres, silent_postgres)
    at_once(lambda look: assert_page_retries(*look), [(client, path) for client in clients for path in PAGES])


def test_refusals_that_need_no_database_are_given_as_ever(without_postgres: httpx.Client) -> None:
    assert without_postgres.delete("/api/stats").status_code == 405
    assert without_postgres.get("/api/nope").status_code == 404
    assert without_postgres.put("/api/feed", content=b"{").status_code == 400
    assert without_postgres.put("/api/feed", content=b'{"mode": 1}').status_code == 422
    assert without_postgres.get("/api/openapi.json").status_code == 200


def at_once(check_one: Callable[[Any], None], cases: list[Any]) -> None:
    """Check all cases at the same time: each of them waits for the database."""
    with ThreadPoolExecutor(len(cases)) as pool:
        list(pool.map(check_one, cases))


def assert_page_retries(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "retry" in answer.text


def assert_unavailable(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path, content=b"{}" if method == "PUT" else None)
    assert answer.status_code == 503
    check(503, answer.headers["Content-Type"], answer.json())
    assert answer.json()["services"]["postgres"] == "down"
    assert answer.headers["Retry-After"] == "1"
