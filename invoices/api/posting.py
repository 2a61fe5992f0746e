"""The answers to posted documents: to one document, or to a batch with an item per document."""

from __future__ import annotations

import json
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.utils import timezone
from ninja.errors import ValidationError
from pydantic import ValidationError as InvalidModel

from invoices import queries
from invoices.api.schemas import MOST_INVOICES, InvoiceIn, offer
from invoices.documents import serialize
from invoices.documents.read import read_documents
from invoices.intake import Offer, Outcome, take_in
from invoices.validation.document import warn
from runtime.problems import problem_body
from web.errors import describe_errors, field_errors
from web.idempotency import Answer


class Conflict(RuntimeError):
    """The posted document conflicts with an issued one; the text is a sentence."""


@transaction.atomic
def answer_posted(posted: Any, *, is_text_kept: bool) -> Answer:
    """Issue what was posted; raises `ValidationError` and `Conflict` for one document that cannot be.

    Without `is_text_kept` the answer for one document has its number alone: thousands of lines are read after the commit.
    """
    if isinstance(posted, dict) and "invoices" in posted:
        return Answer(status=200, text=_json(_post_many(_batch(posted))))
    number = _post_one(posted)
    return Answer(status=201, text=issued_text(number) if is_text_kept else "", reference=number)


def issued_text(number: str) -> str:
    """The answer for one document that was issued."""
    return _json(serialize.document(read_documents([number])[0]))


def _post_one(posted: Any) -> str:
    try:
        [outcome] = take_in([offer(InvoiceIn.model_validate(posted), timezone.now())])
    except InvalidModel as invalid:
        raise ValidationError([dict(error) for error in invalid.errors(include_url=False)]) from invalid
    if outcome.number is None:
        errors = _errors(outcome)
        if outcome.status == HTTPStatus.CONFLICT:
            raise Conflict(describe_errors(field_errors(errors)))
        raise ValidationError(errors)
    return outcome.number


def _batch(posted: dict[str, Any]) -> list[Any]:
    many: Any = posted["invoices"]
    others = posted.keys() - {"invoices"}
    errors = [{"loc": [name], "msg": "there is no such field beside invoices"} for name in sorted(others)]
    if not isinstance(many, list) or not 1 <= len(many) <= MOST_INVOICES:
        errors.append({"loc": ["invoices"], "msg": f"it is not a list of 1 to {MOST_INVOICES:,} documents"})
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
        items[index] = _item(outcome, rows)
        if outcome.number is not None and (warnings := warn(offers[index].document)):
            items[index]["warnings"] = [asdict(warning) for warning in warnings]
    issued = sum(item["status"] == 201 for item in items)
    return {"issued": issued, "refused": len(items) - issued, "items": items}


def _item(outcome: Outcome, rows: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if outcome.number is not None:
        return {"status": 201, "invoice": rows[outcome.number]}
    return _refused(outcome.status, _errors(outcome))


def _errors(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"loc": each.field.split("."), "msg": each.message.removesuffix("."), "rule": each.rule or None}
        for each in outcome.findings
    ]


def _refused(status: int, errors: list[dict[str, Any]]) -> dict[str, Any]:
    named = field_errors(errors)
    return {"status": status, "problem": problem_body(status, describe_errors(named), errors=named)}


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
