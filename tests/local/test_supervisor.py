"""The supervisor with plain processes: restarts, stops, and leftovers of an earlier supervisor."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from local import paths, processes
from local.control import Refused, read_state, request_kill
from runtime.environment import BASE_DIR
from tests.local.conftest import SLEEPER
from tests.stack import Stack
from tests.waiting import HANG_SECONDS, wait_for

MakeStack = Callable[..., Stack]
# Ends by nothing but kill -9, and has a child in a session of its own that does not either.
STUBBORN = (
    'python -c "import os, signal, time; [signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)];'
    " os.fork() or os.setsid(); os.write(1, b'stubborn\\n'); time.sleep(600)\""
)


def start_stubborn(make_stack: MakeStack, *, own_servers: bool = False) -> Stack:
    """A stack whose process ignores signals by now, and so does its child."""
    stack = make_stack({"stubborn": STUBBORN}, own_servers=own_servers).start()
    wait_for(lambda: stack.output().count("| stubborn") == 2, "both to run")
    return stack


def run_of(stack: Stack) -> Path:
    return paths.run_dir(stack.data_dir)


@pytest.mark.parametrize("name", ["sleeper", "postgres", "redis"])
def test_a_killed_process_is_started_again(make_stack: MakeStack, name: str) -> None:
    stack = make_stack(own_servers=True).start()
    old = stack.kill(name)
    stack.wait_for_restart(name, old)
    assert stack.entry(name)["restarts"] == 1
    assert stack.entry(name)["last_exit"] == "signal 9"
    assert stack.entry(name)["state"] == "up"


def test_a_killed_postgres_serves_its_old_data(make_stack: MakeStack) -> None:
    stack = make_stack(own_servers=True).start()
    url = (stack.data_dir / "servers.env").read_text().split("DATABASE_URL=")[1].splitlines()[0]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    stack.wait_for_restart("postgres", stack.kill("postgres"))

    def number() -> object:
        try:
            with psycopg.connect(url, connect_timeout=1) as connection:
                return connection.execute("SELECT number FROM kept").fetchone()
        except psycopg.OperationalError:
            return None

    assert wait_for(number, "postgres to serve again") == (7,)


def test_a_frozen_child_of_a_killed_process_does_not_outlive_it(make_stack: MakeStack) -> None:
    stack = make_stack(own_servers=True).start()
    postmaster = stack.pid("postgres")
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    for pid in children:
        os.kill(int(pid), signal.SIGSTOP)
    os.kill(postmaster, signal.SIGKILL)
    stack.wait_for_restart("postgres", postmaster)
    assert not [pid for pid in children if processes.is_alive(int(pid))]


def test_a_process_that_ends_again_and_again_backs_off_and_is_never_given_up(make_stack: MakeStack) -> None:
    stack = make_stack().start()
    for _ in range(4):
        stack.wait_for_restart("sleeper", stack.kill("sleeper"))
    assert stack.entry("sleeper")["restarts"] == 4


def test_a_process_that_never_comes_up_fails_the_start_with_its_last_words(make_stack: MakeStack) -> None:
    stack = make_stack({"sleeper": SLEEPER, "broken": "python -c \"raise SystemExit('no such luck')\""})
    process = stack.launch()
    assert process.wait(HANG_SECONDS) == 1
    assert "The start failed: broken does not start (exit 1). Its last output:\n    no such luck" in stack.output()
    assert stack.pids() == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_leaves_nothing_behind(make_stack: MakeStack, number: signal.Signals) -> None:
    stack = make_stack(own_servers=True).start()
    pids = stack.pids()
    assert len(pids) >= 3
    assert stack.stop(number) == 0
    assert not [pid for pid in pids if processes.is_alive(pid)]
    assert stack.pids() == set()
    assert {entry.name for entry in stack.data_dir.iterdir()} == {"lock", "postgres", "redis", "secrets.json"}
    assert not run_of(stack).exists()


def test_a_stop_is_announced_before_anything_ends(make_stack: MakeStack) -> None:
    stack = start_stubborn(make_stack, own_servers=True)
    assert stack.process is not None
    stack.process.send_signal(signal.SIGTERM)
    state = wait_for(lambda: (s := read_state(stack.data_dir)) and s["stopping"] and s, "the stop to be announced")
    assert [entry["state"] for entry in state["processes"]] == ["up"] * 3
    assert stack.process.wait(HANG_SECONDS) == 0


def test_repeated_stops_end_a_process_that_ignores_signals_and_left_its_session(
    make_stack: MakeStack,
) -> None:
    stack = start_stubborn(make_stack)
    assert stack.process is not None
    for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM):
        stack.process.send_signal(number)
    assert stack.process.wait(HANG_SECONDS) == 0, stack.output()
    assert stack.pids() == set()


def test_a_second_start_on_the_same_data_is_refused_in_one_sentence(make_stack: MakeStack) -> None:
    stack = make_stack().start()
    assert stack.process is not None
    second = make_stack()
    assert second.launch().wait(HANG_SECONDS) == 1
    said = second.output().strip().splitlines()[-1]
    assert said.startswith("The product already runs in INVOICEDASH_DATA_DIR=")
    assert f"(pid {stack.process.pid})" in said
    assert stack.entry("sleeper")["restarts"] == 0


def test_everything_ends_after_the_supervisor_was_killed(make_stack: MakeStack) -> None:
    stack = make_stack(own_servers=True).start()
    assert stack.pids()
    stack.stop(signal.SIGKILL)
    wait_for(lambda: not stack.pids(), "the orphans to end")


def test_the_next_start_ends_what_a_killed_supervisor_left(make_stack: MakeStack) -> None:
    stack = start_stubborn(make_stack, own_servers=True)
    left = stack.pids()
    frozen = stack.pid("redis")
    os.kill(frozen, signal.SIGSTOP)
    stack.stop(signal.SIGKILL)
    assert stack.pids()
    stack.start()
    assert not [pid for pid in left if processes.is_alive(pid)]
    assert "that an earlier run had left" in stack.output()
    assert read_state(stack.data_dir) is not None


def test_a_dead_supervisor_is_not_taken_for_a_living_one(make_stack: MakeStack) -> None:
    stack = make_stack().start()
    stack.stop(signal.SIGKILL)
    assert (stack.data_dir / "supervisor.json").exists()
    assert read_state(stack.data_dir) is None
    with pytest.raises(Refused, match="No local supervisor runs here"):
        request_kill(stack.data_dir, "sleeper")


def test_a_state_file_whose_number_belongs_to_another_process_now_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "supervisor.json").write_text(json.dumps({"pid": os.getpid(), "birth": "1", "processes": []}))
    assert read_state(tmp_path) is None


WRONG_SHAPES = [
    "[]", "1", "null", "{}", '{"pid": "1"}', '{"pid": 1, "processes": []}',
    '{"pid": PID, "birth": "BIRTH", "stopping": false, "control": "", "processes": {}, "conditions": []}',
    '{"pid": PID, "birth": "BIRTH", "stopping": false, "control": "", "processes": [1], "conditions": []}',
    '{"pid": PID, "birth": "BIRTH", "stopping": false, "control": "", "processes": [{"name": "web"}], "conditions": []}',
    '{"pid": PID, "birth": "BIRTH", "stopping": false, "control": null, "processes": [], "conditions": []}', "[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("text", WRONG_SHAPES, ids=range(len(WRONG_SHAPES)))
def test_state_file_of_another_shape_is_none(tmp_path: Path, text: str) -> None:
    me = os.getpid()
    (tmp_path / "supervisor.json").write_text(text.replace("PID", str(me)).replace("BIRTH", str(processes.birth(me))))
    assert read_state(tmp_path) is None


@pytest.mark.parametrize("harm", ["deleted", "broken", "emptied"])
def test_state_file_that_is_lost_or_broken_is_written_again(make_stack: MakeStack, harm: str) -> None:
    stack = make_stack().start()
    path = stack.data_dir / "supervisor.json"
    pid = stack.pid("sleeper")
    if harm == "deleted":
        path.unlink()
    else:
        path.write_text('{"pid": []}' if harm == "broken" else "")
    assert read_state(stack.data_dir) is None
    wait_for(lambda: read_state(stack.data_dir), "the state file to be written again")
    assert stack.pid("sleeper") == pid
    request_kill(stack.data_dir, "sleeper")


def test_a_process_is_killed_on_request_and_comes_back(make_stack: MakeStack) -> None:
    stack = make_stack().start()
    old = stack.pid("sleeper")
    request_kill(stack.data_dir, "sleeper")
    stack.wait_for_restart("sleeper", old)
    assert stack.entry("sleeper")["last_exit"] == "signal 9"


def test_a_request_for_an_unknown_process_is_refused(make_stack: MakeStack) -> None:
    stack = make_stack().start()
    with pytest.raises(Refused, match="no process named 'unknown'"):
        request_kill(stack.data_dir, "unknown")


def test_what_is_private_is_closed_to_others(make_stack: MakeStack) -> None:
    stack = make_stack().start()
    for path in ("servers.env", "secrets.json", "supervisor.json"):
        assert (stack.data_dir / path).stat().st_mode & 0o777 == 0o600
    assert run_of(stack).stat().st_mode & 0o777 == 0o700
    assert (run_of(stack) / "control.sock").stat().st_mode & 0o777 == 0o600


def test_each_process_knows_its_name_and_its_servers_and_no_password(make_stack: MakeStack) -> None:
    script = "import json, os, time; print(json.dumps(dict(os.environ)), flush=True); time.sleep(600)"
    stack = make_stack({"teller": f'python -c "{script}"'}).start()
    line = wait_for(lambda: [text for text in stack.output().splitlines() if "| {" in text], "its environment")
    seen = json.loads(line[0].partition("| ")[2])
    assert seen["INVOICEDASH_PROCESS"] == "teller"
    assert seen["INVOICEDASH_OPEN"] == "1"
    assert seen["INVOICEDASH_DATA_DIR"] == str(stack.data_dir)
    assert seen["DATABASE_URL"].startswith("postgresql://")
    assert seen["REDIS_URL"].startswith("unix://")
    assert len(seen["SECRET_KEY"]) >= 50
    assert not {"ADMIN_PASSWORD", "FLOWER_PASSWORD"} & set(seen)


def test_servers_that_the_environment_names_are_used_instead(make_stack: MakeStack) -> None:
    urls = {"DATABASE_URL": "postgresql://somewhere/else", "REDIS_URL": "redis://127.0.0.1:1/0"}
    stack = make_stack(env=urls).start()
    assert [entry["name"] for entry in stack.state()["processes"]] == ["sleeper"]
    lines = (stack.data_dir / "servers.env").read_text().splitlines()
    assert lines[:2] == [f"{name}={url}" for name, url in urls.items()]
    assert stack.stop() == 0
    assert "Traceback" not in stack.output()


def test_make_stops_when_the_terminal_sends_ctrl_c_to_its_whole_group(make_stack: MakeStack) -> None:
    stack = make_stack()
    makefile = stack.data_dir.parent / "Makefile"
    command = [sys.executable, "-m", "local", "--with-parent", "--bare", "--procfile", str(stack.procfile)]
    makefile.write_text(f"run:\n\t@exec {shlex.join(command)}\n")
    process = subprocess.Popen(["make", "-f", str(makefile), "run"], env=stack.env, cwd=BASE_DIR, process_group=0)
    wait_for(stack.is_up, "the stack to come up")
    os.killpg(process.pid, signal.SIGINT)
    process.wait(HANG_SECONDS)
    assert stack.pids() == set()
    assert read_state(stack.data_dir) is None
