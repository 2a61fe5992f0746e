"""An acknowledgement without an answer from Redis delays its worker for a moment, and loses no message after it.

Such a message never counts as done; a worker with its maximum of such messages would ask for no other.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import redis

from invoicedash.celery import app
from runtime import broker
from runtime.environment import BASE_DIR
from tests.invoices.children import database_url
from tests.waiting import wait_for

WORKERS = {
    "worker": "invoicedash.worker",
    "jobs": "jobs.worker",
}
# A message for each, its queue, and how many it does at once.
MESSAGES = {"worker": ("invoices.tick", [], "ticks", 1), "jobs": ("jobs.work", ["nowhere"], broker.JOBS_QUEUE, 2)}


class Swallower:
    """A proxy before Redis; a connection that sends one of the first acknowledgements gets no answer from then on."""

    def __init__(self, target: str) -> None:
        self.count, self.most = 0, 0
        self._target = urlsplit(target).path
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"
        threading.Thread(target=self._accept, daemon=True).start()

    def wait(self, count: int) -> None:
        """Until it has swallowed `count`."""
        wait_for(lambda: self.count >= count, f"acknowledgement {count}")

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                there = socket.socket(socket.AF_UNIX)
                there.connect(self._target)
                is_deaf = threading.Event()
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=self._pump, args=[*ends, is_deaf, ends[0] is here], daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, is_deaf: threading.Event, is_question: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if is_question and b"ZREM" in data and self.count < self.most:
                    is_deaf.set()
                    self.count += 1
                if not is_deaf.is_set():
                    sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def swallower() -> Iterator[Swallower]:
    one = Swallower(os.environ["REDIS_URL"])
    yield one
    one.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", WORKERS)
def test_a_message_after_an_acknowledgement_without_an_answer_is_taken(swallower: Swallower, name: str) -> None:
    task, arguments, queue, swallower.most = MESSAGES[name]
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    env = os.environ | {"REDIS_URL": swallower.url, "DATABASE_URL": database_url()}
    process = subprocess.Popen([sys.executable, "-m", WORKERS[name]], cwd=BASE_DIR, env=env)
    try:
        for count in range(1, swallower.most + 1):
            app.send_task(task, arguments, queue=queue)
            swallower.wait(count)
        app.send_task(task, arguments, queue=queue)
        wait_for(lambda: client.llen(broker.queue_key(queue)) == 0, "the message after it to be taken")
    finally:
        process.kill()
        process.wait()
        client.delete(broker.queue_key(queue), *client.keys(f"{broker.PREFIX}unacked*"))
