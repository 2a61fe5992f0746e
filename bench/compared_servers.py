"""The servers that the fan-out benchmark compares. Each runs as a process of its own, with its own screens."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bench import machine, tools
from bench.screen_process import ScreenProcess
from runtime.environment import BASE_DIR
from tests.stack import free_port
from tests.waiting import wait_for

YARDSTICKS_DIR = BASE_DIR / "bench" / "yardsticks"
# Stands in a command for the port, which is chosen when the server starts.
PORT = "{port}"


@dataclass(frozen=True, kw_only=True)
class ComparedServer:
    """How to start a server. `sender` is how frames reach its sockets (see `bench.screens`), `path` that of the WebSocket."""

    name: str
    command: list[str]
    sender: str
    path: str = "/"
    env: Mapping[str, str] = field(default_factory=dict)


def hub(server: str, feed: str) -> ComparedServer:
    """The product's web process on `server` (`daphne` or `uvicorn`), whose screens follow `feed`.

    Two hubs at once need two feeds: each receives the notifications of every feed, and shows its own only.
    """
    return ComparedServer(
        name=f"our hub on {server}",
        command=[sys.executable, "-m", "runtime.serve"],
        sender=f"hub:{feed}",
        path=f"/ws/dashboard/?feed={feed}",
        env={
            "WEB_SERVER": server,
            "INVOICEDASH_OPEN": "1",
            "INVOICEDASH_PROCESS": "web",
            "PYTHONWARNINGS": "ignore",
        },
    )


def hubs() -> list[ComparedServer]:
    """The product's hub on both servers."""
    return [hub("daphne", "demo"), hub("uvicorn", "live")]


def yardsticks() -> Iterator[ComparedServer]:
    """The servers without the product: plain Channels, and WebSocket libraries. Node.js only where it is installed."""
    daphne = ["daphne", "-b", "127.0.0.1", "-p", PORT, "--verbosity", "0", "bench.yardsticks.plain:application"]
    yield ComparedServer(name="plain Channels on daphne", command=daphne, sender="group")
    for name, module in (("websockets.broadcast", "broadcast"), ("picows", "picows_server")):
        yield ComparedServer(name=name, command=[sys.executable, "-m", f"bench.yardsticks.{module}"], sender="publish")
    if modules := tools.node_modules():
        command = [str(shutil.which("node")), str(YARDSTICKS_DIR / "node_ws.cjs")]
        yield ComparedServer(name="node ws", command=command, sender="publish", env={"NODE_PATH": str(modules)})


class RunningServer:
    """A started server and a process with `socket_count` screens, as a context manager.

    Call `open` after all servers were started: it connects the screens, and the other methods need them.
    """

    def __init__(self, compared: ComparedServer, socket_count: int) -> None:
        self.compared, self.socket_count = compared, socket_count
        self.bytes_per_socket = 0.0
        self._port = free_port()

    def __enter__(self) -> RunningServer:
        self._server = self._start_server()
        url = f"ws://127.0.0.1:{self._port}{self.compared.path}"
        self._screens = ScreenProcess(url, self.compared.sender, self.socket_count)
        return self

    def __exit__(self, *_: object) -> None:
        self._screens.close()
        self._server.kill()
        self._server.wait()

    def open(self) -> None:
        """Wait for the server and connect all screens; sets `bytes_per_socket`, their memory in the server.

        Raises `RuntimeError` when the server has ended.
        """
        wait_for(self._is_listening, f"{self.compared.name} to listen")
        before = self._memory()
        self._screens.ask("connect")
        self.bytes_per_socket = (self._memory() - before) / self.socket_count

    def flood(self, seconds: float) -> dict[str, float]:
        """Send frames for `seconds` as fast as the screens receive them.

        `rate`: deliveries (a frame to one screen) per second; `frames`: frames per second; `per_cpu_second`: deliveries
        per second of the server's processor time.
        """
        busy_before = machine.busy_seconds([self._server.pid])
        answer = self._screens.ask(f"flood {seconds}")
        busy = machine.busy_seconds([self._server.pid]) - busy_before
        rate = answer["deliveries"] / answer["seconds"]
        return {"rate": rate, "frames": rate / self.socket_count, "per_cpu_second": answer["deliveries"] / busy}

    def trickle(self, seconds: float) -> dict[str, float]:
        """Send five frames per second for `seconds`; returns the `p50` and `p99` of milliseconds from send to receipt."""
        return self._screens.ask(f"trickle {seconds}")

    def stall(self, count: int) -> None:
        """Open `count` more sockets that never read; those of an earlier call are closed."""
        self._screens.ask(f"stall {count}")

    def _start_server(self) -> subprocess.Popen[bytes]:
        command = [word.replace(PORT, str(self._port)) for word in self.compared.command]
        env = {**tools.python_environment(), "PORT": str(self._port), **self.compared.env}
        env["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), env["PATH"]])
        return subprocess.Popen(command, cwd=BASE_DIR, env=env)

    def _is_listening(self) -> bool:
        if self._server.poll() is not None:
            raise RuntimeError(f"{self.compared.name} ended with {self._server.returncode}.")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def _memory(self) -> int:
        return machine.memory_bytes(self._server.pid)
