"""Runs all steps of `make run` in order.

Check everything; start the servers; apply migrations and prepare the admin and static files; start the processes; wait
until they are ready; wait for a signal; stop. An error that prevents the start is reported in one sentence, with exit
code 1.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local import control, launch, lock, paths, plan, prepare, procfile
from local.banner import banner
from local.child import NeverHealthy
from local.console import Console
from local.credentials import BadCredentials
from local.orphans import CannotEndProcess
from local.plan import Plan
from local.procfile import BadProcfile
from local.servers import CannotServe
from local.space import BadDataDir, describe_full_disk, has_no_space, require_space
from local.state import StateFile
from local.supervisor import Supervisor
from runtime import environment, loops
from runtime.environment import BASE_DIR, BadSetting, Environment
from runtime.tasks import WatchedTask

# Their sum is well below the 10 s in which everything must end.
SERVER_PATIENCE, PROCESS_PATIENCE = 2.5, 4.0
STATE_WITHIN_SECONDS = 30.0
REFUSALS = (
    BadSetting,
    BadDataDir,
    lock.DataDirInUse,
    CannotEndProcess,
    BadCredentials,
    BadProcfile,
    CannotServe,
    OSError,
)


class PreparationFailed(RuntimeError):
    """The migrations, the admin user or the static files could not be prepared."""


def start(procfile_path: Path, *, is_bare: bool, with_parent: bool) -> int:
    """Run the product in the foreground until a signal; returns the exit code."""
    began = time.monotonic()
    loops.name_process("supervisor")
    if with_parent:
        launch.die_with_parent(signal.SIGTERM)
    environ = dict(os.environ)
    for name in ("INVOICEDASH_OPEN", "INTAKE_ALLOW_PRIVATE"):
        environ[name] = os.environ.get(name, "").strip() or "1"
    try:
        env = environment.read(environ, with_published=False)
        data_dir = env.data_dir.resolve()
        commands = procfile.read(procfile_path)
        with lock.take(data_dir):
            ready_plan = _make_plan(data_dir, env, environ, commands)
            os.chdir(BASE_DIR)
            return asyncio.run(_run(ready_plan, began=began, is_bare=is_bare))
    except REFUSALS as error:
        print(error, file=sys.stderr)
        return 1


def _make_plan(data_dir: Path, env: Environment, environ: Mapping[str, str], commands: Mapping[str, list[str]]) -> Plan:
    """Call `plan.make`; an error of the file system raises `BadDataDir`."""
    try:
        made = plan.make(data_dir, env, environ, commands)
        if made.has_empty_server:
            require_space(data_dir)
        return made
    except OSError as error:
        raise BadDataDir.from_os_error(data_dir, error) from error


async def _run(to_run: Plan, *, began: float, is_bare: bool) -> int:
    """Run all steps, and in every case leave no process running."""
    stopping = _stop_on_signals()
    console = Console()
    sockets = paths.make_private(paths.run_dir(to_run.data_dir))
    state_file = StateFile(to_run.data_dir, sockets / control.SOCKET_NAME)
    supervisor = Supervisor(console, state_file)
    control_socket = await control.serve(sockets, supervisor.kill)
    keeping = WatchedTask("state-file", state_file.keep, within_seconds=STATE_WITHIN_SECONDS)
    work = asyncio.ensure_future(_work(to_run, supervisor, console, began=began, is_bare=is_bare))
    signalled = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait([work, signalled], return_when=asyncio.FIRST_COMPLETED)
        return _verdict(work, console, to_run.data_dir)
    finally:
        console.say("stopping")
        await _cancel(work, signalled)
        await supervisor.stop()
        control_socket.close()
        keeping.cancel()
        to_run.forget()
        console.say("stopped")
        console.close()


async def _work(to_run: Plan, supervisor: Supervisor, console: Console, *, began: float, is_bare: bool) -> None:
    if to_run.left_over_count:
        console.say(f"ended {to_run.left_over_count} processes that an earlier run had left running")
    servers = to_run.server_specs()
    if servers:
        await supervisor.start(servers, wait_for=[spec.name for spec in servers], patience=SERVER_PATIENCE)
    to_run.publish_servers()
    has_own_password = not is_bare and await _prepare(to_run, supervisor)
    processes = to_run.process_specs()
    names = [spec.name for spec in processes]
    await supervisor.start(processes, wait_for=["web"] if "web" in names else names, patience=PROCESS_PATIENCE)
    console.plain(_banner(to_run, has_own_password=has_own_password))
    console.say(f"ready after {time.monotonic() - began:.1f} s")
    await supervisor.watch()


async def _prepare(to_run: Plan, supervisor: Supervisor) -> bool:
    """Prepare the database and static files; returns whether the owner has chosen the admin's password."""
    command = [sys.executable, "-m", prepare.__name__]
    code = await supervisor.run_step("setup", command, to_run.preparation_environment())
    if code not in (0, prepare.OTHER_PASSWORD):
        raise PreparationFailed("The database or the static files could not be prepared; see the lines above.")
    return code == prepare.OTHER_PASSWORD


def _verdict(work: asyncio.Future[None], console: Console, data_dir: Path) -> int:
    """The exit code: 0 after a signal, 1 when the product ended by itself, which happens only by a failure."""
    if not work.done():
        return 0
    error = work.exception()
    if not isinstance(error, (NeverHealthy, PreparationFailed, *REFUSALS)):
        work.result()
    console.plain(f"\nThe start failed: {error}\n")
    if has_no_space(str(error)):
        console.plain(f"{describe_full_disk(data_dir)}\n")
    return 1


async def _cancel(*futures: asyncio.Future[Any]) -> None:
    for future in futures:
        future.cancel()
    await asyncio.wait(futures)


def _stop_on_signals() -> asyncio.Event:
    """Return an event that Ctrl-C, SIGTERM or a closed terminal sets; a SIGHUP that `nohup` ignores stays ignored."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            loop.add_signal_handler(number, stopping.set)
    return stopping


def _banner(to_run: Plan, *, has_own_password: bool) -> str:
    return banner(
        host=to_run.env.host,
        port=to_run.env.port,
        flower_port=to_run.env.flower_port if to_run.has_flower else None,
        admin_password=None if has_own_password else to_run.secrets["ADMIN_PASSWORD"],
        flower_password=to_run.secrets["FLOWER_PASSWORD"],
        data_dir=to_run.data_dir,
    )
