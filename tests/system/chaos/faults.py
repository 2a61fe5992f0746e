"""The faults of a schedule: in processes, Redis, PostgreSQL and wires, one at a time or all at the same instant.

A fault strikes, lasts and heals; both moments are in the history, and so is the moment at which a server answers again.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import psycopg
import redis as redis_py
from redis.exceptions import RedisError

from tests.system.chaos.crowd import Crowd
from tests.system.chaos.history import History
from tests.system.chaos.product import NAMES, Product, wait_until
from tests.system.chaos.proxy import Interposed, Wire

SERVER_SECONDS = 30.0
FULL_MEMORY = "128mb"
WIRE_MODES = ("late", "cut", "hole", "drip")
CUT_POSTGRES = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'inv%'"
CUT_EVERY_SECONDS = 0.25
POSTGRES_SOCKET = ".s.PGSQL.5432"
# What the lock order names, and the cursor's and the run's own rows.
LOCKS = {
    "cursor": "SELECT 1 FROM streaming_cursor WHERE feed_id = 'demo' FOR UPDATE",
    "head": "SELECT 1 FROM streaming_feed WHERE name = 'demo' FOR UPDATE",
    "series": "SELECT 1 FROM invoices_series WHERE closed_at IS NULL ORDER BY id FOR UPDATE",
    "run": "SELECT 1 FROM invoices_run WHERE state IN ('running', 'stopping') FOR UPDATE",
    "invoices": "LOCK TABLE invoices_invoice IN SHARE MODE",
    "shown": "LOCK TABLE streaming_shown IN ACCESS EXCLUSIVE MODE",
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """At `at` seconds `kind` strikes `target` for `lasts` seconds."""

    at: float
    kind: str
    target: str = ""
    lasts: float = 0.0

    def __str__(self) -> str:
        lasting = f" for {self.lasts:.2f} s" if self.lasts else ""
        return f"{self.at:.2f} s: {self.kind} {self.target}".rstrip() + lasting


def plan(random: Random, *, span: float) -> list[Fault]:
    """Up to four faults within `span` seconds; in one schedule of ten all happen at the same instant."""
    count = random.choice([0, 1, 1, 1, 2, 2, 2, 3, 3, 4])
    together = random.uniform(0.3, span) if random.random() < 0.1 else None
    return [_one(random, at=together or random.uniform(0.2, span)) for _ in range(count)]


def _one(random: Random, *, at: float) -> Fault:
    kind = random.choices(list(KINDS), weights=[weight for _, weight, _ in KINDS.values()])[0]
    targets, _, (shortest, longest) = KINDS[kind]
    lasts = random.uniform(shortest, longest)
    return Fault(at=at, kind=kind, target=random.choice(targets) if targets else "", lasts=lasts)


# Kind: targets, weight, shortest and longest time.
KINDS: dict[str, tuple[tuple[str, ...], int, tuple[float, float]]] = {
    "kill": (NAMES, 24, (0, 0)),
    "term": (NAMES, 6, (0, 0)),
    "freeze": (NAMES, 12, (0.3, 3.5)),
    "second": (("worker", "beat", "pacer"), 8, (2, 5)),
    "third": (("worker",), 2, (2, 5)),
    "prefork": (("child", "parent", "both"), 3, (1, 3)),
    "freeze-tick": ((), 5, (2.5, 4)),
    "kill-processes": ((), 3, (0, 0)),
    "blackout": ((), 3, (0, 0)),
    "power-cut": ((), 1, (0, 0)),
    "redis-kill": ((), 5, (0, 0)),
    "redis-empty": ((), 4, (0, 0)),
    "redis-flush": ((), 5, (0, 0)),
    "redis-freeze": ((), 6, (0.3, 4)),
    "redis-full": ((), 3, (0.5, 3)),
    "redis-cut": ((), 4, (0, 0)),
    "postgres-immediate": ((), 5, (0, 0)),
    "postgres-fast": ((), 3, (0, 0)),
    "postgres-kill": ((), 3, (0, 0)),
    "postgres-crash": ((), 4, (0, 0)),
    "postgres-cut": ((), 5, (0, 0)),
    "postgres-freeze": ((), 4, (0.3, 2.5)),
    "postgres-slow": ((), 3, (1, 3)),
    "postgres-lock": (tuple(LOCKS), 8, (0.3, 2.5)),
    "wire-cut": ((), 6, (0, 0)),
    "wire-hole": ((), 5, (1, 8)),
    "wire-drip": ((), 3, (1, 8)),
    "wire-late": ((), 2, (1, 4)),
    "wire-deaf": ((), 3, (7, 8)),
    "redis-wire": (WIRE_MODES, 5, (0.5, 3)),
    "postgres-wire": (WIRE_MODES, 5, (0.5, 2.5)),
    "screen-freeze": ((), 3, (1, 6)),
    "crowd-cut": (("1000",), 1, (0, 0)),
}


async def strike(fault: Fault, product: Product, history: History, crowd: Crowd) -> None:
    """Do it and undo it, unless it undoes itself."""
    history.note("fault", "struck", fault=fault.kind, target=fault.target or None)
    match fault.kind:
        case "screen-freeze":
            await crowd.freeze_one(fault.lasts)
        case "crowd-cut":
            await crowd.storm(int(fault.target))
        case _:
            await _DOERS[fault.kind](fault, product, history)
    history.note("fault", "healed", fault=fault.kind, target=fault.target or None)


# -- processes ---------------------------------------------------------------------------------------------------------


async def _kill(fault: Fault, product: Product, history: History) -> None:
    number = signal.SIGKILL if fault.kind == "kill" else signal.SIGTERM
    product.signal(product.pid(fault.target), number)


async def _freeze(fault: Fault, product: Product, history: History) -> None:
    pid = product.pid(fault.target)
    product.signal(pid, signal.SIGSTOP)
    await asyncio.sleep(fault.lasts)
    product.signal(pid, signal.SIGCONT)


async def _second(fault: Fault, product: Product, history: History) -> None:
    extra = product.start_second(fault.target)
    if extra is None:
        return
    await asyncio.sleep(fault.lasts)
    await asyncio.to_thread(product.end_second, extra)


async def _third(fault: Fault, product: Product, history: History) -> None:
    """Three workers at once."""
    await asyncio.gather(*(_second(fault, product, history) for _ in range(2)))


async def _prefork(fault: Fault, product: Product, history: History) -> None:
    """Another worker, with children: one of them, their parent, or all are killed at work."""
    extra = product.start_second("worker", ("--pool", "solo"), ("--pool", "prefork", "--concurrency", "2"))
    if extra is None:
        return
    children = await wait_until(lambda: product.descendants(extra.pid)[2:], 10.0, every=0.1) or []
    await asyncio.sleep(fault.lasts)
    parent, *children = children[:1] if fault.target == "child" else product.descendants(extra.pid)
    for pid in [parent] if fault.target in ("child", "parent") else [parent, *children]:
        product.signal(pid, signal.SIGKILL)
    await asyncio.sleep(0.5)
    await asyncio.to_thread(product.end_second, extra)


async def _freeze_tick(fault: Fault, product: Product, history: History) -> None:
    """Freeze the worker while it holds a run's lock, and press STOP."""
    pid = product.pid("worker")
    caught = await asyncio.to_thread(_catch_tick, product, pid)
    if not caught:
        return
    answer = await product.call("POST", "/api/control/stop?feed=demo")
    from tests.system.chaos.workload import present

    history.note("user", "stop", began=answer.began, ended=answer.ended, **present(answer))
    history.note("fault", "tick-frozen", stop_seconds=answer.ended - answer.began, status=answer.status)
    await asyncio.sleep(max(0.0, fault.lasts - (answer.ended - answer.began)))
    product.signal(pid, signal.SIGCONT)


