"""The servers that the fan-out benchmark compares. Each runs as a process of its own, with its own screens."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator

from bench import tools
from bench.screen_process import ScreenProcess
from bench.server_process import ComparedServer, ServerProcess, daphne_command, product_web
from runtime.environment import BASE_DIR

YARDSTICKS_DIR = BASE_DIR / "bench" / "yardsticks"


def hub(server: str, feed: str) -> ComparedServer:
    """The product's web process on `server` (`daphne` or `uvicorn`), whose screens follow `feed`.

    Two hubs at once need two feeds: each receives the notifications of every feed, and shows its own only.
    """
    command, env = product_web(server)
    return ComparedServer(
        name=f"our hub on {server}", command=command, sender=f"hub:{feed}", path=f"/ws/dashboard/?feed={feed}", env=env
    )


def hubs() -> list[ComparedServer]:
    """The product's hub on both servers."""
    return [hub("daphne", "demo"), hub("uvicorn", "live")]


def yardsticks() -> Iterator[ComparedServer]:
    """The servers without the product: plain Channels, and WebSocket libraries. Node.js only where it is installed."""
    plain = daphne_command("bench.yardsticks.plain:application")
    yield ComparedServer(name="plain Channels on daphne", command=plain, sender="group")
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
        self._server = ServerProcess(compared, tools.python_environment())

    def __enter__(self) -> RunningServer:
        self._server.__enter__()
        url = f"ws://127.0.0.1:{self._server.port}{self.compared.path}"
        self._screens = ScreenProcess(url, self.compared.sender, self.socket_count)
        return self

    def __exit__(self, *_: object) -> None:
        self._screens.close()
        self._server.__exit__()

    def open(self) -> None:
        """Wait for the server and connect all screens; sets `bytes_per_socket`, their memory in the server.

        Raises `RuntimeError` when the server has ended.
        """
        self._server.wait_until_listening()
        before = self._server.memory_bytes()
        self._screens.ask("connect")
        self.bytes_per_socket = (self._server.memory_bytes() - before) / self.socket_count

    def flood(self, seconds: float) -> dict[str, float]:
        """Send frames for `seconds` as fast as the screens receive them.

        `rate`: deliveries (a frame to one screen) per second; `frames`: frames per second; `per_cpu_second`: deliveries
        per second of the server's processor time.
        """
        busy_before = self._server.busy_seconds()
        answer = self._screens.ask(f"flood {seconds}")
        busy = self._server.busy_seconds() - busy_before
        rate = answer["deliveries"] / answer["seconds"]
        return {"rate": rate, "frames": rate / self.socket_count, "per_cpu_second": answer["deliveries"] / busy}

    def trickle(self, seconds: float) -> dict[str, float]:
        """Send five frames per second for `seconds`; returns the `p50` and `p99` of milliseconds from send to receipt."""
        return self._screens.ask(f"trickle {seconds}")

    def stall(self, count: int) -> None:
        """Open `count` more sockets that never read; those of an earlier call are closed."""
        self._screens.ask(f"stall {count}")
