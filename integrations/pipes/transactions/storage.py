"""The states of transactions in the store: read for a chunk, and written after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from integrations.pipes.entities.reading import Values
from integrations.pipes.models import Pipe, Transaction
from integrations.pipes.outcomes import Context
from integrations.pipes.transactions.documents import as_given
from integrations.pipes.transactions.states import REFUNDED, Known, status_of
from invoices.documents.read import read_documents
from invoices.documents.types import Document
from runtime.clock import ClockTimestamp
from stores.rows import rows_of

_CHANGING = ("status", "digest", "number", "credit_number", "batch_id", "line", "changed_at")


@dataclass(slots=True)
class Case:
    """One transaction while its records are taken: what is known, its invoice, and what it becomes.

    `number` and `credit_number` are those of issued documents. `final` is its new state, if it has one.
    """

    key: str
    known: Known | None = None
    invoice: Document | None = None
    number: str = ""
    credit_number: str = ""
    final: tuple[str, bytes, int] | None = field(default=None)

    def settle(self, status: str, digest: bytes, line: int) -> None:
        """Set the new state; the last one of a chunk counts."""
        self.final = (status, digest, line)


def read_cases(pipe: Pipe, several: Sequence[Values]) -> dict[str, Case]:
    """What is known of the transactions of these records of a source. An invoice to be credited is read with what it says."""
    refunded = {values["transaction_id"] for values in several if status_of(values) == REFUNDED}
    keys = {values["transaction_id"] for values in several}
    rows = rows_of(Transaction, pipe.store_id).filter(pipe=pipe, key__in=list(keys))
    cases = {
        row.key: Case(
            key=row.key,
            known=Known(
                status=row.status, digest=bytes(row.digest), number=row.number, credit_number=row.credit_number
            ),
            number=row.number,
            credit_number=row.credit_number,
        )
        for row in rows
    }
    open_cases = {
        case.number: case for case in cases.values() if case.key in refunded and case.number and not case.credit_number
    }
    for issued in read_documents(sorted(open_cases)) if open_cases else []:
        open_cases[issued.number].invoice = as_given(issued)
    return cases


def keep_cases(context: Context, cases: Iterable[Case]) -> None:
    """Write the new states."""
    rows = []
    for case in cases:
        if case.final is not None:
            status, digest, line = case.final
            rows.append(
                Transaction(
                    store_id=context.store.id, pipe_id=context.pipe.pk, key=case.key, status=status, digest=digest,
                    number=case.number, credit_number=case.credit_number, batch_id=context.batch_id, line=line,
                    changed_at=ClockTimestamp(),
                )
            )  # fmt: skip
    rows_of(Transaction, context.store.id).bulk_create(
        rows, update_conflicts=True, unique_fields=["pipe", "key"], update_fields=_CHANGING
    )
