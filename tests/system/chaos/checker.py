"""Compares the history of a schedule with PostgreSQL; every difference is classified as lost, doubled or wrong.

Each check names the invariant of the design it proves. None of them uses the product's code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import Any

from tests.system.chaos.history import Event, History, wall_of
from tests.system.chaos.screens import Frame, Screen
from tests.system.chaos.truth import Baseline, Run, Shown, Truth

SMALLEST_GAP = 0.9
WINDOWS = (0.1, 0.5, 1.0, 2.0, 5.0)
HELLO_ROWS = 50
MOST_MEGABYTES = 50
# What rounding may do to a due moment.
CLOCK_STEP = timedelta(milliseconds=1)
ENDERS = ("stop", "reset", "purge")


@dataclass(frozen=True, kw_only=True)
class Violation:
    """`kind` is lost, doubled or wrong."""

    kind: str
    invariant: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind.upper():<8} {self.invariant:<4} {self.text}"


def check(
    history: History, truth: Truth, since: Baseline, screens: Iterable[Screen], audit: dict[str, Any], rate: float
) -> list[Violation]:
    """All checks. `rate` is the display rate with which the schedule began."""
    found = [
        *check_runs(history, truth),
        *check_due(truth),
        *check_answers(history, truth, since),
        *check_clearings(history, truth),
        *check_totals_after_answers(history, truth),
        *check_numbers(truth),
        *check_conservation(truth, since),
        *check_pace(history, truth.shown, rate),
        *check_audit(audit),
        *check_calls(history),
        *check_memory(history),
    ]
    for screen in screens:
        found += [*check_frames(screen, truth, since), *check_screen(screen, truth)]
    return found


# -- I1: runs ----------------------------------------------------------------------------------------------------------


def check_runs(history: History, truth: Truth) -> Iterator[Violation]:
    """Exactly floor(rate x duration), ordinals without hole or repeat, unless an operator stopped the run."""
    for run in truth.runs:
        if run.state == "stopped" and not any(_may_have_stopped(event, run) for event in history.of(*ENDERS)):
            yield Violation(kind="lost", invariant="I1", text=f"run {run.id} was stopped without a request")
    for run in truth.runs:
        yield from _check_run(run)


def _may_have_stopped(event: Event, run: Run) -> bool:
    """Whether this STOP, reset or purge was under way when the run stopped; without an answer it may work on."""
    stopped_at = wall_of(run.stopped_at) if run.stopped_at else 0.0
    is_over = event.data["status"] == 200 and event.data["ended"] < stopped_at
    return event.data["status"] in (200, None, 503) and event.data["began"] <= stopped_at and not is_over


def _check_run(run: Run) -> Iterator[Violation]:
    due = int((run.rate * run.duration).to_integral_value(ROUND_FLOOR))
    if run.target != due:
        yield Violation(kind="wrong", invariant="I1", text=f"run {run.id} has target {run.target}, not {due}")
    if run.state in ("running", "stopping"):
        yield Violation(kind="lost", invariant="I1", text=f"run {run.id} is still {run.state}")
        return
    final = run.final or 0
    if final > run.target:
        yield Violation(kind="doubled", invariant="I1", text=f"run {run.id} issued {final} of {run.target}")
    if run.state == "completed" and final < run.target:
        yield Violation(kind="lost", invariant="I1", text=f"run {run.id} completed with {final} of {run.target}")
    if not run.is_open:
        return
    if run.issued != run.distinct:
        yield Violation(kind="doubled", invariant="I1", text=f"run {run.id} repeats ordinals")
    if run.issued > final:
        yield Violation(kind="doubled", invariant="I1", text=f"run {run.id} has {run.issued} invoices, counted {final}")
    if run.issued < final or run.distinct < run.last:
        yield Violation(
            kind="lost",
            invariant="I1",
            text=f"run {run.id} has {run.issued} invoices up to ordinal {run.last}, counted {final}",
        )


def check_due(truth: Truth) -> Iterator[Violation]:
    """No invoice of a run is issued before it is due, by PostgreSQL's clock."""
    runs = {run.id: run for run in truth.runs}
    for each in truth.issued:
        run = runs[each.run_id]
        due_at = run.started_at + timedelta(seconds=float(each.ordinal / run.rate))
        if each.at < due_at - CLOCK_STEP:
            early = (due_at - each.at).total_seconds()
            yield Violation(
                kind="wrong", invariant="I1", text=f"run {run.id} issued its {each.ordinal}th {early:.3f} s early"
            )
            return


