"""A schedule of the core set: half a second of work and faults, all of it decided by the seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.system.chaos.faults import Fault
from tests.system.chaos.schedule import title
from tests.system.chaos.workload import Act

SPAN_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class CoreSchedule:
    """Who is there, what is done, what breaks. Times in seconds."""

    seed: int
    display_rate: float
    tickers: int
    pacers: int
    acts: tuple[Act, ...]
    faults: tuple[Fault, ...]

    @property
    def title(self) -> str:
        return title(self.acts, self.faults)

    def __str__(self) -> str:
        steps: list[Act | Fault] = sorted([*self.acts, *self.faults], key=lambda step: step.at)
        head = f"seed {self.seed}, display {self.display_rate:g}/s, {self.tickers} tickers, {self.pacers} pacers"
        return "\n".join([head, *(f"  {step}" for step in steps)])


def make(seed: int) -> CoreSchedule:
    random = Random(f"{seed} core")
    first = _start(random, at=0.0)
    acts = [first, *random.choice(SHAPES)(random)]
    return CoreSchedule(
        seed=seed,
        display_rate=random.choice([150.0, 400.0, 900.0]),
        tickers=random.choice([1, 2, 2, 3]),
        pacers=random.choice([1, 1, 2]),
        acts=tuple(sorted(acts, key=lambda act: act.at)),
        faults=tuple(_fault(random) for _ in range(random.choice([0, 1, 1, 2, 2, 3, 4]))),
    )


def _start(random: Random, *, at: float, callers: int = 1) -> Act:
    arguments = (
        ("rate_per_second", random.choice([20.0, 33.3, 66.6, 140.0])),
        ("duration_seconds", 1),
        ("seed", random.getrandbits(20)),
        ("ahead_seconds", random.choice([0.6, 0.75, 0.9])),
    )
    return Act(at=at, verb="start", callers=callers, arguments=arguments)


def _act(random: Random, verb: str, *, callers: int = 1) -> Act:
    return Act(at=random.uniform(0.02, SPAN_SECONDS), verb=verb, callers=callers)


def _whole(random: Random) -> list[Act]:
    return []


def _stopped(random: Random) -> list[Act]:
    return [_act(random, "stop", callers=random.choice([1, 1, 3]))]


def _restarted(random: Random) -> list[Act]:
    stop = _act(random, "stop")
    return [stop, _start(random, at=stop.at + random.choice([0.0, 0.01, 0.05]), callers=random.choice([1, 3]))]


def _reset(random: Random) -> list[Act]:
    reset = _act(random, random.choice(["reset", "purge"]))
    again = [_start(random, at=reset.at + random.choice([0.0, 0.02, 0.1]))]
    return [reset, *(again if random.random() < 0.6 else [])]


def _skipped(random: Random) -> list[Act]:
    slow = Act(at=0.0, verb="pace", arguments=(("rate_per_second", 20.0),))
    fast = Act(at=SPAN_SECONDS, verb="pace", arguments=(("rate_per_second", 900.0),))
    return [slow, *(_act(random, random.choice(["skip", "reset"])) for _ in range(random.randint(1, 3))), fast]


def _latest(random: Random) -> list[Act]:
    arguments = (("mode", "latest"), ("rate_per_second", random.choice([10.0, 60.0])))
    back = (("mode", "every"), ("rate_per_second", 900.0))
    return [
        Act(at=random.uniform(0.0, 0.2), verb="pace", arguments=arguments),
        Act(at=SPAN_SECONDS, verb="pace", arguments=back),
    ]


SHAPES = [_whole, _whole, _whole, _stopped, _stopped, _restarted, _reset, _reset, _skipped, _latest]

# Kind: targets, weight, shortest and longest time. A lock or a freeze outlasts the compressed limits now and then.
KINDS: dict[str, tuple[tuple[str, ...], int, tuple[float, float]]] = {
    "kill": (("ticker", "pacer", "web", "caller"), 12, (0, 0)),
    "freeze": (("ticker", "pacer", "web", "caller"), 8, (0.02, 0.6)),
    "postgres-cut": ((), 3, (0, 0)),
    "postgres-immediate": ((), 1, (0, 0)),
    "postgres-crash": ((), 1, (0, 0)),
    "postgres-freeze": ((), 1, (0.05, 0.3)),
    "postgres-lock": (("cursor", "head", "series", "run", "invoices"), 3, (0.05, 0.4)),
    "redis-flush": ((), 3, (0, 0)),
    "redis-poison": ((), 2, (0, 0)),
    "redis-kill": ((), 1, (0, 0)),
    "redis-freeze": ((), 1, (0.05, 0.4)),
}


def _fault(random: Random) -> Fault:
    kind = random.choices(list(KINDS), weights=[weight for _, weight, _ in KINDS.values()])[0]
    targets, _, (shortest, longest) = KINDS[kind]
    return Fault(
        at=random.uniform(0.02, SPAN_SECONDS),
        kind=kind,
        target=random.choice(targets) if targets else "",
        lasts=random.uniform(shortest, longest),
    )
