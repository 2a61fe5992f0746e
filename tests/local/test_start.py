"""A failed start gives one sentence and exit code 1, and starts no process."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stack import Stack
from tests.waiting import HANG_SECONDS, wait_for

MakeStack = Callable[..., Stack]
BAD_VALUES = [
    ("PORT", "0"),
    ("PORT", "http"),
    ("PORT", "65536"),
    ("FLOWER_PORT", "-1"),
    ("HOST", "0.0.0.0"),
    ("HOST", "no.such.host.invalid"),
    ("DATABASE_URL", "mysql://localhost/x"),
    ("REDIS_URL", "localhost:6379"),
    ("DEBUG", "maybe"),
    ("INVOICEDASH_OPEN", "perhaps"),
    ("ALLOWED_HOSTS", "*"),
    ("CSRF_TRUSTED_ORIGINS", "shop.example"),
    ("CORS_ALLOWED_ORIGINS", "*"),
    ("WEB_SERVER", "gunicorn"),
    ("INVOICEDASH_FEED", "dmo"),
    ("INVOICEDASH_CURRENCY", "JPY"),
    ("INVOICEDASH_VAT_RATE", "15"),
    ("GENERATION_RATE", "0"),
    ("GENERATION_DURATION", "1.5"),
    ("DISPLAY_RATE", "NaN"),
    ("ADMIN_PASSWORD", "  "),
]


def refusal_of(stack: Stack) -> str:
    """Start it, see it refuse, and return what it said."""
    assert stack.launch().wait(HANG_SECONDS) == 1
    said = stack.output().strip()
    assert len(said.splitlines()) == 1, said
    assert stack.pids() == set()
    return said


@pytest.mark.parametrize(("name", "value"), BAD_VALUES)
def test_a_bad_value_is_refused_in_one_sentence_that_names_it(make_stack: MakeStack, name: str, value: str) -> None:
    servers = {"web": "sleep 600", "flower": "sleep 600"}
    stack = make_stack(servers, env={"INVOICEDASH_OPEN": "", name: value}, own_servers=True)
    assert name in refusal_of(stack)
    assert not (stack.data_dir / "postgres").exists()


@pytest.mark.parametrize(("variable", "process"), [("PORT", "web"), ("FLOWER_PORT", "flower")])
def test_a_port_in_use_is_refused_with_the_remedy(make_stack: MakeStack, variable: str, process: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        said = refusal_of(make_stack({process: "sleep 600"}, env={variable: str(port)}))
    assert said.startswith(f"Port {port} is in use on 127.0.0.1;")
    assert f"{variable}={port + 1} make run" in said


def test_one_port_for_two_is_refused(make_stack: MakeStack) -> None:
    same = {"PORT": "18999", "FLOWER_PORT": "18999"}
    said = refusal_of(make_stack({"web": "sleep 600", "flower": "sleep 600"}, env=same))
    assert said == "PORT and FLOWER_PORT are both 18999; set one of them to another port."


def test_a_procfile_that_is_none_is_refused_with_its_line(make_stack: MakeStack, tmp_path: Path) -> None:
    said = refusal_of(make_stack({"Not A Name": "sleep 600"}))
    assert "line 1" in said


def test_a_data_directory_that_cannot_be_is_refused(make_stack: MakeStack, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    assert "a file" in refusal_of(make_stack(env={"INVOICEDASH_DATA_DIR": str(tmp_path / "a file" / "data")}))


def test_broken_secrets_are_refused_and_left_as_they_are(make_stack: MakeStack) -> None:
    stack = make_stack()
    stack.data_dir.mkdir()
    (stack.data_dir / "secrets.json").write_text("{")
    assert "secrets.json cannot be read" in refusal_of(stack)
    assert (stack.data_dir / "secrets.json").read_text() == "{"


def test_secrets_are_made_once_and_kept(make_stack: MakeStack) -> None:
    stack = make_stack().start()
    made = json.loads((stack.data_dir / "secrets.json").read_text())
    assert set(made) == {
        "SECRET_KEY", "ADMIN_PASSWORD", "FLOWER_PASSWORD", "SHOPIFY_CLIENT_ID", "SHOPIFY_CLIENT_SECRET",
    }  # fmt: skip
    stack.stop()
    stack.start()
    assert json.loads((stack.data_dir / "secrets.json").read_text()) == made


def test_the_environments_secrets_win_and_are_not_kept(make_stack: MakeStack) -> None:
    script = "import os, time; print('key', os.environ['SECRET_KEY'], flush=True); time.sleep(600)"
    stack = make_stack({"teller": f'python -c "{script}"'}, env={"SECRET_KEY": "of the environment"}).start()
    wait_for(lambda: "key of the environment" in stack.output(), "the key to be reported")
    assert "of the environment" not in (stack.data_dir / "secrets.json").read_text()


def test_a_database_that_does_not_answer_is_reported_in_a_sentence(tmp_path: Path) -> None:
    stack = Stack(data_dir=tmp_path / "data", env={"DATABASE_URL": "postgresql://x@127.0.0.1:1/x"})
    assert stack.launch().wait(HANG_SECONDS) == 1
    assert "PostgreSQL cannot be used: " in stack.output()
    assert "Traceback" not in stack.output()
    assert stack.pids() == set()