def check_clearings(history: History, truth: Truth) -> Iterator[Violation]:
    """After a reset has answered, what was shown before it was asked for is off the screens."""
    for event in history.of("reset", "purge"):
        before = [row.seq for row in truth.shown if wall_of(row.at) < event.data["began"]]
        if event.data["status"] == 200 and before and (truth.cleared_seq or 0) < before[-1]:
            yield Violation(
                kind="wrong",
                invariant="I8",
                text=f"{event.what} was answered, and screens are cleared at {truth.cleared_seq}, not {before[-1]}",
            )


def check_totals_after_answers(history: History, truth: Truth) -> Iterator[Violation]:
    """The totals asked for after STOP, reset or purge has answered are never behind that answer."""
    changers = list(history.of("start", "reset", "purge"))
    for event in history.of("stop", "reset", "purge"):
        counts = event.data.get("counts") or []
        others = [other for other in changers if other is not event]
        is_last = all(other.data["status"] and other.data["ended"] < event.data["began"] for other in others)
        has_ended = all(run.stopped_at and wall_of(run.stopped_at) < event.data["ended"] for run in truth.runs)
        if is_last and has_ended and any(count != truth.invoice_count for count in counts):
            yield Violation(
                kind="wrong",
                invariant="I4",
                text=f"after the answer of {event.what}, totals showed {counts} invoices, not {truth.invoice_count}",
            )


def check_answers(history: History, truth: Truth, since: Baseline) -> Iterator[Violation]:
    """What START, STOP, reset and purge answered is what is there."""
    runs = {run.id: run for run in truth.runs}
    accepted = [event.data["run"] for event in history.of("start") if event.data["status"] == 201]
    unknown = [event for event in history.of("start") if event.data["status"] in (None, 503)]
    for run_id in sorted(set(accepted) - set(runs)):
        yield Violation(kind="lost", invariant="I1", text=f"START answered run {run_id}, which is not there")
    if len(runs) < len(accepted):
        yield Violation(kind="lost", invariant="I1", text=f"{len(runs)} runs of {len(accepted)} accepted STARTs")
    if len(runs) > len(accepted) + len(unknown):
        yield Violation(kind="doubled", invariant="I1", text=f"{len(runs)} runs of {len(accepted)} accepted STARTs")
    enders = list(history.of(*ENDERS))
    for event in history.of("stop"):
        yield from _check_stop(event, runs, enders)
    purges = [event.data["status"] for event in history.of("purge")]
    closed = len(truth.series) - since.series_count
    if not purges.count(200) <= closed <= len(purges):
        yield Violation(kind="wrong", invariant="I1", text=f"{closed} series closed by purges answered {purges}")


def _check_stop(event: Event, runs: dict[int, Run], enders: list[Event]) -> Iterator[Violation]:
    """After a STOP has answered, nothing more of that run is issued."""
    run = runs.get(event.data["run"] or 0)
    if event.data["status"] != 200 or run is None or event.data["state"] == "running":
        return
    others = [other for other in enders if other is not event and _overlap(event, other)]
    if event.data["state"] == "stopping" and others and wall_of(run.started_at) > event.data["began"]:
        # The answer is about the newest run: one that began meanwhile and that another caller is stopping.
        return
    if event.data["state"] not in ("stopped", "completed"):
        yield Violation(kind="wrong", invariant="I1", text=f"STOP answered run {run.id} {event.data['state']}")
    if run.final != event.data["issued"] or (run.is_open and run.issued != event.data["issued"]):
        yield Violation(
            kind="doubled",
            invariant="I1",
            text=f"STOP answered {event.data['issued']} issued of run {run.id}; there are {run.issued} ({run.final})",
        )


# -- I2, I5, I7: numbers, conservation, order --------------------------------------------------------------------------


