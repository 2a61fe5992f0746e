"""The real product under its supervisor does what the documentation of `make run` promises."""

from __future__ import annotations

import base64
import re
import urllib.error
import urllib.request
from http import HTTPStatus

import pytest

from local import processes
from local.control import request_kill
from tests.stack import Stack
from tests.waiting import HANG_SECONDS, wait_for

PROCESSES = ["web", "worker", "jobs", "beat", "pacer", "loops", "flower"]
MIGRATED = "Applying invoices.0001_initial... OK"


def flower_status(stack: Stack, password: str | None) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{stack.flower_port}/")
    if password:
        request.add_header("Authorization", "Basic " + base64.b64encode(f"admin:{password}".encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=HANG_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def printed(stack: Stack, line: str) -> str:
    """A password as the banner has it."""
    output = wait_for(lambda: stack.output() if "Ctrl-C stops everything." in stack.output() else None, "the banner")
    found = re.search(rf"{line} .*password (\S+)$", output, re.MULTILINE)
    assert found, output
    return found[1]


def test_every_process_runs_and_is_listed(stack: Stack) -> None:
    names = [entry["name"] for entry in stack.state()["processes"]]
    assert names == ["postgres", "redis", *PROCESSES]
    assert {entry["state"] for entry in stack.state()["processes"]} == {"up"}


def test_a_shared_product_begins_with_a_copy_of_migrated_data(stack: Stack) -> None:
    assert MIGRATED not in stack.output()


def test_the_banner_names_the_addresses(stack: Stack) -> None:
    printed(stack, "Admin")
    assert f"Dashboard   {stack.url}/" in stack.output()


def test_flower_asks_for_the_printed_password(stack: Stack) -> None:
    password = printed(stack, "Flower")
    assert wait_for(lambda: flower_status(stack, None), "Flower to answer") == HTTPStatus.UNAUTHORIZED
    assert flower_status(stack, "wrong") == HTTPStatus.UNAUTHORIZED
    assert flower_status(stack, password) == HTTPStatus.OK


def test_a_command_beside_it_talks_to_the_same_database(stack: Stack) -> None:
    done = stack.manage(
        "shell", "-c", "from django.contrib.auth.models import User; print(User.objects.get().username)"
    )
    assert done.stdout.strip().splitlines()[-1] == "admin", done.stderr


@pytest.mark.parametrize("name", ["postgres", "redis", *PROCESSES])
def test_each_process_comes_back_and_the_product_is_ready_again(stack: Stack, name: str) -> None:
    old = stack.pid(name)
    others = {entry["name"]: entry["pid"] for entry in stack.state()["processes"] if entry["name"] != name}
    request_kill(stack.data_dir, name)
    stack.wait_for_restart(name, old)
    wait_for(lambda: is_ready(stack), "readyz to say 200 again")
    assert {entry["name"]: entry["pid"] for entry in stack.state()["processes"] if entry["name"] != name} == others


def is_ready(stack: Stack) -> bool:
    try:
        return stack.get("/readyz")[0] == HTTPStatus.OK
    except OSError:
        return False


def test_uvicorn_serves_as_well_a_stop_leaves_nothing_and_a_second_start_keeps_the_password() -> None:
    with Stack(env={"WEB_SERVER": "uvicorn"}, is_first_start=True) as stack:
        assert stack.get("/healthz")[0] == HTTPStatus.OK
        assert MIGRATED in stack.output()
        password = printed(stack, "Admin")
        pids = stack.pids()
        assert stack.stop() == 0
        assert not [pid for pid in pids if processes.is_alive(pid)]
        stack.start()
        assert wait_for(lambda: stack.output().count(f"user admin, password {password}\n") == 2, "the same banner")
