"""An interrupted download is cut at once and never looks complete; its process ends with its reader. On both servers."""

from __future__ import annotations

import http.client
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg
import pytest

from tests.stack import Stack
from tests.system.ops import downloads
from tests.system.ops.downloads import CUT, DOCUMENTS, children
from tests.system.ops.web import WebProcess, own_environment
from tests.waiting import wait_for


@pytest.fixture(scope="module")
def filled(stack: Stack) -> Stack:
    downloads.fill(stack)
    return stack


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def web(request: pytest.FixtureRequest, filled: Stack) -> Iterator[WebProcess]:
    with WebProcess(filled, WEB_SERVER=request.param) as process:
        yield process


def begun(web: WebProcess, version: str = "1.1") -> AbstractContextManager[tuple[http.client.HTTPResponse, int]]:
    return downloads.begun(web.port, web.pid, version)


def is_gone(web: WebProcess) -> None:
    wait_for(lambda: children(web.pid) == [], "the process of the export to end", show=web.output)


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
        with pytest.raises(CUT):
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
            with pytest.raises(CUT):
                answer.read()
        is_gone(web)
    assert web.ready() == 200
    names = [process["name"] for process in filled.get_json("/api/system/status")["processes"]]
    assert ("web" in names, "export" in names) == (True, False)
    assert b'process="export"' not in filled.get("/metrics")[1]
