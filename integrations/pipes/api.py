"""The API of pushed records: a batch, a stream, and what became of batches."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, TypeVar, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Field, Header, Router, Schema, Status
from ninja.errors import ValidationError
from pydantic import AfterValidator
from pydantic import ValidationError as InvalidModel

from integrations.pipes import pushing, queries
from integrations.pipes.chunks import read_chunks
from integrations.pipes.landing import BadBody, NothingReadable, read_envelope, split_data
from integrations.pipes.models import LONGEST_KEY, LONGEST_NAME
from integrations.pipes.pushing import BacklogFull, KeyUsed, Push, Stored, StoreErased, StreamMoved
from integrations.pipes.queries import UnknownBatch
from integrations.pipes.streams import answer_chunks
from invoices.api.schemas import KEY_PATTERN
from stores.members.store_access import SIGNED_IN, Role, Slug, UnknownStore, read_store_for
from web.outcomes import outcome_of
from web.paging import Limit, present_page
from web.permissions import has_csrf_token_of_upload, requires
from web.problems import problem
from web.schemas import Problem, Strict

router = Router(tags=["ingestion"])
RESPONSES: dict[type[Exception], int] = {
    BadBody: 400, NothingReadable: 422, KeyUsed: 409, StoreErased: 409, StreamMoved: 409, UnknownBatch: 404,
    UnknownStore: 404,
}  # fmt: skip
ERRORS = {frozenset({401, 403, 404, 422, 503}): Problem}
PUSH_ERRORS = {frozenset({400, 401, 403, 404, 409, 413, 422, 429, 503}): Problem}
Model = TypeVar("Model", bound=Schema)
DataType = Literal[
    "transactions", "customers", "products", "suppliers", "inventory", "shipments", "orders", "sessions",
    "marketing_spend", "support_tickets",
]  # fmt: skip


def _trimmed(text: str) -> str:
    if text != text.strip() or not text.isprintable():
        raise ValueError("it begins or ends with a space, or has a character that cannot be printed")
    return text


Source = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\u0000-\u001f]+$", description="the name of the source"),
    AfterValidator(_trimmed),
]
Key = Annotated[str, Field(min_length=1, max_length=LONGEST_KEY, pattern=KEY_PATTERN)]
KEY_HEADER: Any = cast(Any, Header)(None, alias="Idempotency-Key")
Before = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", description="`next` of the previous page")]
Position = Annotated[int, Field(ge=0, le=2**53)]
ADVICE = "Send it again with the same batch_id or Idempotency-Key: it is stored once."


class BatchIn(Strict):
    """A batch without its `data`."""

    source_id: Source
    data_type: DataType
    format: Literal["json", "jsonl", "csv"] = "json"
    batch_id: Annotated[Key | None, Field(description="the sender's own name of the batch")] = None
    store: Slug = "main"


class AcceptedOut(Schema):
    """A batch that is stored. `duplicate`: it was stored before, under the same key."""

    status: Literal["accepted"]
    batch_id: str
    records_received: int
    validation_status: str
    estimated_processing_time: str
    duplicate: bool
    href: str


class IngestBatchOut(Schema):
    """What became of a batch. `held` and `rejected` count records by the rule that they broke."""

    batch_id: str
    source_id: str
    data_type: str
    status: Literal["pending", "processing", "done", "failed"]
    received: int
    processed: int
    accepted: int
    duplicates: int
    held: dict[str, int]
    rejected: dict[str, int]
    warned: dict[str, int]
    quality_score: float | None
    seconds: float
    error: str | None
    received_at: str


class IngestBatchesOut(Schema):
    items: list[IngestBatchOut]
    next: str | None


class CommittedOut(Schema):
    """A line of the answer to a stream."""

    committed: int
    held: int
    position: int


_DATA = {
    "anyOf": [{"type": "array", "minItems": 1, "items": {"type": "object"}}, {"type": "object"}, {"type": "string"}]
}
_BATCH = BatchIn.model_json_schema()
BATCH_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                **_BATCH, "properties": {**_BATCH["properties"], "data": _DATA}, "required": [*_BATCH["required"], "data"],
            }
        }
    },
}  # fmt: skip
STREAM_BODY: dict[str, Any] = {
    "required": True,
    "content": {"application/x-ndjson": {"schema": {"type": "string", "format": "binary"}}},
}
ANSWER: dict[int, Any] = {
    200: {"description": "OK", "content": {"application/x-ndjson": {"schema": CommittedOut.model_json_schema()}}}
}


@router.post(
    "/v1/ingest/batch",
    response={202: AcceptedOut, **PUSH_ERRORS},
    auth=requires(SIGNED_IN, advice=ADVICE),
    openapi_extra={"requestBody": BATCH_BODY},
)
def push_batch(request: HttpRequest, idempotency_key: Key | None = KEY_HEADER) -> Any:
    """Store records of one `data_type`, up to 4 MiB; they are checked and taken afterwards.

    `data` is a list of objects, or a text of `jsonl` or `csv`. 202 means that it is safe. The same request under the same
    key is stored once.
    """
    envelope = read_envelope(_text(request.body))
    given = _valid(BatchIn, envelope.members)
    if envelope.data is None:
        raise ValidationError([{"loc": ["data"], "msg": "it is missing; send the records"}])
    store = read_store_for(request, given.store, Role.ADMIN)
    lines = split_data(envelope.data, given.format)
    push = Push(
        source=given.source_id, data_type=given.data_type, lines=lines, key=given.batch_id or idempotency_key or "",
        fingerprint=pushing.fingerprint_of(request.body),
    )  # fmt: skip
    try:
        return Status(202, _accepted(pushing.push(store, push)))
    except BacklogFull as full:
        return _too_many(full)


@router.post(
    "/v1/ingest/stream",
    response={200: None, **PUSH_ERRORS},
    auth=requires(SIGNED_IN, has_csrf_token=has_csrf_token_of_upload, advice="GET the batches: each chunk is one."),
    openapi_extra={"requestBody": STREAM_BODY, "responses": ANSWER},
)
def push_stream(
    request: HttpRequest, source_id: Source, data_type: DataType, store: Slug = "main", position: Position | None = None
) -> Any:
    """Store and take records, one JSON object a line, up to 64 MiB; each chunk of up to 1,000 is answered by a line.

    With `position`, the records are stored only where the stream is there: what was stored before is not stored twice.
    """
    facts = read_store_for(request, store, Role.ADMIN)
    try:
        pushing.check_backlog(facts)
    except BacklogFull as full:
        return _too_many(full)
    pushing.check_position(facts, source_id, data_type, position)
    outcome_of(request).finish()
    chunks = read_chunks(request.read)
    answers = answer_chunks(facts, source_id, data_type, chunks, position)
    return StreamingHttpResponse(answers, content_type="application/x-ndjson")


@router.get("/v1/ingest/batches", response={200: IngestBatchesOut, **ERRORS}, auth=requires(SIGNED_IN))
def list_batches(
    request: HttpRequest, store: Slug = "main", source_id: Source | None = None, limit: Limit = 50,
    cursor: Before | None = None,
) -> Any:  # fmt: skip
    """The batches of a store, newest first, of all sources or of one."""
    facts = read_store_for(request, store, Role.VIEWER)
    found, following = queries.read_page(facts.id, source_id, before=int(cursor) if cursor else None, limit=limit)
    return present_page(found, following)


@router.get(
    "/v1/ingest/batches/{int:batch_id}", response={200: IngestBatchOut, **ERRORS}, auth=requires(SIGNED_IN),
    url_name="get_batch",
)  # fmt: skip
def get_batch(request: HttpRequest, batch_id: int) -> Any:
    """What became of the records of a batch."""
    return queries.present(queries.read_batch(batch_id))


def _accepted(stored: Stored) -> dict[str, Any]:
    batch = stored.batch
    return {
        "status": "accepted",
        "batch_id": str(batch.pk),
        "records_received": batch.received,
        "validation_status": "pending",
        "estimated_processing_time": f"{max(1, math.ceil(batch.received / 500))} s",
        "duplicate": stored.is_duplicate,
        "href": f"/api/v1/ingest/batches/{batch.pk}",
    }


def _too_many(full: BacklogFull) -> HttpResponse:
    answer = problem(429, str(full))
    answer["Retry-After"] = str(pushing.RETRY_SECONDS)
    return answer


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadBody(f"The body is not UTF-8: {error}.") from None


def _valid(model: type[Model], members: dict[str, Any]) -> Model:
    try:
        return model.model_validate(members)
    except InvalidModel as invalid:
        raise ValidationError([dict(error) for error in invalid.errors(include_url=False)]) from invalid
