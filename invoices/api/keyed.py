"""Posted documents under a key: issued once, with an outcome that can be asked for, in a time that fits their size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from ninja.errors import ValidationError

from accounts import access
from invoices.api.posting import Conflict, answer_posted, issued_text
from runtime.limits import LINE_MARK, answer_seconds
from runtime.outcomes import GivenUp
from web import idempotency
from web.idempotency import Answer
from web.outcomes import outcome_of
from web.problems import OUTAGES

# Of the time to answer, what is left for everything but a single statement.
RESERVE_SECONDS = 0.7
# What Python does between two statements for one line, on a machine that is busy with ten other things.
IDLE_SECONDS, IDLE_SECONDS_PER_LINE = 1.0, 0.001
_ALLOW = """
SELECT set_config('statement_timeout', %(statement)s, true), set_config('lock_timeout', %(statement)s, true),
    set_config('idle_in_transaction_session_timeout', %(idle)s, true)
"""


def answer_once(request: HttpRequest, posted: Any, key: str | None) -> Answer:
    """Issue what was posted under `key`, or under the one that the request got here.

    Raises `KeyConflict`, and `ValidationError` and `Conflict` for one document that cannot be issued.
    """
    outcome = outcome_of(request)
    outcome.key, outcome.is_kept = key or outcome.key, True
    asked = idempotency.Request(
        scope=access.name_of(request), key=outcome.key, body=request.body, keeps_text=key is not None
    )

    def work() -> Answer:
        _allow_time(request.body.count(LINE_MARK))
        return answer_posted(posted, is_text_kept=asked.keeps_text)

    answer = idempotency.once(work, asked, begin=outcome.begin, status_of=_status_of)
    outcome.finish()
    return answer if answer.text else replace(answer, text=issued_text(answer.reference))


def _status_of(error: Exception) -> int | None:
    """The status that `error` is answered with; None where the commit itself may have failed or not."""
    if isinstance(error, OUTAGES):
        return None
    known = {ValidationError: 422, Conflict: 409, GivenUp: idempotency.NOT_DONE}
    return next((status for kind, status in known.items() if isinstance(error, kind)), 500)


def _allow_time(line_count: int) -> None:
    """Set the database's limits for this transaction, which are those of a page, to what the answer may take."""
    if not settings.INVOICEDASH_PROCESS:
        return
    statement = answer_seconds(line_count) - RESERVE_SECONDS
    idle = IDLE_SECONDS + line_count * IDLE_SECONDS_PER_LINE
    with connection.cursor() as cursor:
        cursor.execute(_ALLOW, {"statement": f"{statement * 1000:.0f}", "idle": f"{idle * 1000:.0f}"})