def _catch_tick(product: Product, pid: int | None) -> bool:
    """Stop the worker and look whether it holds the lock; let it go and try again for a second."""
    held = (
        "SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted"
        " AND l.classid = 1900545 AND a.application_name = 'invoicedash-worker'"
    )
    deadline = time.monotonic() + 1.5
    try:
        with product.connect() as connection:
            while time.monotonic() < deadline:
                if not connection.execute(held).fetchone():
                    continue
                product.signal(pid, signal.SIGSTOP)
                if connection.execute(held).fetchone():
                    return True
                product.signal(pid, signal.SIGCONT)
    except psycopg.Error:
        product.signal(pid, signal.SIGCONT)
    return False


async def _kill_processes(fault: Fault, product: Product, history: History) -> None:
    """All four at the same instant; the servers stay."""
    for pid in [product.pid(name) for name in NAMES]:
        product.signal(pid, signal.SIGKILL)


async def _blackout(fault: Fault, product: Product, history: History) -> None:
    """Processes and servers at the same instant; the supervisor stays."""
    pids = [product.pid(name) for name in (*NAMES, "postgres", "redis")]
    for pid in [*pids, *product.backends()]:
        product.signal(pid, signal.SIGKILL)
    await asyncio.gather(_postgres_back(product, history), _redis_back(product, history))


