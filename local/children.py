"""The specifications of the supervised processes, and the environment that each of them gets."""

from __future__ import annotations

import functools
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from local import launch
from local.child import Spec
from local.paths import run_dir
from local.ready import is_web_ready
from local.servers import Postgres, Redis, Server
from runtime import memory
from runtime.environment import BASE_DIR, Environment

# Each process gets only the passwords it needs, and no process inherits the name of another.
NOT_FOR_ALL = ("ADMIN_PASSWORD", "FLOWER_PASSWORD", "INVOICEDASH_PROCESS")
SHOPIFY_APP = ("SHOPIFY_CLIENT_ID", "SHOPIFY_CLIENT_SECRET")
# An empty database needs no more. A new server must be ready again before the processes give up.
LONGEST_SERVER_WAIT = 1.0
# Lines that Valkey prints at every start and stop.
HARMLESS = ("Memory overcommit must be enabled", "signal-handler", "is now ready to exit")


def embedded_servers(data_dir: Path, environ: Mapping[str, str]) -> dict[str, Server]:
    """The embedded servers to run, by the variable that would name an external one."""
    sockets = run_dir(data_dir)
    servers: dict[str, Server] = {}
    if not environ.get("DATABASE_URL", "").strip():
        servers["DATABASE_URL"] = Postgres(data_dir, sockets)
    if not environ.get("REDIS_URL", "").strip():
        servers["REDIS_URL"] = Redis(data_dir, sockets)
    return servers


def server_spec(server: Server, data_dir: Path) -> Spec:
    async def is_ready() -> bool:
        return server.is_ready()

    return Spec(
        name=server.name,
        command=server.command(),
        environment={**server.environment(), **_marks(data_dir)},
        stop_signal=server.stop_signal,
        prepare=server.prepare,
        is_ready=is_ready,
        longest_wait=LONGEST_SERVER_WAIT,
        hidden=HARMLESS,
    )


def process_spec(name: str, command: list[str], common: Mapping[str, str], env: Environment, flower: str) -> Spec:
    """The specification of one line of the Procfile. `flower` is Flower's password."""
    number = _stop_signal(name, command)
    own = {"INVOICEDASH_PROCESS": name} | ({"FLOWER_PASSWORD": flower} if name == "flower" else {})
    probe = functools.partial(is_web_ready, env.host, env.port, env.allowed_hosts) if name == "web" else None
    return Spec(
        name=name,
        command=launch.wrap(command, death_signal=number),
        environment={**common, **own},
        stop_signal=number,
        is_ready=probe,
    )


def _stop_signal(name: str, command: list[str]) -> signal.Signals:
    if name == "flower":
        # Flower keeps no data, and takes four seconds to end by itself.
        return signal.SIGKILL
    # runworker ends on KeyboardInterrupt only.
    return signal.SIGINT if "runworker" in command else signal.SIGTERM


def common_environment(
    data_dir: Path, environ: Mapping[str, str], urls: Mapping[str, str], secrets: Mapping[str, str]
) -> dict[str, str]:
    """The environment of every process: the user's environment with the servers, the secrets and this Python first."""
    kept = {name: value for name, value in environ.items() if name not in NOT_FOR_ALL}
    path = os.pathsep.join([str(Path(sys.executable).parent), environ.get("PATH") or os.defpath])
    own = {
        "PATH": path,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(BASE_DIR), environ.get("PYTHONPATH")])),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "invoicedash.settings",
        **{name: secrets[name] for name in ("SECRET_KEY", *SHOPIFY_APP)},
    }
    return {**memory.VARIABLES, **kept, **own, **urls, **_marks(data_dir)}


def _marks(data_dir: Path) -> dict[str, str]:
    """Variables by which the next supervisor of the data directory finds processes that this one left behind."""
    return {"INVOICEDASH_DATA_DIR": str(data_dir), "INVOICEDASH_SUPERVISOR": str(os.getpid())}
