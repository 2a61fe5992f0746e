"""Sends one frame to every open screen: the product's hub against other servers, at 200 and 1,000 sockets, the hub also
at 5,000.

The hub is the product's unchanged web process, which gets the pacer's notifications through Redis. Plain Channels makes
every socket a member of a group. The libraries have one subscription and a loop over their sockets. All send the same
text.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from bench import contestants
from bench.contestants import Contest, Contestant
from bench.frame import Goal, Options, Table, compare_all, ratio
from bench.servers import product_database

SIZES, HUB_SIZES, SMOKE_SIZE = (200, 1000), (5000,), 20
SERVERS = ("daphne", "uvicorn")
DAPHNE, UVICORN, PLAIN, LIBRARY = (
    *("our hub on daphne", "our hub on uvicorn"),
    *("plain Channels on daphne", "websockets.broadcast"),
)


def run(options: Options) -> Iterator[Table]:
    """Three tables for each number of sockets."""
    with product_database():
        ours, yardsticks = contestants.ours(), list(contestants.yardsticks())
        if options.smoke:
            yield from _contest([*ours, *yardsticks[:2]], SMOKE_SIZE, options)
            yield _beside_clogged(SERVERS[0], options)
            return
        for sockets in SIZES:
            yield from _contest([*ours, *yardsticks], sockets, options)
        for sockets in HUB_SIZES:
            yield from _contest(ours, sockets, options)
        for server in SERVERS:
            yield _beside_clogged(server, options)


def _contest(who: list[Contestant], sockets: int, options: Options) -> Iterator[Table]:
    seconds, rounds = 0.5 if options.smoke else 1.5, options.pick(5, 1)
    with contextlib.ExitStack() as stack:
        contests = [stack.enter_context(Contest(contestant, sockets)) for contestant in who]
        for contest in contests:
            contest.open()
        sides = {contest.contestant.name: lambda c=contest: c.flood(seconds) for contest in contests}
        titles = {
            "worth": (f"{sockets:,} sockets: deliveries for a second of the server's processor time", "1/cpu-s"),
            "rate": (f"{sockets:,} sockets: deliveries a second", "1/s"),
        }
        worth, rate = compare_all(titles, sides, rounds=rounds)
        _judge(worth, sockets)
        yield worth
        yield rate
        yield _delays(contests, sockets, seconds=options.pick(3, 1), rounds=options.pick(2, 1))


def _beside_clogged(server: str, options: Options) -> Table:
    """Compares the frames to all reading sockets: with only reading sockets, and beside sockets that read nothing and
    have full buffers.
    """
    seconds, rounds, sockets = 0.5 if options.smoke else 1.5, options.pick(3, 1), options.pick(SIZES[0], SMOKE_SIZE)
    clogged = sockets // 4
    demo, live = contestants.hub(server, "demo"), contestants.hub(server, "live")
    with Contest(demo, sockets) as among_readers, Contest(live, sockets - clogged) as beside_clogged:

        def clog_and_flood() -> dict[str, float]:
            beside_clogged.clog(clogged)
            return beside_clogged.flood(seconds)

        for contest in (among_readers, beside_clogged):
            contest.open()
        sides = {"all read": lambda: among_readers.flood(seconds), "not all read": clog_and_flood}
        title = f"{demo.name}, {sockets} sockets, of which {clogged} read nothing or all read: frames a second to all that read"
        (table,) = compare_all({"frames": (title, "1/s")}, sides, rounds=rounds)
        ratio(table, "not all read : all read", of="not all read", to="all read", goal=Goal(least=0.9, aim=1))
    return table


def _judge(table: Table, sockets: int) -> None:
    names = {line.name for line in table.lines}
    if PLAIN in names:
        goal = Goal(least=15, aim=25) if sockets == 1000 else None
        ratio(table, "our hub : plain Channels, both on daphne", of=DAPHNE, to=PLAIN, goal=goal)
    if LIBRARY in names:
        ratio(table, "our hub on uvicorn : websockets.broadcast", of=UVICORN, to=LIBRARY, goal=Goal(least=0.8, aim=1))


def _delays(contests: list[Contest], sockets: int, *, seconds: float, rounds: int) -> Table:
    """The time from send to receipt at five frames a second, and the memory of a socket."""
    sides = {contest.contestant.name: lambda c=contest: c.trickle(seconds) for contest in contests}
    titles = {"p50": ("p50", "ms"), "p99": ("p99", "ms")}
    table = Table(title=f"{sockets:,} sockets, five frames a second: send to receipt; memory of a socket")
    for part in compare_all(titles, sides, rounds=rounds):
        for line in part.lines:
            table.add(f"{line.name}: {part.title}", line.unit, *line.values)
    for contest in contests:
        name = f"{contest.contestant.name}: memory a socket"
        goal = Goal(least=30, aim=25, upwards=False) if contest.contestant.name == UVICORN else None
        table.judge(name, "kB", contest.bytes_per_socket / 1000, goal=goal)
    return table