async def _power_cut(fault: Fault, product: Product, history: History) -> None:
    """Everything at the same instant, the supervisor too; then `make run` again."""
    pids = product.stack.pids() | set(product.backends())
    assert product.stack.process is not None
    product.stack.process.kill()
    for pid in pids:
        product.signal(pid, signal.SIGKILL)
    await asyncio.to_thread(product.stack.process.wait)
    await asyncio.to_thread(product.stack.start)


# -- Redis -------------------------------------------------------------------------------------------------------------


async def _redis_kill(fault: Fault, product: Product, history: History) -> None:
    product.signal(product.pid("redis"), signal.SIGKILL)
    await _redis_back(product, history)


async def _redis_empty(fault: Fault, product: Product, history: History) -> None:
    """Killed, and nothing is left of it when it starts again."""
    pid = product.pid("redis")
    product.signal(pid, signal.SIGSTOP)
    shutil.rmtree(product.redis.directory / "appendonlydir", ignore_errors=True)
    product.signal(pid, signal.SIGKILL)
    await _redis_back(product, history)


async def _redis_flush(fault: Fault, product: Product, history: History) -> None:
    await _ask_redis(product, history, ["FLUSHALL"])


async def _redis_freeze(fault: Fault, product: Product, history: History) -> None:
    """Stop Redis (SIGSTOP): it accepts connections and never answers."""
    pid = product.pid("redis")
    product.signal(pid, signal.SIGSTOP)
    await asyncio.sleep(fault.lasts)
    product.signal(pid, signal.SIGCONT)
    await _redis_back(product, history)


async def _redis_full(fault: Fault, product: Product, history: History) -> None:
    """Out of memory: reads work, every write is refused."""
    await _ask_redis(product, history, ["CONFIG", "SET", "maxmemory", "1"])
    await asyncio.sleep(fault.lasts)
    await _ask_redis(product, history, ["CONFIG", "SET", "maxmemory", FULL_MEMORY])
    history.note("fault", "redis-back")


async def _redis_cut(fault: Fault, product: Product, history: History) -> None:
    for kind in ("normal", "pubsub"):
        await _ask_redis(product, history, ["CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes"])


async def _ask_redis(product: Product, history: History, words: list[str]) -> None:
    def ask() -> bool:
        try:
            with product.redis_client() as client:
                client.execute_command(*words)
        except (RedisError, OSError):
            return False
        return True

    if not await wait_until(ask, SERVER_SECONDS, every=0.2):
        history.note("fault", "redis-refused", words=" ".join(words))


async def _redis_back(product: Product, history: History) -> None:
    if await wait_until(product.redis.is_ready, SERVER_SECONDS):
        history.note("fault", "redis-back")


# -- PostgreSQL --------------------------------------------------------------------------------------------------------


async def _postgres_end(fault: Fault, product: Product, history: History) -> None:
    numbers = {
        "postgres-immediate": signal.SIGQUIT,
        "postgres-fast": signal.SIGINT,
        "postgres-kill": signal.SIGKILL,
    }
    pid = product.pid("postgres")
    product.signal(pid, numbers[fault.kind])
    await wait_until(lambda: product.pid("postgres") != pid, 5)
    await _postgres_back(product, history)