def check_numbers(truth: Truth) -> Iterator[Violation]:
    """Every ordinal of every test series is announced exactly once, and is there unless its series was purged."""
    announced: dict[int, list[tuple[int, int]]] = {}
    for entry in truth.entries:
        announced.setdefault(entry.series_id, []).append((entry.first_ordinal, entry.count))
    for series in truth.series.values():
        yield from _check_cover(
            sorted(announced.get(series.id, [])), 1, series.last_ordinal, f"ordinals of {series.prefix}", "I2"
        )
        if series.is_open and series.issued != series.last_ordinal:
            yield Violation(
                kind="lost" if series.issued < series.last_ordinal else "doubled",
                invariant="I2",
                text=f"{series.prefix} handed out {series.last_ordinal} numbers and has {series.issued} invoices",
            )


def check_conservation(truth: Truth, since: Baseline) -> Iterator[Violation]:
    """Every position is shown once or skipped once; numbers and positions rise together, without a hole."""
    yield from _check_cover([(entry.first, entry.count) for entry in truth.entries], 1, truth.head, "entries", "I5")
    passed = [(row.position, 1) for row in truth.shown] + [(s.first, s.last - s.first + 1) for s in truth.skips]
    yield from _check_cover(sorted(passed), since.position + 1, truth.position, "positions shown or skipped", "I5")
    numbers = [row.seq for row in truth.shown]
    if numbers != list(range(since.last_seq + 1, truth.last_seq + 1)):
        yield Violation(
            kind="wrong", invariant="I7", text=f"sequence numbers are {_spans(numbers)}, not up to {truth.last_seq}"
        )
    for before, after in pairwise(truth.shown):
        if after.position <= before.position or after.at < before.at:
            yield Violation(
                kind="wrong", invariant="I7", text=f"seq {after.seq} shows position {after.position} out of order"
            )
    if truth.head != truth.position:
        yield Violation(kind="lost", invariant="I5", text=f"{truth.head - truth.position} rows are still queued")


def _check_cover(spans: list[tuple[int, int]], first: int, last: int, what: str, invariant: str) -> Iterator[Violation]:
    """`spans` of (first, count), sorted, cover `first` to `last` exactly once."""
    expected = first
    for start, count in spans:
        if start > expected:
            yield Violation(kind="lost", invariant=invariant, text=f"{what}: {expected} to {start - 1} are missing")
        elif start < expected:
            yield Violation(kind="doubled", invariant=invariant, text=f"{what}: {start} and on again")
        expected = max(expected, start + count)
    if expected <= last:
        yield Violation(kind="lost", invariant=invariant, text=f"{what}: {expected} to {last} are missing")
    elif expected > last + 1:
        yield Violation(kind="doubled", invariant=invariant, text=f"{what}: {last + 1} to {expected - 1} are too many")


# -- I6: pace ----------------------------------------------------------------------------------------------------------


def check_pace(history: History, shown: list[Shown], rate: float) -> Iterator[Violation]:
    """Moments lie at least 0.9 / rate apart; any T seconds hold at most rate x T + 2."""
    rates = Rates(rate, history)
    for before, after in pairwise(shown):
        gap = (after.at - before.at).total_seconds()
        if gap >= SMALLEST_GAP / rates.lowest:
            continue
        most = rates.most_between(before.at, after.at)
        if gap < SMALLEST_GAP / most:
            yield Violation(
                kind="wrong",
                invariant="I6",
                text=f"seq {after.seq} came {gap:.4f} s after the one before at {most:g}/s",
            )
    moments = [row.at for row in shown]
    for seconds in WINDOWS:
        yield from _check_window(moments, seconds, rates)


def _check_window(moments: list[datetime], seconds: float, rates: Rates) -> Iterator[Violation]:
    first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - timedelta(seconds=seconds):
            first += 1
        if last - first + 1 <= rates.lowest * seconds + 2:
            continue
        most = rates.most_between(moments[first], moment) * seconds + 2
        if last - first + 1 > most:
            yield Violation(
                kind="wrong", invariant="I6", text=f"{last - first + 1} rows in {seconds:g} s; the pace allows {most:g}"
            )
            return


def _overlap(one: Event, other: Event) -> bool:
    return bool(other.data["began"] <= one.data["ended"] and other.data["ended"] >= one.data["began"])


