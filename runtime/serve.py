"""Replaces this process by a server of the Procfile: `serve` the web server, `serve flower` Celery's monitor.

`make run` and the containers use the same command lines; the environment says where to listen. Flower has no login by
default and listens on all addresses; here it listens on loopback or requires a password, or it does not start.
"""

from __future__ import annotations

import os
import sys

from runtime import environment, memory
from runtime.environment import BadSetting, Environment

APPLICATION = "invoicedash.asgi:application"
PING_SECONDS, PONG_SECONDS = 10, 15
# This also limits outgoing frames, and a first frame may reach 200 kB. The consumer limits the frames of clients.
LARGEST_WEBSOCKET_MESSAGE = 1024 * 1024
HTTP_SECONDS = 60
# Far longer than the answer to a handshake takes (dashboard.consumers): Daphne answers a later one as if permission
# were missing.
HANDSHAKE_SECONDS = 20
FLOWER_TASKS = 1000


def web_command(env: Environment) -> list[str]:
    """The command line of the web server that `WEB_SERVER` names."""
    if env.web_server == "uvicorn":
        return [sys.executable, "-m", "runtime.uvicorn_server"]
    return _daphne(env)


def flower_command(env: Environment) -> list[str]:
    """The command line of Flower; raises `BadSetting` without a password."""
    if not env.flower_password:
        raise BadSetting("FLOWER_PASSWORD is not set, and Flower never runs without a password; set one.")
    address = os.environ.get("FLOWER_ADDRESS") or "127.0.0.1"
    return [
        *(sys.executable, "-m", "invoicedash.flower", f"--address={address}", f"--port={env.flower_port}"),
        *(f"--max_tasks={FLOWER_TASKS}", "--inspect_timeout=5000"),
    ]


def _daphne(env: Environment) -> list[str]:
    return [
        *(sys.executable, "-m", "runtime.daphne_server", "-b", env.host.strip("[]"), "-p", str(env.port)),
        *("--http-timeout", str(HTTP_SECONDS), "--websocket_connect_timeout", str(HANDSHAKE_SECONDS)),
        *("--ping-interval", str(PING_SECONDS), "--ping-timeout", str(PONG_SECONDS)),
        *("--websocket-max-message-size", str(LARGEST_WEBSOCKET_MESSAGE)),
        *("--websocket-max-frame-size", str(LARGEST_WEBSOCKET_MESSAGE)),
        *("--application-close-timeout", "2", "--no-server-name", "--verbosity", "0", APPLICATION),
    ]


def main(arguments: list[str]) -> str:
    """Replace this process by the server; returns only the sentence that says why it could not."""
    try:
        env = environment.read()
        command = flower_command(env) if arguments == ["flower"] else web_command(env)
    except BadSetting as error:
        return str(error)
    if arguments == ["flower"]:
        # Through the environment: every user of the machine can read a command line.
        os.environ["FLOWER_BASIC_AUTH"] = f"admin:{env.flower_password}"
    os.execvpe(command[0], command, {**memory.VARIABLES, **os.environ})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
