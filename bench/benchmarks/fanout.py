"""Compares servers that send one frame to every open screen: the product's hub, plain Channels, WebSocket libraries.

All send the same text, to 200 and to 1,000 sockets; the hub also to 5,000. The hub is the product's unchanged web process,
which gets the pacer's notifications through Redis. Plain Channels makes every socket a member of a group. The libraries
have one subscription and a loop over their sockets.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from bench import compared_servers
from bench.compared_servers import RunningServer
from bench.frame import Goal, Options, Table, compare_all, ratio
from bench.server_process import ComparedServer
from bench.servers import product_database

SIZES, HUB_SIZES, SMOKE_SIZE = (200, 1000), (5000,), 20
WEB_SERVERS = ("daphne", "uvicorn")
# Names of the servers, as `bench.compared_servers` gives them.
HUB_ON_DAPHNE, HUB_ON_UVICORN = "our hub on daphne", "our hub on uvicorn"
CHANNELS, LIBRARY = "plain Channels on daphne", "websockets.broadcast"
ALL_READ, NOT_ALL_READ = "all read", "not all read"


def run(options: Options) -> Iterator[Table]:
    """Three tables per number of sockets, and one per web server about screens that never read."""
    with product_database():
        hubs, yardsticks = compared_servers.hubs(), list(compared_servers.yardsticks())
        if options.smoke:
            yield from _compare([*hubs, *yardsticks[:2]], SMOKE_SIZE, options)
            yield _compare_stalled(WEB_SERVERS[0], options)
            return
        for sockets in SIZES:
            yield from _compare([*hubs, *yardsticks], sockets, options)
        for sockets in HUB_SIZES:
            yield from _compare(hubs, sockets, options)
        for server in WEB_SERVERS:
            yield _compare_stalled(server, options)


def _flood_seconds(options: Options) -> float:
    return 0.5 if options.smoke else 1.5


def _compare(compared: list[ComparedServer], sockets: int, options: Options) -> Iterator[Table]:
    """The tables of the servers with `sockets` screens each."""
    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(RunningServer(server, sockets)) for server in compared]
        for server in running:
            server.open()
        seconds = _flood_seconds(options)
        sides = {server.compared.name: lambda server=server: server.flood(seconds) for server in running}
        titles = {
            "per_cpu_second": (f"{sockets:,} sockets: deliveries per second of the server's processor time", "1/cpu-s"),
            "rate": (f"{sockets:,} sockets: deliveries per second", "1/s"),
        }
        per_cpu_second, rate = compare_all(titles, sides, rounds=options.pick(5, 1))
        _add_ratios(per_cpu_second, sockets)
        yield per_cpu_second
        yield rate
        yield _delays_and_memory(running, sockets, options)


def _compare_stalled(web_server: str, options: Options) -> Table:
    """The frames per second to the sockets that read: when all read, and when a quarter never reads (full buffers)."""
    sockets = options.pick(SIZES[0], SMOKE_SIZE)
    stalled = sockets // 4
    demo, live = compared_servers.hub(web_server, "demo"), compared_servers.hub(web_server, "live")
    with RunningServer(demo, sockets) as all_read, RunningServer(live, sockets - stalled) as not_all_read:

        def stall_and_flood() -> dict[str, float]:
            not_all_read.stall(stalled)
            return not_all_read.flood(_flood_seconds(options))

        for server in (all_read, not_all_read):
            server.open()
        sides = {ALL_READ: lambda: all_read.flood(_flood_seconds(options)), NOT_ALL_READ: stall_and_flood}
        title = f"{demo.name}, {sockets} sockets, of which {stalled} read nothing or all read: frames per second to all that read"
        (table,) = compare_all({"frames": (title, "1/s")}, sides, rounds=options.pick(3, 1))
        ratio(table, "not all read : all read", of=NOT_ALL_READ, to=ALL_READ, goal=Goal(least=0.9, aim=1))
    return table


def _add_ratios(table: Table, sockets: int) -> None:
    """Add the ratios of the hub to the other servers of the table."""
    names = {line.name for line in table.lines}
    if CHANNELS in names:
        goal = Goal(least=15, aim=25) if sockets == 1000 else None
        ratio(table, "our hub : plain Channels, both on daphne", of=HUB_ON_DAPHNE, to=CHANNELS, goal=goal)
    if LIBRARY in names:
        goal = Goal(least=0.8, aim=1)
        ratio(table, "our hub on uvicorn : websockets.broadcast", of=HUB_ON_UVICORN, to=LIBRARY, goal=goal)


def _delays_and_memory(running: list[RunningServer], sockets: int, options: Options) -> Table:
    """Milliseconds from send to receipt at five frames per second, and the memory of a socket."""
    seconds = options.pick(3, 1)
    sides = {server.compared.name: lambda server=server: server.trickle(seconds) for server in running}
    titles = {"p50": ("p50", "ms"), "p99": ("p99", "ms")}
    table = Table(title=f"{sockets:,} sockets, five frames per second: send to receipt; memory of a socket")
    for part in compare_all(titles, sides, rounds=options.pick(2, 1)):
        for line in part.lines:
            table.add(f"{line.name}: {part.title}", line.unit, *line.values)
    for server in running:
        name = f"{server.compared.name}: memory per socket"
        goal = Goal(least=30, aim=25, upwards=False) if server.compared.name == HUB_ON_UVICORN else None
        table.judge(name, "kB", server.bytes_per_socket / 1000, goal=goal)
    return table
