"""What is answered to posted documents: one for one, and for a batch one answer a document; each request once."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import ValidationError
from pydantic import ValidationError as InvalidModel

from accounts import access
from dashboard.api.documents import MOST_INVOICES, InvoiceIn, offer
from dashboard.api.errors import field_errors, tell_errors
from dashboard.outcomes import outcome_of
from dashboard.problems import OUTAGES
from invoices import queries
from invoices.documents import idempotency, present
from invoices.documents.idempotency import Answer
from invoices.documents.intake import Offer, Outcome, take_in
from invoices.documents.lint import warn
from invoices.documents.read import read_documents
from runtime.outcomes import GivenUp


class Conflict(RuntimeError):
    """What was posted is there already, in a sentence."""


def answer_once(request: HttpRequest, posted: Any, key: str | None) -> Answer:
    """Issue what was posted under `key`, or under the one that the request got here; its outcome can be asked for then.

    Raises `KeyConflict`, and `ValidationError` and `Conflict` for one document that cannot be issued.
    """
    outcome = outcome_of(request)
    outcome.key, outcome.is_kept = key or outcome.key, True
    asked = idempotency.Request(
        scope=access.name_of(request), key=outcome.key, body=request.body, keeps_text=key is not None
    )
    answer = idempotency.once(lambda: answer_posted(posted), asked, begin=outcome.begin, status_of=_status_of)
    outcome.finish()
    if answer.text:
        return answer
    return replace(answer, text=_json(_issued(answer.number)))


def _status_of(error: Exception) -> int | None:
    """The status that `error` is answered with; None where the commit itself may have failed or not."""
    if isinstance(error, OUTAGES):
        return None
    known = {ValidationError: 422, Conflict: 409, GivenUp: idempotency.NOT_DONE}
    return next((status for kind, status in known.items() if isinstance(error, kind)), 500)


@transaction.atomic
def answer_posted(posted: Any) -> Answer:
    """Issue what was posted; raises `ValidationError` and `Conflict` for one document that cannot be."""
    if isinstance(posted, dict) and "invoices" in posted:
        return Answer(status=200, text=_json(_post_many(_batch(posted))))
    found = _post_one(posted)
    return Answer(status=201, text=_json(found), number=found["invoice_number"])


def _post_one(posted: Any) -> dict[str, Any]:
    try:
        [outcome] = take_in([offer(InvoiceIn.model_validate(posted), timezone.now())])
    except InvalidModel as invalid:
        raise ValidationError([dict(error) for error in invalid.errors(include_url=False)]) from invalid
    if outcome.number is None:
        errors = [{"loc": each.field.split("."), "msg": each.message.removesuffix(".")} for each in outcome.findings]
        if outcome.status == HTTPStatus.CONFLICT:
            raise Conflict(tell_errors(field_errors(errors)))
        raise ValidationError(errors)
    return _issued(outcome.number)


def _issued(number: str) -> dict[str, Any]:
    return present.document(read_documents([number])[0])


def _batch(posted: dict[str, Any]) -> list[Any]:
    many: Any = posted["invoices"]
    others = posted.keys() - {"invoices"}
    errors = [{"loc": [name], "msg": "there is no such field beside invoices"} for name in sorted(others)]
    if not isinstance(many, list) or not 1 <= len(many) <= MOST_INVOICES:
        errors.append({"loc": ["invoices"], "msg": f"it is no list of 1 to {MOST_INVOICES:,} documents"})
    if errors:
        raise ValidationError(errors)
    return list(many)


def _post_many(many: list[Any]) -> dict[str, Any]:
    now = timezone.now()
    items: list[dict[str, Any]] = [{} for _ in many]
    offers: dict[int, Offer] = {}
    for index, posted in enumerate(many):
        try:
            offers[index] = offer(InvoiceIn.model_validate(posted), now)
        except InvalidModel as invalid:
            items[index] = _refused(422, [dict(error) for error in invalid.errors(include_url=False)])
    outcomes = dict(zip(offers, take_in(list(offers.values())), strict=True))
    rows = queries.read_invoices([one.number for one in outcomes.values() if one.number is not None])
    for index, outcome in outcomes.items():
        items[index] = _told(outcome, rows)
        if outcome.number is not None and (warnings := warn(offers[index].document)):
            items[index]["warnings"] = [asdict(warning) for warning in warnings]
    issued = sum(item["status"] == 201 for item in items)
    return {"issued": issued, "refused": len(items) - issued, "items": items}


def _told(outcome: Outcome, rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if outcome.number is not None:
        return {"status": 201, "invoice": rows[outcome.number]}
    errors = [{"loc": each.field.split("."), "msg": each.message.removesuffix(".")} for each in outcome.findings]
    return _refused(outcome.status, errors)


def _refused(status: int, errors: list[dict[str, Any]]) -> dict[str, Any]:
    named = field_errors(errors)
    title = HTTPStatus(status).phrase
    problem = {"type": "about:blank", "title": title, "status": status, "detail": tell_errors(named), "errors": named}
    return {"status": status, "problem": problem}


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
