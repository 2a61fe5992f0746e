"""The raw ASGI application for webhooks, in front of Django: check the signature, store, commit, answer.

200 means that the webhook is committed. No session, no middleware and no request of Django is involved.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field

from django.conf import settings

from integrations.webhooks import platforms
from integrations.webhooks.batches import Batches, NotStored
from integrations.webhooks.bodies import BodyTooLarge, ClientLeft, read_body
from integrations.webhooks.destinations import Destinations
from integrations.webhooks.platforms import Platform
from integrations.webhooks.types import Refusal, Request
from integrations.webhooks.waking import wake_workers
from integrations.webhooks.writing import Writer
from runtime.background import keep_until_done
from runtime.problems import MEDIA_TYPE, problem_body
from runtime.sending import Application, Receive, Scope, Send

REJECTED_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, an explanation for all but 200, and headers of its own."""

    status: int
    detail: str = ""
    headers: tuple[tuple[bytes, bytes], ...] = field(default=())


STORED = Answer(200)
NOT_FOUND = Answer(404, "No shop is connected at this address.")
NOT_ALLOWED = Answer(405, "Webhooks are sent by POST.", ((b"allow", b"POST"),))
BAD_SIGNATURE = Answer(401, "The signature does not fit the body and the secret of this connection.")
REFUSED = {Refusal.PING: STORED, Refusal.UNKNOWN: NOT_FOUND, Refusal.BAD_SIGNATURE: BAD_SIGNATURE}
RETRY = Answer(503, "The webhook could not be stored; send it again.", ((b"retry-after", b"10"),))


def receive_webhooks(application: Application, intake: Intake | None = None) -> Application:
    """Wrap `application`: addresses of webhooks are answered here, all others by `application`."""
    taking = intake or Intake()

    async def with_intake(scope: Scope, receive: Receive, send: Send) -> None:
        found = platforms.match(scope["path"])
        if found is None:
            await application(scope, receive, send)
            return
        try:
            answer = await taking.take(*found, scope, receive)
        except ClientLeft:
            return
        await _send(send, answer)

    return with_intake


class Intake:
    """The state of the intake in one process: what waits, which destinations are known, which were refused."""

    def __init__(self) -> None:
        self._writer = Writer()
        self._batches = Batches(self._writer.write)
        self._destinations = Destinations()
        self._rejected: Counter[int] = Counter()

    async def take(self, platform: Platform, address: str, scope: Scope, receive: Receive) -> Answer:
        """Store the webhook and return the answer; raises `ClientLeft` where the client has left."""
        if scope["method"] != "POST":
            return NOT_ALLOWED
        try:
            body = await read_body(scope, receive, settings.INTAKE_MAX_BODY)
            return await self._take_read(platform, address, Request(headers=scope["headers"], body=body))
        except BodyTooLarge:
            return Answer(413, f"A webhook may have {settings.INTAKE_MAX_BODY:,} bytes at most.")
        except NotStored:
            return RETRY

    async def close(self) -> None:
        """Close the connection to PostgreSQL."""
        await self._writer.close()

    async def _take_read(self, platform: Platform, address: str, request: Request) -> Answer:
        destination = await self._destinations.find(platform, platforms.locate(platform, address, request))
        verdict = platforms.read(platform, request, destination)
        if isinstance(verdict, Refusal):
            if verdict is Refusal.BAD_SIGNATURE and destination is not None:
                self._note_rejected(destination.store_id)
            return REFUSED[verdict]
        await self._batches.add(verdict)
        wake_workers()
        return STORED

    def _note_rejected(self, store_id: int) -> None:
        """Count a bad signature. Counts are written once a second, because a row for each forgery would be a weakness."""
        if not self._rejected:
            keep_until_done(asyncio.ensure_future(self._write_rejected()))
        self._rejected[store_id] += 1

    async def _write_rejected(self) -> None:
        await asyncio.sleep(REJECTED_SECONDS)
        counts, self._rejected = self._rejected, Counter()
        await self._writer.count_rejected(counts)


async def _send(send: Send, answer: Answer) -> None:
    is_good = answer.status == 200
    body = b"{}" if is_good else json.dumps(problem_body(answer.status, answer.detail)).encode()
    kind = b"application/json" if is_good else MEDIA_TYPE.encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), *answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
