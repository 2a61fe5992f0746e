"""The servers of the fan-out benchmark, each a process with its own crowd of screens."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bench import machine, tools
from bench.crowd import Crowd
from runtime.environment import BASE_DIR
from tests.stack import free_port
from tests.waiting import wait_for

YARDSTICKS = BASE_DIR / "bench" / "yardsticks"
PORT = "{port}"


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """How to start a server, and how frames reach its sockets (`bench.screens`)."""

    name: str
    command: list[str]
    way: str
    path: str = "/"
    env: Mapping[str, str] = field(default_factory=dict)


def hub(server: str, feed: str) -> Contestant:
    """The product's web process on `server`; of several at once, each follows a feed of its own, or it would receive
    the frames of the others.
    """
    return Contestant(
        name=f"our hub on {server}",
        command=[sys.executable, "-m", "runtime.serve"],
        way=f"hub:{feed}",
        path=f"/ws/dashboard/?feed={feed}",
        env={
            "WEB_SERVER": server,
            "INVOICEDASH_OPEN": "1",
            "INVOICEDASH_PROCESS": "web",
            "PYTHONWARNINGS": "ignore",
        },
    )


def ours() -> list[Contestant]:
    """The hub on both servers."""
    return [hub("daphne", "demo"), hub("uvicorn", "live")]


def yardsticks() -> Iterator[Contestant]:
    """The servers of other projects."""
    daphne = ["daphne", "-b", "127.0.0.1", "-p", PORT, "--verbosity", "0", "bench.yardsticks.plain:application"]
    yield Contestant(name="plain Channels on daphne", command=daphne, way="group")
    for name, module in (("websockets.broadcast", "broadcast"), ("picows", "picows_server")):
        yield Contestant(name=name, command=[sys.executable, "-m", f"bench.yardsticks.{module}"], way="publish")
    if modules := tools.node_modules():
        command = [str(shutil.which("node")), str(YARDSTICKS / "node_ws.cjs")]
        yield Contestant(name="node ws", command=command, way="publish", env={"NODE_PATH": str(modules)})


class Contest:
    """One contestant with `sockets` screens, as a context manager; call `open` when all were started."""

    def __init__(self, contestant: Contestant, sockets: int) -> None:
        self.contestant, self.sockets = contestant, sockets
        self._port = free_port()

    def __enter__(self) -> Contest:
        self._server = self._start_server()
        url = f"ws://127.0.0.1:{self._port}{self.contestant.path}"
        self._crowd = Crowd(url, self.contestant.way, self.sockets)
        return self

    def __exit__(self, *_: object) -> None:
        self._crowd.close()
        self._server.kill()
        self._server.wait()

    def open(self) -> None:
        """Connect all screens; measures the memory per screen in the server."""
        wait_for(self._answers, f"{self.contestant.name} to listen")
        before = self._memory()
        self._crowd.ask("connect")
        self.bytes_per_socket = (self._memory() - before) / self.sockets

    def flood(self, seconds: float) -> dict[str, float]:
        """Deliveries a second, frames a second, and deliveries per second of the server's processor time."""
        busy = machine.busy_seconds([self._server.pid])
        answer = self._crowd.ask(f"flood {seconds}")
        busy = machine.busy_seconds([self._server.pid]) - busy
        rate = answer["deliveries"] / answer["seconds"]
        return {"rate": rate, "frames": rate / self.sockets, "worth": answer["deliveries"] / busy}

    def trickle(self, seconds: float) -> dict[str, float]:
        """Milliseconds from send to receipt."""
        return self._crowd.ask(f"trickle {seconds}")

    def clog(self, count: int) -> None:
        """Open `count` additional sockets that read nothing."""
        self._crowd.ask(f"clog {count}")

    def _start_server(self) -> subprocess.Popen[bytes]:
        command = [word.replace(PORT, str(self._port)) for word in self.contestant.command]
        env = {**tools.python_environment(), "PORT": str(self._port), **self.contestant.env}
        env["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), env["PATH"]])
        return subprocess.Popen(command, cwd=BASE_DIR, env=env)

    def _answers(self) -> bool:
        if self._server.poll() is not None:
            raise RuntimeError(f"{self.contestant.name} ended with {self._server.returncode}.")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def _memory(self) -> int:
        return machine.memory_bytes(self._server.pid)
