"""Downloads of a running product that are broken off in the middle, and the processes that make them."""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stack import Stack
from tests.waiting import HANG_SECONDS

# More than pipes and sockets hold, so that the process is still at work when a part has come.
DOCUMENTS, LINES = 40, 400
FILL = f"""
from tests.invoices.documents.samples import document, issue_one, line
for number in range({DOCUMENTS}):
    issue_one(document(*(line(description="x" * 1000) for _ in range({LINES}))))
"""
ADDRESS = "/api/exports/invoices.jsonl?feed=live"
CUT = (http.client.IncompleteRead, ConnectionError)


def fill(stack: Stack) -> None:
    """Issue the documents that a download of `ADDRESS` has."""
    done = stack.manage("shell", "-c", FILL)
    assert done.returncode == 0, done.stderr


@contextmanager
def begun(port: int, web: int, version: str = "1.1") -> Iterator[tuple[http.client.HTTPResponse, int]]:
    """A download of which a part has come, and the process that makes it for the process `web`.

    The rest waits until it is read.
    """
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
        client.settimeout(HANG_SECONDS)
        client.connect(("127.0.0.1", port))
        client.sendall(f"GET {ADDRESS} HTTP/{version}\r\nHost: localhost\r\n\r\n".encode())
        answer = http.client.HTTPResponse(client)
        answer.begin()
        assert answer.status == 200
        assert len(answer.read(1000)) == 1000
        [child] = children(web)
        yield answer, child
        answer.close()


def children(web: int) -> list[int]:
    """The processes that make a file for the process `web`."""
    return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _is_child(pid, web)]


def _is_child(pid: int, parent: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (
            int(stat[1]) == parent
            and stat[0] != "Z"
            and b"exports.files.child" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
    except OSError:
        return False
