"""The API of the quality of records: rules with their trial, scores by day, and what is held."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any, Literal, TypeVar, cast

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status
from ninja.errors import ValidationError

from quality import record_rules, resolving, scores
from quality.record_rules import TooManyRules, UnknownRule, rule_of
from quality.record_sources import record_source
from quality.records import HeldRecord, RecordRule
from quality.resolving import NotHeld, UnknownHeld
from quality.rule_types import BadRule
from quality.schemas import (
    Before,
    HeldOut,
    HeldPageOut,
    HeldReplayIn,
    HeldReplayOut,
    HeldWithRecordOut,
    Name,
    QualityOut,
    RecordRuleOut,
    RecordRulesOut,
    ResolveIn,
    RuleChangeIn,
    RuleIn,
    TriedOut,
)
from quality.serialize import present_held, present_rule, present_with_record
from stores.encryption import Undecipherable
from stores.members.callers import caller_of
from stores.members.store_access import SIGNED_IN, Role, Slug, UnknownStore, read_store_for
from stores.queries import StoreFacts
from stores.rows import rows_of
from web.exact import Day, WrittenNumber
from web.paging import Limit, present_page
from web.permissions import requires
from web.schemas import Problem

router = Router(tags=["quality"])
RESPONSES: dict[type[Exception], int] = {
    NotHeld: 409, TooManyRules: 409, UnknownHeld: 404, UnknownRule: 404, UnknownStore: 404, Undecipherable: 503,
}  # fmt: skip
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
BODY_ERRORS = {frozenset({400, 401, 403, 404, 409, 413, 422, 503}): Problem}
T = TypeVar("T")
# The name of the parameter is a word of Python.
FROM: Any = cast(Any, Query)(None, alias="from")
DAYS = 30
MOST_DAYS = 400


@router.get("/v1/rules", response={200: RecordRulesOut, **ERRORS}, auth=requires(SIGNED_IN))
def list_rules(request: HttpRequest, store: Slug = "main") -> Any:
    """The rules of a store for records, oldest first."""
    facts = read_store_for(request, store, Role.VIEWER)
    return {"items": [present_rule(row) for row in record_rules.read_rules(facts.id)]}


@router.post("/v1/rules", response={201: RecordRuleOut, **BODY_ERRORS}, auth=requires(SIGNED_IN))
def add_rule(request: HttpRequest, body: RuleIn, store: Slug = "main") -> Any:
    """Add a rule. `POST /api/v1/rules/try` says before what it would hold."""
    facts = read_store_for(request, store, Role.ADMIN)
    row = _checked(lambda: record_rules.add_rule(facts.id, _columns(body), by=caller_of(request).name))
    return Status(201, present_rule(record_rules.find_rule(facts.id, row.pk)))


@router.post("/v1/rules/try", response={200: TriedOut, **BODY_ERRORS}, auth=requires(SIGNED_IN))
def try_rule(request: HttpRequest, body: RuleIn, store: Slug = "main") -> Any:
    """What a rule would have held of what came in the last 30 days; changes nothing."""
    facts = read_store_for(request, store, Role.ADMIN)
    row = RecordRule(store_id=facts.id, **_columns(body))
    _checked(lambda: record_rules.check(row))
    return record_source().try_rule(facts, row.data_type, row.source, rule_of(row))


@router.patch("/v1/rules/{int:rule_id}", response={200: RecordRuleOut, **BODY_ERRORS}, auth=requires(SIGNED_IN))
def change_rule(request: HttpRequest, rule_id: int, body: RuleChangeIn, store: Slug = "main") -> Any:
    """Change a rule for what comes from now on; what is held stays held until it is replayed."""
    facts = read_store_for(request, store, Role.ADMIN)
    _checked(lambda: record_rules.change_rule(facts.id, rule_id, _columns(body)))
    return present_rule(record_rules.find_rule(facts.id, rule_id))


@router.delete("/v1/rules/{int:rule_id}", response={204: None, **ERRORS}, auth=requires(SIGNED_IN))
def delete_rule(request: HttpRequest, rule_id: int, store: Slug = "main") -> Any:
    """Delete a rule; what it holds stays held until it is replayed."""
    # Viewers may read the rules, so one that does not exist is 404 for them too.
    row = record_rules.find_rule(read_store_for(request, store, Role.VIEWER).id, rule_id)
    read_store_for(request, store, Role.ADMIN)
    row.delete()
    return Status(204, None)


@router.get("/v1/quality", response={200: QualityOut, **ERRORS}, auth=requires(SIGNED_IN))
def read_quality(
    request: HttpRequest, store: Slug = "main", source_id: Name = "", since: Day | None = FROM, to: Day | None = None
) -> Any:
    """The score of each day on which records came, of the last 30 days by default; and fields that no entity has."""
    facts = read_store_for(request, store, Role.VIEWER)
    until = to or timezone.now().date() + timedelta(days=1)
    begin = since or until - timedelta(days=DAYS)
    _check_span(begin, until)
    days = scores.read_days(facts.id, source_id, begin, until)
    return {"items": days, "drift": scores.read_drift(facts.id, source_id)}


@router.get("/v1/quality/held", response={200: HeldPageOut, **ERRORS}, auth=requires(SIGNED_IN))
def list_held(
    request: HttpRequest, store: Slug = "main", source_id: Name = "", rule: Name = "",
    state: Literal["open", "accepted", "set_aside", "replaced"] = "open", limit: Limit = 50, cursor: Before | None = None,
) -> Any:  # fmt: skip
    """The records that were not taken, newest first. The record itself is at its own address."""
    facts = read_store_for(request, store, Role.VIEWER)
    rows = (
        _selected(facts, source_id=source_id, rule=rule).filter(state=state).defer("raw", "corrected").order_by("-id")
    )
    found = list((rows.filter(id__lt=int(cursor)) if cursor else rows)[: limit + 1])
    following = found[limit - 1].pk if len(found) > limit else None
    return present_page([present_held(row) for row in found[:limit]], following)


@router.get("/v1/quality/held/{int:held_id}", response={200: HeldWithRecordOut, **ERRORS}, auth=requires(SIGNED_IN))
def get_held(request: HttpRequest, held_id: int, store: Slug = "main") -> Any:
    """One held record as it came. It may name a person, so it is for admins of the account."""
    row = resolving.find_held(read_store_for(request, store, Role.VIEWER).id, held_id)
    read_store_for(request, store, Role.ADMIN)
    return present_with_record(row)


@router.post("/v1/quality/held/replay", response={200: HeldReplayOut, **BODY_ERRORS}, auth=requires(SIGNED_IN))
def replay_held(request: HttpRequest, body: HeldReplayIn, store: Slug = "main") -> Any:
    """Read up to 100 open records again, oldest first, by the rules of now."""
    facts = read_store_for(request, store, Role.ADMIN)
    chosen = body.filter
    rows = _selected(facts, source_id=chosen.source_id, rule=chosen.rule, data_type=chosen.data_type, ids=chosen.ids)
    total = rows.filter(state="open").count()
    done = resolving.replay(rows, by=caller_of(request).name)
    return {"items": [present_held(row) for row in done], "left": max(0, total - len(done))}


@router.post("/v1/quality/held/{int:held_id}", response={200: HeldOut, **BODY_ERRORS}, auth=requires(SIGNED_IN))
def resolve_held(request: HttpRequest, held_id: int, body: ResolveIn, store: Slug = "main") -> Any:
    """Correct, accept, replay or set aside a record. One that still breaks a rule stays open, with that rule."""
    facts = read_store_for(request, store, Role.ADMIN)
    text = _text_of(body)
    return present_held(resolving.resolve(facts.id, held_id, body.action, by=caller_of(request).name, text=text))


def _selected(
    store: StoreFacts,
    *,
    source_id: str = "",
    rule: str = "",
    data_type: str | None = None,
    ids: list[int] | None = None,
) -> Any:
    wanted = {"source": source_id, "rule": rule, "data_type": data_type, "pk__in": ids}
    return rows_of(HeldRecord, store.id).filter(**{name: value for name, value in wanted.items() if value})


def _text_of(body: ResolveIn) -> str:
    if body.action != "fix":
        return ""
    if not body.record:
        raise ValidationError([{"loc": ["record"], "msg": "give the corrected record"}])
    return body.record if isinstance(body.record, str) else json.dumps(_plain(body.record), ensure_ascii=False)


def _columns(body: RuleIn | RuleChangeIn) -> dict[str, Any]:
    """The columns of a rule that the body gives."""
    names = {"entity": "data_type", "pipe": "source"}
    given = body.model_dump(exclude_none=True)
    if "params" in given:
        given["params"] = _plain(given["params"])
    return {names.get(name, name): value for name, value in given.items()}


def _plain(value: Any) -> Any:
    """JSON whose numbers with a fraction are texts, as they were written: a float would be another number."""
    if isinstance(value, WrittenNumber):
        return value.text
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _checked(work: Any) -> Any:
    """The result of `work`; a rule that cannot be checked is a 422 about its field."""
    try:
        return work()
    except BadRule as bad:
        raise ValidationError([{"loc": bad.field.split("."), "msg": str(bad)}]) from None


def _check_span(begin: date, until: date) -> None:
    if not begin <= until <= begin + timedelta(days=MOST_DAYS):
        raise ValidationError([{"loc": ["from"], "msg": f"give a day before `to`, at most {MOST_DAYS} days before it"}])
