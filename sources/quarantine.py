"""What was kept back: put into quarantine, healed by a later file, mended or accepted by a person and tried again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from runtime.clock import ClockTimestamp
from sources import batches
from sources.batches import Outcome
from sources.models import Quarantined, SourceFile
from sources.reading.groups import Group
from sources.reading.options import Options
from sources.reading.rules import RULES, SET_ASIDE, Broken, Remedy
from sources.reading.source import read_raw

OPEN, SET_ASIDE_STATE = Quarantined.State.OPEN, Quarantined.State.SET_ASIDE


class NotOpen(RuntimeError):
    """It is dealt with already, or no person may do that with it."""


def keep(file: SourceFile, outcome: Outcome) -> None:
    """Keep the rows of what broke a rule, each content once; a document that came right since heals what was kept of it."""
    rows = [_row(file, group.key, group.line, group.raw, broken) for group, broken in outcome.broken]
    _resolve(file.series, [row.key for row in rows if row.rule != "differs"], Quarantined.State.REPLACED, kept=rows)
    Quarantined.objects.bulk_create(rows, ignore_conflicts=True)
    _resolve(file.series, [item.group.key for item in (*outcome.issued, *outcome.duplicates)], Quarantined.State.HEALED)


def mend(row_id: int, text: str, *, by: str) -> Quarantined:
    """Try again with the rows as a person has mended them; what is still wrong with them is told on the row."""
    return _try_again(row_id, by=by, text=text)


def accept(row_id: int, *, by: str) -> Quarantined:
    """Issue what a person says is right as it is; raises `NotOpen` where the rule allows no such thing."""
    return _try_again(row_id, by=by, is_accepted=True)


def replay(row_id: int, *, by: str) -> Quarantined:
    """Try again as it is: what it was waiting for may be there by now."""
    return _try_again(row_id, by=by)


@transaction.atomic
def set_aside(row_id: int, *, by: str) -> Quarantined:
    """It is to become no document; its rows stay."""
    row = _lock(row_id)
    _end(row, SET_ASIDE_STATE, by)
    return row


@transaction.atomic
def _try_again(row_id: int, *, by: str, text: str = "", is_accepted: bool = False) -> Quarantined:
    row = _lock(row_id)
    options = row.file.read_options()
    if is_accepted:
        if not row.may_be_accepted:
            raise NotOpen(f"{row.key} breaks {row.rule}, which nobody can accept; mend its rows.")
        options = options.waiving(row.rule)
    if text:
        row.mended = "" if text == row.raw else text
    outcome = _deal_with(row, options)
    if outcome.broken:
        _, broken = outcome.broken[0]
        row.rule, row.message = broken.rule.id, str(broken)
        row.save(update_fields=["rule", "message", "mended"])
    elif outcome.issued:
        row.invoice_number = outcome.numbers[0]
        _end(row, Quarantined.State.ISSUED, by)
    else:
        _end(row, Quarantined.State.HEALED, by)
    return row


def _deal_with(row: Quarantined, options: Options) -> Outcome:
    found = read_raw(row.text, row.file.header, options)
    if len(found) == 1:
        return batches.deal_with(found, row.file.header, options, timezone.now())
    keys = ", ".join(group.key[:40] for group in found[:3]) or "none"
    outcome = Outcome()
    broken = Broken("mixed-document", f"The rows are of {len(found)} documents ({keys}); they must be of one.")
    outcome.broken.append((found[0] if found else Group(row.key), broken))
    return outcome


def _lock(row_id: int) -> Quarantined:
    row = Quarantined.objects.select_for_update(of=("self",)).select_related("file").get(pk=row_id)
    is_final = row.state == SET_ASIDE_STATE and RULES[row.rule].remedy != Remedy.NONE
    if row.state != OPEN and not is_final:
        raise NotOpen(f"{row.key} is {row.get_state_display()}; nothing is left to do about it.")
    return row


def _end(row: Quarantined, state: str, by: str) -> None:
    row.state, row.resolved_by = state, by
    row.resolved_at = timezone.now()
    row.save(update_fields=["state", "invoice_number", "mended", "resolved_at", "resolved_by"])


def _row(file: SourceFile, key: str, line: int, raw: str, broken: Broken) -> Quarantined:
    return Quarantined(
        file=file,
        series=file.series,
        key=key[:200],
        line=line,
        rule=broken.rule.id,
        message=str(broken)[:2000],
        raw=raw,
        digest=batches.digest(raw),
        state=SET_ASIDE_STATE if broken.rule.id in SET_ASIDE else OPEN,
    )


def _resolve(series: str, keys: Iterable[str], state: str, kept: Sequence[Quarantined] = ()) -> None:
    """What is open under these keys is so no more; but for what is being kept again as it is."""
    waiting = Quarantined.objects.filter(series=series, key__in=list(keys), state=OPEN)
    waiting.exclude(digest__in=[row.digest for row in kept]).update(state=state, resolved_at=ClockTimestamp())
