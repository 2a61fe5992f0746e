"""A web server that a benchmark measures, as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench import machine
from runtime.environment import BASE_DIR
from tests.stack import free_port
from tests.waiting import wait_for

# Stands in a command for the port, which is chosen when the server starts.
PORT = "{port}"


@dataclass(frozen=True, kw_only=True)
class ComparedServer:
    """How to start a server. `sender` is how frames reach its sockets (see `bench.screens`), empty where none do; `path`
    is what the client asks for.
    """

    name: str
    command: list[str]
    sender: str = ""
    path: str = "/"
    env: Mapping[str, str] = field(default_factory=dict)


def product_web(server: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment of the product's web process on `server` (`daphne` or `uvicorn`)."""
    env = {"WEB_SERVER": server, "INVOICEDASH_OPEN": "1", "INVOICEDASH_PROCESS": "web", "PYTHONWARNINGS": "ignore"}
    return [sys.executable, "-m", "runtime.serve"], env


def daphne_command(application: str) -> list[str]:
    """Daphne as its documentation starts it."""
    return ["daphne", "-b", "127.0.0.1", "-p", PORT, "--verbosity", "0", application]


def uvicorn_command(application: str) -> list[str]:
    """uvicorn as its documentation starts it, without a log line for each request."""
    return ["uvicorn", "--port", PORT, "--no-access-log", "--log-level", "warning", "--lifespan", "off", application]


class ServerProcess:
    """A started server as a context manager; `env` is the environment that `compared.env` is added to."""

    def __init__(self, compared: ComparedServer, env: Mapping[str, str]) -> None:
        self.compared, self._env = compared, env
        self.port = free_port()

    def __enter__(self) -> ServerProcess:
        command = [word.replace(PORT, str(self.port)) for word in self.compared.command]
        env = {**self._env, "PORT": str(self.port), **self.compared.env}
        env["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), env["PATH"]])
        self._process = subprocess.Popen(command, cwd=BASE_DIR, env=env)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def wait_until_listening(self) -> None:
        """Return when it accepts connections; raises `RuntimeError` when it has ended."""
        wait_for(self._is_listening, f"{self.compared.name} to listen")

    def busy_seconds(self) -> float:
        """The processor time of its threads so far."""
        return machine.busy_seconds([self._process.pid])

    def memory_bytes(self) -> int:
        return machine.memory_bytes(self._process.pid)

    def _is_listening(self) -> bool:
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.compared.name} ended with {self._process.returncode}.")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
