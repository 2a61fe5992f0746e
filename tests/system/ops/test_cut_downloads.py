"""An interrupted download is cut at once and never looks complete; its process ends with its reader. On both servers."""

from __future__ import annotations

import http.client
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.stack import Stack
from tests.system.ops.web import WebProcess, own_environment
from tests.waiting import wait_for

PATIENCE = 120.0
# More than pipes and sockets hold, so that the process is still at work when a part has come.
DOCUMENTS, LINES = 40, 400
FILL = f"""
from tests.invoices.documents.samples import document, issue_one, line
for number in range({DOCUMENTS}):
    issue_one(document(*(line(description="x" * 1000) for _ in range({LINES}))))
"""
ADDRESS = "/api/exports/invoices.jsonl?feed=live"


@pytest.fixture(scope="module")
def filled(stack: Stack) -> Stack:
    assert stack.manage("shell", "-c", FILL, seconds=PATIENCE).returncode == 0
    return stack


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def web(request: pytest.FixtureRequest, filled: Stack) -> Iterator[WebProcess]:
    with WebProcess(filled, WEB_SERVER=request.param) as process:
        yield process


@contextmanager
def begun(web: WebProcess, version: str = "1.1") -> Iterator[tuple[http.client.HTTPResponse, int]]:
    """A download of which a part has come, and the process that makes it. The rest waits until it is read."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
        client.settimeout(PATIENCE)
        client.connect(("127.0.0.1", web.port))
        client.sendall(f"GET {ADDRESS} HTTP/{version}\r\nHost: localhost\r\n\r\n".encode())
        answer = http.client.HTTPResponse(client)
        answer.begin()
        assert answer.status == 200
        assert len(answer.read(1000)) == 1000
        [child] = children(web)
        yield answer, child
        answer.close()


def children(web: WebProcess) -> list[int]:
    """The processes that make a file for this web process."""
    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if is_child(pid, web.pid)]


def is_child(pid: int, parent: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (
            int(stat[1]) == parent
            and stat[0] != "Z"
            and b"exports.files.child" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
    except OSError:
        return False


def is_gone(web: WebProcess) -> None:
    wait_for(lambda: children(web) == [], "the process of the export to end", show=web.output)


def kill(stack: Stack, child: int) -> None:
    os.kill(child, signal.SIGKILL)


def lose_the_database(stack: Stack, child: int) -> None:
    with psycopg.connect(own_environment(stack)["DATABASE_URL"], autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'invoicedash-command' AND state = 'idle in transaction'"
        ).fetchall()
    assert ended == [(True,)]


@pytest.mark.parametrize("breaks", [kill, lose_the_database])
def test_a_download_that_breaks_is_cut(filled: Stack, web: WebProcess, breaks: Callable[[Stack, int], None]) -> None:
    with begun(web) as (answer, child):
        breaks(filled, child)
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.read()
    is_gone(web)


def test_a_client_without_chunks_sees_that_it_is_cut_as_well(filled: Stack, web: WebProcess) -> None:
    with begun(web, "1.0") as (answer, child):
        kill(filled, child)
        with pytest.raises(ConnectionError):
            answer.read()


def test_the_process_ends_when_its_reader_goes_away(web: WebProcess) -> None:
    with begun(web):
        pass
    is_gone(web)


def test_a_download_that_is_read_slowly_comes_whole(web: WebProcess) -> None:
    with begun(web) as (answer, _):
        rest = answer.read()
    assert rest.count(b"\n") >= DOCUMENTS
    assert rest.endswith(b"}\n")
    is_gone(web)


def test_after_a_cut_the_web_process_serves_on_and_takes_no_download_for_one_at_work(
    filled: Stack, web: WebProcess
) -> None:
    for _ in range(3):
        with begun(web) as (answer, child):
            kill(filled, child)
            with pytest.raises((http.client.IncompleteRead, ConnectionError)):
                answer.read()
        is_gone(web)
    assert web.ready() == 200
    names = [process["name"] for process in filled.get_json("/api/system/status")["processes"]]
    assert ("web" in names, "export" in names) == (True, False)
    assert b'process="export"' not in filled.get("/metrics")[1]
