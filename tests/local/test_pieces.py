"""The supervisor's small parts."""

from __future__ import annotations

import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from local import control, paths, procfile
from local.banner import banner
from local.console import MOST_WAITING, Console
from local.ready import reachable
from runtime import environment, serve
from runtime.environment import BASE_DIR, BadSetting
from runtime.uvicorn_server import config
from tests.waiting import wait_for


class StoppedTerminal(io.StringIO):
    """A terminal that accepts no output until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def write(self, text: str) -> int:
        self.go_on.wait()
        return super().write(text)


def test_a_stopped_terminal_costs_lines_and_never_time() -> None:
    terminal = StoppedTerminal()
    console = Console(terminal)
    for number in range(MOST_WAITING + 100):
        console.line("web", str(number))
    terminal.go_on.set()
    wait_for(lambda: f"| {MOST_WAITING - 1}\n" in terminal.getvalue(), "the lines")
    assert f"| {MOST_WAITING + 50}\n" not in terminal.getvalue()


def test_a_closed_terminal_is_borne() -> None:
    terminal = io.StringIO()
    console = Console(terminal)
    terminal.close()
    console.say("this line is lost")
    console.close()


def test_line_that_the_terminal_cannot_show_is_shown_as_far_as_it_can_and_ends_nothing() -> None:
    shown = io.BytesIO()
    console = Console(io.TextIOWrapper(shown, encoding="ascii", write_through=True))
    console.line("web", "Bäcker")
    console.line("web", "next")
    console.close()
    assert shown.getvalue().decode() == "web      | B?cker\nweb      | next\n"


def test_lines_carry_the_name_of_their_process() -> None:
    terminal = io.StringIO()
    console = Console(terminal)
    console.line("web", "hello")
    console.close()
    assert terminal.getvalue() == "web      | hello\n"


def test_the_procfile_names_the_processes_of_the_design() -> None:
    assert list(procfile.read(BASE_DIR / "Procfile")) == ["web", "worker", "jobs", "beat", "pacer", "loops", "flower"]


@pytest.mark.parametrize("text", ["web\n", "web:\n", ": ls\n", "a: ls\na: ls\n", "A b: ls\n"])
def test_a_line_that_is_not_a_command_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "Procfile").write_text(text)
    with pytest.raises(procfile.BadProcfile, match="line"):
        procfile.read(tmp_path / "Procfile")


def test_the_run_directory_stays_short_for_a_socket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    assert len(os.fsencode(paths.run_dir(tmp_path) / ".s.PGSQL.5432.lock")) <= 107


def test_a_directory_that_someone_else_could_have_laid_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    with pytest.raises(PermissionError):
        paths.make_private(tmp_path / "link")


@pytest.mark.parametrize(
    ("line", "answer"), [(b"", b"error: Unknown"), (b"dance web\n", b"error: Unknown"), (b"kill\n", b"error")]
)
def test_the_control_socket_refuses_what_it_does_not_know(line: bytes, answer: bytes) -> None:
    killed: list[str] = []
    assert control._answer(line, killed.append).startswith(answer)
    assert killed == []


def test_flower_never_runs_without_a_password() -> None:
    with pytest.raises(BadSetting, match="FLOWER_PASSWORD"):
        serve.flower_command(environment.read({}))


def test_flower_listens_on_loopback_and_shows_no_password_in_its_command_line() -> None:
    command = serve.flower_command(environment.read({"FLOWER_PASSWORD": "s3cret", "FLOWER_PORT": "5678"}))
    assert "--address=127.0.0.1" in command
    assert "--port=5678" in command
    assert "s3cret" not in " ".join(command)


def test_both_web_servers_get_the_address_to_listen_on() -> None:
    here = {"PORT": "8123", "HOST": "::1"}
    command = serve.web_command(environment.read(here))
    assert command[2] == "runtime.daphne_server"
    assert {"8123", "::1"} <= set(command)
    uvicorn = environment.read({**here, "WEB_SERVER": "uvicorn"})
    assert serve.web_command(uvicorn)[2] == "runtime.uvicorn_server"
    assert (config(uvicorn).host, config(uvicorn).port) == ("::1", 8123)


@pytest.mark.parametrize(("host", "address"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("[::1]", "::1"), ("h", "h")])
def test_a_server_bound_to_everything_is_reached_on_loopback(host: str, address: str) -> None:
    assert reachable(host) == address


def test_the_banner_does_not_claim_a_password_that_is_the_users_own() -> None:
    values: dict[str, Any] = {"port": 8000, "flower_port": 5555, "flower_password": "f", "data_dir": Path("/d")}
    text = banner(host="::", admin_password=None, **values)
    assert "http://[::1]:8000/" in text
    assert "with the password that you set" in text
