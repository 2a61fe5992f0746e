"""A new app touches its own slice and four lists: a small one is added to a copy of the repository and works there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.invoices.children import database_url
from tests.waiting import HANG_SECONDS

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "node_modules", "staticfiles", "__pycache__", "results", "test-results")
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

SLICE = {
    "hello/__init__.py": '"""Greetings: a small app. It shows one page and answers one call."""\n',
    "hello/apps.py": """
from django.apps import AppConfig


class HelloConfig(AppConfig):
    name = "hello"
""",
    "hello/api.py": """
from ninja import Router

from accounts.access import VIEW
from web.permissions import requires


class TooCold(RuntimeError):
    pass


router = Router(tags=["hello"])
RESPONSES = {TooCold: 409}


@router.get("/hello", auth=requires(VIEW))
def greet(request, degrees: int = 20):
    if degrees < 0:
        raise TooCold(f"{degrees} degrees are too cold for a greeting.")
    return {"text": "hello"}
""",
    "hello/views.py": """
from django.shortcuts import render


def show(request):
    return render(request, "hello/page.html")
""",
    "hello/urls.py": """
from django.urls import path

from hello import views

urlpatterns = [path("hello/", views.show, name="hello")]
""",
    "hello/activity.py": """
from datetime import UTC, datetime

from runtime.activity import Activity, ActivityReader

ACTIVITY = ActivityReader(
    kinds=("greeting",), read=lambda limit: [Activity(datetime(2100, 1, 1, tzinfo=UTC), "greeting", "Hello was said")]
)
""",
    "templates/hello/page.html": '{% extends "base.html" %}{% block main %}<h1>Hello from a slice</h1>{% endblock %}\n',
    "tests/hello/test_api.py": "",
    "docs/hello.md": "# Greetings\n",
}
SECTION = (
    '    Section(app="hello", api="hello.api", urls="hello.urls", activity="hello.activity.ACTIVITY",'
    ' menu=(MenuEntry("Greetings", "hello", "M4 4h16"),)),\n'
)
# (file, the text before the new line or word, what is added behind it)
LISTS = (
    ("invoicedash/settings.py", '    "imports",\n', '    "hello",\n'),
    ("pyproject.toml", '    "exports | imports | replays', " | hello"),
    ("pyproject.toml", 'root_packages = ["runtime", ', '"hello", '),
    ("dashboard/sections.py", "SECTIONS = (\n", SECTION),
    ("CHANGELOG.md", "### Added\n\n", "- Greetings.\n"),
)
ASK = """
import json, sys
import django
django.setup()
from django.test import Client
client = Client(SERVER_NAME="localhost")
def ask(path):
    answer = client.get(path)
    return [answer.status_code, answer.content.decode()]
print(json.dumps({path: ask(path) for path in sys.argv[1:]}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with the app `hello` in it."""
    place = tmp_path_factory.mktemp("copy") / "invoicedash"
    shutil.copytree(ROOT, place, ignore=LEFT_OUT)
    for name, text in SLICE.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.lstrip())
    for name, before, added in LISTS:
        path = place / name
        text = path.read_text()
        assert text.count(before) == 1, (name, before)
        path.write_text(text.replace(before, before + added))
    return place


def run(copy: Path, *command: str) -> str:
    """What a command says in the copy, on the tests' own servers; it must succeed."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "invoicedash.settings",
        "INVOICEDASH_OPEN": "1",
        "DEBUG": "1",
        "PYTHONPATH": str(copy),
        "DATABASE_URL": database_url(),
    }
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=HANG_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ask(copy: Path, *paths: str) -> dict[str, tuple[int, str]]:
    """Status and body that the product of the copy answers for each path."""
    found: dict[str, tuple[int, str]] = json.loads(run(copy, sys.executable, "-c", ASK, *paths))
    return found


def test_its_imports_keep_the_contracts(copy: Path) -> None:
    assert re.search(r"Contracts: \d+ kept, 0 broken", run(copy, str(LINT_IMPORTS)))


def test_an_import_that_points_up_breaks_them(copy: Path) -> None:
    module = copy / "streaming" / "upward.py"
    module.write_text("import hello.api\n")
    done = subprocess.run([LINT_IMPORTS], cwd=copy, capture_output=True, text=True, timeout=HANG_SECONDS)
    module.unlink()
    assert done.returncode == 1
    assert "streaming is not allowed to import hello" in done.stdout


@pytest.mark.parametrize("what", ["models", "operations"])
def test_an_import_of_what_is_not_public_breaks_them(copy: Path, what: str) -> None:
    module = copy / "hello" / "inward.py"
    module.write_text(f"import streaming.{what}\n")
    done = subprocess.run([LINT_IMPORTS], cwd=copy, capture_output=True, text=True, timeout=HANG_SECONDS)
    module.unlink()
    assert done.returncode == (0 if what == "models" else 1), done.stdout


@pytest.mark.django_db(transaction=True)
class TestTheProductWithIt:
    def test_the_new_app_passes_djangos_checks(self, copy: Path) -> None:
        assert "no issues" in run(copy, sys.executable, "manage.py", "check")

    def test_its_page_call_menu_entry_and_activity_are_there(self, copy: Path) -> None:
        answers = ask(copy, "/hello/", "/system/", "/api/hello", "/api/system/events?limit=1", "/api/openapi.json")
        assert {path: status for path, (status, _) in answers.items() if status != 200} == {}
        assert "Hello from a slice" in answers["/hello/"][1]
        for page in ("/hello/", "/system/"):
            assert re.search(r'<a href="/hello/[^>]*>\s*<svg[^\n]*Greetings</a>', answers[page][1])
        assert json.loads(answers["/api/hello"][1]) == {"text": "hello"}
        assert json.loads(answers["/api/system/events?limit=1"][1])["items"][0]["kind"] == "greeting"
        assert "/api/hello" in json.loads(answers["/api/openapi.json"][1])["paths"]

    def test_its_exceptions_are_answered_with_their_status(self, copy: Path) -> None:
        [(status, body)] = ask(copy, "/api/hello?degrees=-5").values()
        assert status == 409
        assert json.loads(body)["detail"] == "-5 degrees are too cold for a greeting."

    def test_the_rules_of_the_layout_hold(self, copy: Path) -> None:
        options = ["-q", "-o", "addopts=-p no:valkey -p no:cacheprovider"]
        run(copy, sys.executable, "-m", "pytest", *options, "tests/repo/test_layout.py")
