"""The actions of users in a schedule: START and STOP by one or fifty callers, reset, purge, skip, pace, new screens.

Time is compressed: high rates, runs of a few seconds.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.system.chaos.history import History
from tests.system.chaos.product import Answer, Product

CROWD = 50
MOST_INVOICES = 350


@dataclass(frozen=True, kw_only=True)
class Act:
    """At `at` seconds `callers` users do `verb` at once."""

    at: float
    verb: str
    callers: int = 1
    arguments: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        words = [f"{name}={value}" for name, value in self.arguments]
        crowd = [f"by {self.callers} at once"] if self.callers > 1 else []
        return " ".join([f"{self.at:.2f} s: {self.verb}", *words, *crowd])


def plan(random: Random) -> tuple[list[Act], float]:
    """The acts of a schedule, and the display rate it begins with (rows per second)."""
    first = _start(random, at=0.1)
    shape = random.choice(SHAPES)
    acts = [first, *shape(random, first)]
    if random.random() < 0.35:
        acts.append(Act(at=random.uniform(0.3, 4.0), verb="join"))
    display_rate = random.choice([40.0, 80.0, 160.0])
    return sorted(acts, key=lambda act: act.at), display_rate


def _start(random: Random, *, at: float, callers: int = 1) -> Act:
    duration = random.randint(2, 5)
    rate = random.choice([5.0, 12.5, 33.3, 70.0])
    rate = min(rate, MOST_INVOICES / duration)
    arguments = (("rate_per_second", rate), ("duration_seconds", duration), ("seed", random.getrandbits(20)))
    return Act(at=at, verb="start", callers=callers, arguments=arguments)


def _end_of(start: Act) -> float:
    return start.at + float(dict(start.arguments)["duration_seconds"])


def _whole(random: Random, first: Act) -> list[Act]:
    """A run without a STOP."""
    return []


def _stopped(random: Random, first: Act) -> list[Act]:
    return [Act(at=random.uniform(0.2, _end_of(first)), verb="stop")]


def _restarted(random: Random, first: Act) -> list[Act]:
    """STOP and START in quick succession, while the backlog drains."""
    at = random.uniform(0.3, _end_of(first))
    again = [_start(random, at=at + random.choice([0.0, 0.05, 0.5]))]
    return [Act(at=at, verb="stop"), *again]


def _crowded(random: Random, first: Act) -> list[Act]:
    """Fifty press START, then fifty press STOP."""
    at = random.uniform(0.5, _end_of(first))
    return [
        _start(random, at=random.choice([0.1, 0.4]), callers=CROWD),
        Act(at=at, verb="stop", callers=CROWD),
    ]


def _reset(random: Random, first: Act) -> list[Act]:
    at = random.uniform(0.3, _end_of(first))
    again = [_start(random, at=at + random.uniform(0.0, 0.5))] if random.random() < 0.5 else []
    return [Act(at=at, verb="reset"), *again]


def _purged(random: Random, first: Act) -> list[Act]:
    at = random.uniform(0.3, _end_of(first))
    again = [_start(random, at=at + random.uniform(0.0, 0.5))] if random.random() < 0.7 else []
    return [Act(at=at, verb="purge"), *again]


def _skipped(random: Random, first: Act) -> list[Act]:
    """A display far slower than the run, and a backlog that is skipped."""
    slow = Act(at=0.0, verb="pace", arguments=(("rate_per_second", 4.0),))
    times = [random.uniform(0.5, _end_of(first) + 0.5) for _ in range(random.randint(1, 3))]
    fast = Act(at=_end_of(first) + 0.6, verb="pace", arguments=(("rate_per_second", 100.0),))
    return [slow, *(Act(at=at, verb="skip") for at in times), fast]


def _latest(random: Random, first: Act) -> list[Act]:
    at = random.uniform(0.2, 1.5)
    return [
        Act(at=at, verb="pace", arguments=(("mode", "latest"), ("rate_per_second", random.choice([3.0, 15.0])))),
        Act(at=random.uniform(at, _end_of(first)), verb="pace", arguments=(("mode", "every"),)),
        Act(at=_end_of(first), verb="pace", arguments=(("rate_per_second", 100.0),)),
    ]


def _repaced(random: Random, first: Act) -> list[Act]:
    rates = [random.choice([1.0, 10.0, 60.0, 400.0]) for _ in range(3)]
    changes = [
        Act(at=random.uniform(0.2, _end_of(first)), verb="pace", arguments=(("rate_per_second", rate),))
        for rate in rates
    ]
    return [*changes, Act(at=_end_of(first) + 0.1, verb="pace", arguments=(("rate_per_second", 100.0),))]


# The plain shapes come twice: only a run without a STOP must be exact to the last invoice.
SHAPES = [
    *[_whole, _whole, _whole, _stopped, _stopped, _restarted, _crowded, _reset, _purged],
    *[_skipped, _latest, _repaced],
]

CALLS = {
    "start": ("POST", "/api/control/start"),
    "stop": ("POST", "/api/control/stop"),
    "reset": ("POST", "/api/control/reset"),
    "purge": ("POST", "/api/control/reset"),
    "skip": ("POST", "/api/control/skip"),
    "pace": ("PUT", "/api/feed"),
}


# After their answer the statistics must not be behind.
SETTLERS = ("stop", "reset", "purge")


async def perform(act: Act, product: Product, history: History) -> None:
    """Do `act` and note every answer."""
    await asyncio.gather(*(_call(act, product, history) for _ in range(act.callers)))


async def _call(act: Act, product: Product, history: History) -> None:
    method, path = CALLS[act.verb]
    body: dict[str, Any] | None = dict(act.arguments) or None
    if act.verb == "purge":
        body = {"purge": True}
    answer = await product.call(method, f"{path}?feed=demo", body)
    extra = {}
    if act.verb in SETTLERS and answer.status == 200 and act.callers == 1:
        extra["counts"] = [count for count in [await _count(product) for _ in range(4)] if count is not None]
    history.note("user", act.verb, asked=body, began=answer.began, ended=answer.ended, **present(answer), **extra)


async def _count(product: Product) -> int | None:
    """How many invoices the statistics show right now."""
    answer = await product.call("GET", "/api/stats?feed=demo")
    return answer.body.get("invoice_count")


def present(answer: Answer) -> dict[str, Any]:
    """What a history keeps of an answer."""
    if answer.status is None:
        return {"status": None, "run": None, "state": None, "issued": None, "error": answer.body["error"]}
    run = answer.body.get("run") or {}
    display = answer.body.get("display") or {}
    return {
        "status": answer.status,
        "run": run.get("id"),
        "state": run.get("state"),
        "issued": run.get("issued_count"),
        "last_seq": display.get("last_seq"),
        "detail": answer.body.get("detail"),
    }
