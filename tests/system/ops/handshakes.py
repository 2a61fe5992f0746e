"""WebSocket handshakes of a crowd, each with an outcome: let in, refused, or asked to try again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus
from websockets.sync.client import connect

from tests.system.live.dashboard import OPTIONS
from tests.waiting import HANG_SECONDS

TRY_AGAIN = 4503


def crowd(port: int, token: str, size: int) -> list[str | int]:
    """The outcomes of `size` handshakes at once."""
    with ThreadPoolExecutor(size) as viewers:
        return list(viewers.map(lambda _: outcome(port, token), range(size)))


def outcome(port: int, token: str) -> str | int:
    """`hello`, the status of a refused handshake, the code of a close, or `cut` for an end without any answer."""
    headers = {"Authorization": f"Bearer {token}"}
    address = f"ws://127.0.0.1:{port}/ws/dashboard/"
    try:
        with connect(address, additional_headers=headers, open_timeout=HANG_SECONDS, **OPTIONS) as opened:
            opened.recv(timeout=HANG_SECONDS)
            return "hello"
    except InvalidStatus as error:
        return error.response.status_code
    except InvalidMessage:
        return "cut"
    except ConnectionClosed as error:
        return error.rcvd.code if error.rcvd else 1006
