"""What the supervisor is to keep alive here, and what each of it sees of the environment."""

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
from runtime.environment import BASE_DIR, Environment

# Passwords are for those who need them, and nobody inherits another process's name.
NOT_FOR_ALL = ("ADMIN_PASSWORD", "FLOWER_PASSWORD", "INVOICEDASH_PROCESS")
# An empty database needs no more; a fresh server must be back before the processes have given up on it.
LONGEST_SERVER_WAIT = 1.0
# What Valkey says at every start and stop.
HARMLESS = ("Memory overcommit must be enabled", "signal-handler", "is now ready to exit")


def embedded_servers(data_dir: Path, environ: Mapping[str, str]) -> dict[str, Server]:
    """The servers to run here, by the variable that would name another one."""
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
    """One line of the Procfile. `flower` is Flower's password."""
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
        # It keeps nothing, and takes four seconds to end by itself.
        return signal.SIGKILL
    # runworker ends by KeyboardInterrupt only.
    return signal.SIGINT if "runworker" in command else signal.SIGTERM


def common_environment(
    data_dir: Path, environ: Mapping[str, str], urls: Mapping[str, str], secret_key: str
) -> dict[str, str]:
    """What every process of ours sees: the user's environment with the servers, the key and this Python before all."""
    kept = {name: value for name, value in environ.items() if name not in NOT_FOR_ALL}
    path = os.pathsep.join([str(Path(sys.executable).parent), environ.get("PATH") or os.defpath])
    own = {
        "PATH": path,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(BASE_DIR), environ.get("PYTHONPATH")])),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "invoicedash.settings",
        "SECRET_KEY": secret_key,
    }
    return {**kept, **own, **urls, **_marks(data_dir)}


def _marks(data_dir: Path) -> dict[str, str]:
    """By these the next supervisor of the data directory knows whom this one left behind."""
    return {"INVOICEDASH_DATA_DIR": str(data_dir), "INVOICEDASH_SUPERVISOR": str(os.getpid())}
