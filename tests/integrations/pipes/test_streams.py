"""A stream is answered chunk by chunk after each is taken, and a sender that lost its answer goes on where it was."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from commerce.records.models import Supplier
from integrations.pipes import pushing, streams, taking, working
from integrations.pipes.models import Batch, Stream
from integrations.pipes.pushing import Push
from integrations.pipes.streams import answer_chunks
from stores.queries import StoreFacts, read_store
from stores.rows import rows_of, rows_of_all_stores
from tests.stack import Stack
from tests.waiting import HANG_SECONDS, wait_for

STREAM = "/api/v1/ingest/stream?source_id=till&data_type=suppliers"


@pytest.fixture
def store(transactional_db: None, settings: Settings, tmp_path: Path) -> StoreFacts:
    settings.INVOICEDASH_OPEN = True
    settings.INVOICEDASH_DATA_DIR = tmp_path
    settings.STORES_ENCRYPTION_KEYS = None
    return read_store("main")


@contextmanager
def workers(count: int) -> Iterator[None]:
    """What the process `loops` does, in threads."""
    stopped = threading.Event()

    def work() -> None:
        while not stopped.is_set():
            working.take_next() or stopped.wait(0.01)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield
    stopped.set()
    for thread in threads:
        thread.join(HANG_SECONDS)


@pytest.fixture
def loop(store: StoreFacts) -> Iterator[None]:
    with workers(1):
        yield


def lines(*numbers: int) -> list[str]:
    return [json.dumps({"supplier_id": f"S{number}"}) for number in numbers]


def send(store: StoreFacts, *chunks: list[str], position: int | None = None) -> list[dict[str, Any]]:
    """The lines of the answer to a stream of these chunks."""

    async def collect() -> list[bytes]:
        return [line async for line in answer_chunks(store, "till", "suppliers", iter(chunks), position)]

    return [json.loads(line) for line in asyncio.run(collect())]


def test_each_chunk_is_answered_with_what_became_of_it(store: StoreFacts, loop: None) -> None:
    answers = send(store, lines(1, 2), [*lines(3), "nonsense", '{"supplier_id": ""}'])
    assert answers == [
        {"committed": 2, "held": 0, "position": 2},
        {"committed": 3, "held": 2, "position": 5},
    ]
    assert rows_of(Supplier, store.id).count() == 3
    assert send(store, lines(4)) == [{"committed": 1, "held": 0, "position": 6}]


def test_a_chunk_that_is_sent_again_at_its_position_is_stored_once(store: StoreFacts, loop: None) -> None:
    assert send(store, lines(1, 2), position=0)[0]["position"] == 2
    [answer] = send(store, lines(1, 2), position=0)
    assert answer == {
        "error": "The stream is at position 2, and this begins at 0; send on from 2.",
        "position": 0,
    }
    assert send(store, lines(3), lines(4), position=2)[-1] == {"committed": 1, "held": 0, "position": 4}
    assert rows_of_all_stores(Batch).count() == 3
    assert rows_of(Stream, store.id).get().position == 4


def test_processes_that_take_one_pipe_together_take_each_record_once(
    store: StoreFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "CHUNKS", dict.fromkeys(taking.CHUNKS, 10))
    for batch in range(5):
        numbers = range(batch * 30, batch * 30 + 30)
        pushing.push(store, Push(source="till", data_type="suppliers", lines=lines(*numbers), fingerprint=b"1"))
    open_ones = rows_of_all_stores(Batch).exclude(state="done")
    with workers(3):
        wait_for(lambda: not open_ones.exists(), "all batches to be taken")
    counts = rows_of_all_stores(Batch).values_list("accepted", "duplicates", "position")
    assert list(counts) == [(30, 0, 30)] * 5
    assert rows_of(Supplier, store.id).count() == 150


def test_a_chunk_that_no_process_takes_is_safe_and_says_so(store: StoreFacts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "WAIT_SECONDS", 0.0)
    [answer] = send(store, lines(1), lines(2))
    assert "stored and waits" in answer["error"]
    assert answer["position"] == 1
    while working.take_next():
        pass
    assert rows_of(Supplier, store.id).count() == 1


def test_a_stream_is_refused_before_it_is_read(store: StoreFacts, settings: Settings) -> None:
    client = Client()
    kind = "application/x-ndjson"
    assert client.post(f"{STREAM}&position=7", b"{}", content_type=kind).status_code == 409
    assert client.post(STREAM.replace("suppliers", "people"), b"{}", content_type=kind).status_code == 422
    assert client.post(f"{STREAM}&store=none", b"{}", content_type=kind).status_code == 404
    settings.INGEST_BACKLOG = 0
    monitor = Client()
    body = {"source_id": "till", "data_type": "suppliers", "data": [{"supplier_id": "S1"}]}
    assert monitor.post("/api/v1/ingest/batch", json.dumps(body), content_type="application/json").status_code == 202
    answer = client.post(STREAM, b"{}", content_type=kind)
    assert (answer.status_code, answer["Retry-After"]) == (429, "5")


def test_a_running_product_takes_a_batch_and_a_stream(stack: Stack) -> None:
    with httpx.Client(base_url=stack.url, timeout=HANG_SECONDS) as client:
        body = {"source_id": "e2e", "data_type": "suppliers", "data": [{"supplier_id": "S1"}]}
        accepted = client.post("/api/v1/ingest/batch", json=body)
        assert accepted.status_code == 202
        content = "\n".join(lines(*range(1500)))
        path = STREAM.replace("till", "e2e")
        answers = [json.loads(line) for line in client.post(path, content=content).text.splitlines()]
        assert [answer.get("committed") for answer in answers] == [1000, 500], answers
        batch = client.get(accepted.json()["href"]).json()
        assert (batch["status"], batch["accepted"]) == ("done", 1)