async def _postgres_crash(fault: Fault, product: Product, history: History) -> None:
    """Kill one backend (SIGKILL): PostgreSQL ends all other backends and recovers."""
    backends = await asyncio.to_thread(_serving_backends, product)
    if backends:
        product.signal(backends[len(backends) // 2], signal.SIGKILL)
    await asyncio.sleep(0.1)
    await _postgres_back(product, history)


def _serving_backends(product: Product) -> list[int]:
    try:
        with product.connect() as connection:
            found = connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'invoicedash-%'")
            return sorted(row[0] for row in found.fetchall())
    except psycopg.Error:
        return []


async def _postgres_cut(fault: Fault, product: Product, history: History) -> None:
    """Every connection is terminated, in whatever it is."""
    await asyncio.to_thread(_execute, product, CUT_POSTGRES)
    await _postgres_back(product, history)


async def _postgres_freeze(fault: Fault, product: Product, history: History) -> None:
    """Stop PostgreSQL and its backends (SIGSTOP): it accepts connections and never answers."""
    pids = [pid for pid in [product.pid("postgres")] if pid] + product.backends()
    for pid in pids:
        product.signal(pid, signal.SIGSTOP)
    await asyncio.sleep(fault.lasts)
    for pid in pids:
        product.signal(pid, signal.SIGCONT)
    await _postgres_back(product, history)


async def _postgres_slow(fault: Fault, product: Product, history: History) -> None:
    """Its processes stand still two thirds of the time."""
    until = time.monotonic() + fault.lasts
    while time.monotonic() < until:
        pids = product.backends()
        for pid in pids:
            product.signal(pid, signal.SIGSTOP)
        await asyncio.sleep(0.04)
        for pid in pids:
            product.signal(pid, signal.SIGCONT)
        await asyncio.sleep(0.02)


async def _postgres_lock(fault: Fault, product: Product, history: History) -> None:
    """Someone else's transaction holds what the product needs."""
    await asyncio.to_thread(_hold, product, LOCKS[fault.target], fault.lasts)


def _hold(product: Product, statement: str, seconds: float) -> None:
    try:
        with product.connect() as connection, connection.transaction():
            connection.execute(statement)
            time.sleep(seconds)
    except psycopg.Error:
        return


def _execute(product: Product, statement: str) -> None:
    try:
        with product.connect() as connection:
            connection.execute(statement)
    except psycopg.Error:
        return


async def _postgres_back(product: Product, history: History) -> None:
    if await wait_until(product.postgres.is_ready, SERVER_SECONDS):
        history.note("fault", "postgres-back")


# -- between the processes and their servers --------------------------------------------------------------------------


async def _redis_wire(fault: Fault, product: Product, history: History) -> None:
    def cut_loose(behind: Path) -> None:
        with redis_py.Redis(unix_socket_path=str(behind / "redis.sock"), socket_timeout=2) as client:
            for kind in ("normal", "pubsub"):
                client.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")

    await _on_wire(product.run_dir / "redis.sock", cut_loose, fault, history)
    await _redis_back(product, history)


async def _postgres_wire(fault: Fault, product: Product, history: History) -> None:
    await _on_wire(product.run_dir / POSTGRES_SOCKET, partial(_cut_postgres, product), fault, history)
    await _postgres_back(product, history)


@asynccontextmanager
async def interposed_postgres(product: Product, *, late_seconds: float) -> AsyncIterator[Wire]:
    """A wire through which every process has its connections to PostgreSQL."""
    async with Interposed(product.run_dir / POSTGRES_SOCKET, late_seconds=late_seconds) as interposed:
        await asyncio.to_thread(_cut_postgres, product, interposed.behind)
        yield interposed.wire


def _cut_postgres(product: Product, behind: Path) -> None:
    with product.connect(behind=behind) as connection:
        connection.execute(CUT_POSTGRES)


async def _on_wire(path: Path, cut_loose: Callable[[Path], None], fault: Fault, history: History) -> None:
    """Put a wire in the socket's place, make every process reconnect through it, and let the wire misbehave."""
    try:
        async with Interposed(path) as interposed:
            await asyncio.to_thread(cut_loose, interposed.behind)
            interposed.wire.set(fault.target if fault.target != "cut" else "pass")
            until = time.monotonic() + fault.lasts
            while (left := until - time.monotonic()) > 0:
                if fault.target == "cut":
                    interposed.wire.cut()
                await asyncio.sleep(min(left, CUT_EVERY_SECONDS))
    except (OSError, RedisError, psycopg.Error) as error:
        history.note("fault", "no-wire", error=f"{type(error).__name__}: {error}"[:100])


# -- wires -------------------------------------------------------------------------------------------------------------


async def _wire_cut(fault: Fault, product: Product, history: History) -> None:
    product.wire.cut()


async def _wire_mode(fault: Fault, product: Product, history: History) -> None:
    product.wire.set(fault.kind.removeprefix("wire-"))
    await asyncio.sleep(fault.lasts)
    product.wire.set("pass")


Doer = Callable[[Fault, Product, History], Awaitable[None]]
_DOERS: dict[str, Doer] = {
    "kill": _kill,
    "term": _kill,
    "freeze": _freeze,
    "second": _second,
    "freeze-tick": _freeze_tick,
    "kill-processes": _kill_processes,
    "blackout": _blackout,
    "power-cut": _power_cut,
    "redis-kill": _redis_kill,
    "redis-empty": _redis_empty,
    "redis-flush": _redis_flush,
    "redis-freeze": _redis_freeze,
    "redis-full": _redis_full,
    "redis-cut": _redis_cut,
    "postgres-immediate": _postgres_end,
    "postgres-fast": _postgres_end,
    "postgres-kill": _postgres_end,
    "postgres-crash": _postgres_crash,
    "postgres-cut": _postgres_cut,
    "postgres-freeze": _postgres_freeze,
    "postgres-slow": _postgres_slow,
    "postgres-lock": _postgres_lock,
    "wire-cut": _wire_cut,
    "wire-hole": _wire_mode,
    "wire-drip": _wire_mode,
    "wire-late": _wire_mode,
    "wire-deaf": _wire_mode,
    "third": _third,
    "prefork": _prefork,
    "redis-wire": _redis_wire,
    "postgres-wire": _postgres_wire,
}
