"""The processes of the product in this set: the intake behind a real web server, and the loops that apply and reconcile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from tests.system.chaos.core.actors import repeat

PAUSE_SECONDS = 0.02


def serve_until_killed(port: int) -> None:
    """A web process with the addresses of webhooks."""
    import uvicorn

    from integrations.webhooks.asgi import receive_webhooks
    from runtime.sending import bound_sending

    application = bound_sending(receive_webhooks(_not_found))
    uvicorn.run(application, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off")


def loop_until_killed() -> None:
    """A process `loops` with the loops of the intake and the reconciler, each in a thread."""
    from integrations.syncing.reconciling import reconcile_next
    from integrations.webhooks.working import work_next

    turns = (partial(work_next, may_ask=False), partial(work_next, may_ask=True), reconcile_next)
    threads = [threading.Thread(target=repeat, args=(partial(_turn, turn),), daemon=True) for turn in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _turn(turn: Callable[[], bool]) -> None:
    if not turn():
        time.sleep(PAUSE_SECONDS)


async def _not_found(scope: object, receive: object, send: Callable[..., object]) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})  # type: ignore[misc]
    await send({"type": "http.response.body", "body": b""})  # type: ignore[misc]