class Rates:
    """The display rates that may have been in force at each time, from the requests and their answers."""

    def __init__(self, first: float, history: History) -> None:
        self._spans: list[tuple[float, float, float]] = []
        current = [(first, 0.0)]
        changes = [e for e in history.of("pace") if "rate_per_second" in e.data["asked"] and e.data["status"] != 422]
        for event in sorted(changes, key=lambda event: event.data["began"]):
            if event.data["status"] == 200 and not self._overlaps(event, changes):
                self._spans += [(rate, since, event.data["ended"]) for rate, since in current]
                current = []
            current.append((event.data["asked"]["rate_per_second"], event.data["began"]))
        self._spans += [(rate, since, float("inf")) for rate, since in current]
        # What keeps to this rate keeps to every other.
        self.lowest = min(rate for rate, _, _ in self._spans)

    def most_between(self, first: datetime, last: datetime) -> float:
        """The highest rate that may have been in force at any time between."""
        begin, end = wall_of(first), wall_of(last)
        return max(rate for rate, since, until in self._spans if since <= end and until >= begin)

    @staticmethod
    def _overlaps(event: Event, changes: list[Event]) -> bool:
        """Whether another change was under way at the same time: which one came last is not known."""
        return any(other is not event and _overlap(event, other) for other in changes)


# -- I3, I4: the product's own proof -----------------------------------------------------------------------------------


def check_audit(audit: dict[str, Any]) -> Iterator[Violation]:
    """`manage.py audit` finds nothing."""
    if not audit.get("ok"):
        yield Violation(kind="wrong", invariant="I3-5", text=f"the audit says {audit}")


# -- I9: the API -------------------------------------------------------------------------------------------------------


def check_calls(history: History) -> Iterator[Violation]:
    """Whatever breaks, no call is answered by a server error but 503."""
    for event in history.of("start", "stop", "reset", "purge", "skip", "pace", "probe"):
        status = event.data["status"]
        if status is not None and status >= 500 and status != 503:
            yield Violation(kind="wrong", invariant="I9", text=f"{event.what} was answered {status}: {event.data}")


def check_memory(history: History) -> Iterator[Violation]:
    """A screen that does not read costs the web process a bounded buffer."""
    for event in history.of("thawed"):
        if event.data["grew_megabytes"] > MOST_MEGABYTES:
            yield Violation(
                kind="wrong", invariant="I9", text=f"a frozen screen cost {event.data['grew_megabytes']} MB"
            )


# -- I8: screens -------------------------------------------------------------------------------------------------------


def check_frames(screen: Screen, truth: Truth, since: Baseline) -> Iterator[Violation]:
    """On each connection numbers rise by exactly one, each with its own invoice; no status is ahead of its rows."""
    positions = {row.seq: row.position for row in truth.shown}
    seq: int | None = None
    as_of = ""
    for frame in screen.frames:
        body, where = frame.body, f"{screen.name}, connection {frame.connection}"
        match body["type"]:
            case "hello":
                yield from _check_hello(body, seq, where)
                for item in body["items"]:
                    yield from _check_row(item["seq"], item["invoice"], positions, truth, where)
                seq = body["last_seq"]
            case "invoice":
                if body["seq"] != (seq or 0) + 1:
                    kind = "doubled" if body["seq"] <= (seq or 0) else "lost"
                    yield Violation(kind=kind, invariant="I8", text=f"{where}: seq {body['seq']} follows {seq}")
                yield from _check_row(body["seq"], body["invoice"], positions, truth, where)
                seq = body["seq"]
            case "reset":
                if body["last_seq"] != seq:
                    yield Violation(
                        kind="lost", invariant="I8", text=f"{where}: a reset at {body['last_seq']} follows {seq}"
                    )
            case "garbage" | "error":
                yield Violation(kind="wrong", invariant="I8", text=f"{where}: was sent {body}")
        yield from _check_figures(frame, seq or 0, as_of, where)
        as_of = _as_of(frame) or as_of


def _check_hello(hello: dict[str, Any], seq: int | None, where: str) -> Iterator[Violation]:
    numbers = [item["seq"] for item in hello["items"]]
    first = seq if seq is not None and not hello["reset"] else None
    if first is not None and numbers != list(range(first + 1, hello["last_seq"] + 1)):
        yield Violation(
            kind="lost" if len(numbers) < hello["last_seq"] - first else "doubled",
            invariant="I8",
            text=f"{where}: resumed after {first} with {_spans(numbers)} of {hello['last_seq']}",
        )
    if first is None and (
        len(numbers) > HELLO_ROWS or (numbers and numbers != _up_to(hello["last_seq"], len(numbers)))
    ):
        yield Violation(
            kind="wrong", invariant="I8", text=f"{where}: hello with {_spans(numbers)} of {hello['last_seq']}"
        )


