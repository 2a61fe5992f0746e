"""The bodies and answers of the calls about the quality of records."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, Schema

from web.exact import UtcMoment
from web.schemas import Strict, Text

Entity = Literal[
    "transactions", "customers", "products", "suppliers", "inventory", "shipments", "orders", "sessions",
    "marketing_spend", "support_tickets",
]  # fmt: skip
Severity = Literal["reject", "hold", "warn"]
KindName = Literal[
    "required", "range", "length", "pattern", "one_of", "email", "unique", "exists_in", "not_future", "not_older_than",
    "compare", "sum_equals", "row_count_between", "freshness_within",
]  # fmt: skip
Name = Annotated[Text, Field(max_length=100)]
Before = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", description="`next` of the previous page")]
Id = Annotated[int, Field(strict=True, ge=1, le=2**63 - 1)]


class RuleIn(Strict):
    """A rule. Without `pipe` it is for all sources; without `effective_from`, it counts from now on."""

    entity: Entity
    kind: KindName
    field: Annotated[Text, Field(max_length=40)] = ""
    params: dict[str, Any] = {}
    severity: Severity = "hold"
    pipe: Name = ""
    effective_from: UtcMoment | None = None


class RuleChangeIn(Strict):
    """What changes of a rule."""

    kind: KindName | None = None
    field: Annotated[Text, Field(max_length=40)] | None = None
    params: dict[str, Any] | None = None
    severity: Severity | None = None
    pipe: Name | None = None
    effective_from: UtcMoment | None = None


class RecordRuleOut(Schema):
    id: int
    entity: str
    pipe: str | None
    kind: str
    field: str
    params: dict[str, Any]
    severity: str
    effective_from: str
    version: int


class RecordRulesOut(Schema):
    items: list[RecordRuleOut]


class ExampleOut(Schema):
    key: str
    message: str
    batch_id: str
    line: int


class TriedOut(Schema):
    """What a rule would have held of the records of the last 30 days, of the newest 10,000 at most."""

    checked: int
    would_hold: int
    examples: list[ExampleOut]


class HeldAmountOut(Schema):
    currency: str
    amount: str


class QualityDayOut(Schema):
    """A day by which records came, in the zone of the store. A share is from 0 to 1."""

    day: str
    received: int
    accepted: int
    duplicates: int
    held: int
    rejected: int
    score_first: float | None
    score_now: float | None
    parts: dict[str, float | None]
    held_amount: list[HeldAmountOut]


class DriftOut(Schema):
    source_id: str
    data_type: str
    field: str
    records: int
    first_at: str
    last_at: str


class QualityOut(Schema):
    items: list[QualityDayOut]
    drift: list[DriftOut]


class HeldOut(Schema):
    """A record that was not taken. `may_accept`: it can be taken although it breaks its rule."""

    id: int
    source_id: str
    data_type: str
    key: str
    batch_id: str
    line: int
    rule: str
    severity: str
    sentence: str
    remedy: str
    may_accept: bool
    waits_for: str | None
    state: str
    received_on: str
    amount: HeldAmountOut | None
    resolved_at: str | None
    resolved_by: str | None


class HeldPageOut(Schema):
    items: list[HeldOut]
    next: str | None


class HeldWithRecordOut(HeldOut):
    """`raw` is the record as it came, `corrected` as a person corrected it last."""

    raw: str
    corrected: str | None


class ResolveIn(Strict):
    """`fix` takes the corrected `record`: an object, or its text."""

    action: Literal["fix", "accept", "replay", "set_aside"]
    record: dict[str, Any] | Annotated[str, Field(max_length=100_000)] | None = None


class HeldFilterIn(Strict):
    """All fields that are given must fit."""

    source_id: Name = ""
    data_type: Entity | None = None
    rule: Annotated[Text, Field(max_length=30)] = ""
    ids: Annotated[list[Id], Field(max_length=1000)] = []


class HeldReplayIn(Strict):
    filter: HeldFilterIn = Field(default_factory=HeldFilterIn)


class HeldReplayOut(Schema):
    """What became of up to 100 records, and how many are left that were not tried."""

    items: list[HeldOut]
    left: int