def _check_row(
    seq: int, invoice: dict[str, Any] | None, positions: dict[int, int], truth: Truth, where: str
) -> Iterator[Violation]:
    """A row is the invoice that has that number in PostgreSQL. Rows of before the schedule are not looked at."""
    if seq not in positions:
        if seq > truth.last_seq:
            yield Violation(kind="wrong", invariant="I7", text=f"{where}: seq {seq} was never given")
        return
    position = positions[seq]
    series, _ = truth.source_of(position)
    number = truth.number_at(position)
    if invoice is None:
        if series.is_open:
            yield Violation(kind="lost", invariant="I7", text=f"{where}: seq {seq} has no invoice, not {number}")
    elif invoice["invoice_number"] != number:
        yield Violation(
            kind="wrong", invariant="I7", text=f"{where}: seq {seq} shows {invoice['invoice_number']}, not {number}"
        )
    elif series.is_open and Decimal(invoice["total_amount"]) != truth.totals.get(number):
        yield Violation(kind="wrong", invariant="I3", text=f"{where}: {number} shows {invoice['total_amount']}")


def _check_figures(frame: Frame, seq: int, as_of: str, where: str) -> Iterator[Violation]:
    status = frame.body.get("status")
    if status and status["display"]["last_seq"] > seq:
        yield Violation(
            kind="lost", invariant="I8", text=f"{where}: a status shows {status['display']['last_seq']} after row {seq}"
        )
    if _as_of(frame) and _as_of(frame) < as_of:
        yield Violation(
            kind="wrong", invariant="I4", text=f"{where}: totals of {_as_of(frame)} came after those of {as_of}"
        )


def _as_of(frame: Frame) -> str:
    return str((frame.body.get("stats") or {}).get("as_of", ""))


def check_screen(screen: Screen, truth: Truth) -> Iterator[Violation]:
    """What stands on the screen in the end is what PostgreSQL says."""
    positions = {row.seq: row.position for row in truth.shown}
    numbers = sorted(screen.rows)
    if screen.last_seq != truth.last_seq or (numbers and numbers != _up_to(truth.last_seq, len(numbers))):
        yield Violation(
            kind="lost",
            invariant="I8",
            text=f"{screen.name} ends at {screen.last_seq} with {_spans(numbers)}; the feed ends at {truth.last_seq}",
        )
    if numbers and truth.cleared_seq is not None and numbers[0] <= truth.cleared_seq:
        yield Violation(
            kind="wrong", invariant="I8", text=f"{screen.name} still shows {numbers[0]}, cleared at {truth.cleared_seq}"
        )
    for seq in numbers:
        if seq in positions:
            yield from _check_row(seq, screen.rows[seq], positions, truth, f"{screen.name} in the end")
    yield from _check_last_figures(screen, truth)


def _check_last_figures(screen: Screen, truth: Truth) -> Iterator[Violation]:
    stats = (screen.stats.get("invoice_count"), Decimal(screen.stats.get("total_amount", "0")))
    if stats != (truth.invoice_count, truth.total_amount):
        yield Violation(
            kind="wrong",
            invariant="I4",
            text=f"{screen.name} ends with totals {stats}, not {(truth.invoice_count, truth.total_amount)}",
        )
    display = screen.status.get("display", {})
    reported = {name: display.get(name) for name in ("backlog", "announced_count", "shown_count", "skipped_count")}
    true = {
        "backlog": truth.head - truth.position,
        "announced_count": truth.head,
        "shown_count": truth.last_seq,
        "skipped_count": truth.skipped,
    }
    if reported != true or screen.status.get("state") != "idle":
        yield Violation(
            kind="wrong",
            invariant="I5",
            text=f"{screen.name} ends {screen.status.get('state')} with {reported}, not {true}",
        )


def _up_to(last: int, count: int) -> list[int]:
    return list(range(last - count + 1, last + 1))


def _spans(numbers: list[int]) -> str:
    """`3-7, 9`: a list of numbers, short."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    texts = [f"{first}" if first == last else f"{first}-{last}" for first, last in spans]
    return ", ".join(texts[:6]) + (", ..." if len(texts) > 6 else "") if texts else "nothing"
