"""The documents are complete: a setting, command, event or link without its page fails here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from quality.rules import RECORD_RULES
from runtime import environment
from runtime.conditions import NAMES
from tests.repo.schemas import ROOT

PACKAGES = sorted({path.parent.name for path in ROOT.glob("*/__init__.py")} - {"bench", "tests"})
# Set by the product for itself, or by Django and others: users do not configure them.
INTERNAL = {"DJANGO_SETTINGS_MODULE", "FLOWER_BASIC_AUTH", "INVOICEDASH_SUPERVISOR", "PATH", "PYTHONPATH"}
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


class AskedFor(Mapping[str, str]):
    """An empty environment that remembers what was looked for in it."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def sources(*places: str) -> Iterator[str]:
    """The text of each Python file of the product below `places`."""
    for place in places or PACKAGES:
        for path in sorted((ROOT / place).rglob("*.py")):
            yield path.read_text()


def found(pattern: str, texts: Iterable[str]) -> set[str]:
    """What `pattern`'s one group matches in any of the texts."""
    return {name for text in texts for name in re.findall(pattern, text, re.MULTILINE)}


def undocumented(names: Iterable[str], document: str) -> list[str]:
    """The names that `document` does not have between backticks, alone or at the beginning of a command."""
    text = (ROOT / document).read_text()
    return sorted(name for name in names if not re.search(rf"`(?:make )?{re.escape(name)}[` ]", text))


def test_every_variable_of_the_environment_is_documented() -> None:
    asked = AskedFor()
    environment.read(asked)
    direct = found(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", sources())
    assert len(asked.names) > 20
    assert undocumented((asked.names | direct) - INTERNAL, "docs/configuration.md") == []


def test_every_management_command_is_documented() -> None:
    commands = (path for package in PACKAGES for path in ROOT.glob(f"{package}/management/commands/[a-z]*.py"))
    names = {path.stem for path in commands}
    assert "audit" in names
    assert undocumented(names, "docs/commands.md") == []


def test_every_target_of_make_is_documented() -> None:
    targets = found(r"'make ([a-z]+) ", [(ROOT / "Makefile").read_text()])
    assert {"run", "test", "ci"} <= targets
    assert undocumented(targets, "docs/commands.md") == []


def test_every_frame_of_the_websocket_is_documented() -> None:
    frames = found(r"\"type\": ?\"([a-z_]+)\"", sources("streaming", "dashboard")) - {
        "object",
        "string",
    }  # of a JSON Schema
    assert {"hello", "invoice", "stats", "status", "reset", "pong", "error"} <= frames
    assert undocumented(frames, "docs/events.md") == []


def test_every_notification_between_the_processes_is_documented() -> None:
    types = found(r"\"type\": ?\"([a-z]+\.[a-z]+)\"", sources("streaming"))
    assert "feed.shown" in types
    assert undocumented(types, "docs/events.md") == []


def test_every_close_code_is_documented() -> None:
    codes = found(r"\b(4[45]\d\d)\b", sources("streaming", "dashboard"))
    assert "4503" in codes
    text = (ROOT / "docs" / "events.md").read_text()
    assert [code for code in sorted(codes) if f"| {code} |" not in text] == []


def test_every_celery_task_is_documented() -> None:
    tasks = found(r"\btask\(name=\"([a-z.]+)\"", sources()) | found(r"shared_task\(name=\"([a-z.]+)\"", sources())
    assert {"invoices.tick", "jobs.work"} <= tasks
    assert undocumented(tasks, "docs/events.md") == []


def test_every_metric_is_documented() -> None:
    metrics = found(r"MetricFamily\(\s*\"([a-z_]+)\"", sources())
    assert len(metrics) > 10
    assert undocumented(metrics, "docs/metrics.md") == []


def test_every_process_is_documented() -> None:
    processes = found(r"^([a-z]+):", [(ROOT / "Procfile").read_text()])
    assert undocumented(processes, "docs/architecture.md") == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    targets = found(r"\]\(([^)#\s]+)[^)]*\)", [document.read_text()])
    missing = [target for target in targets if "://" not in target and not (document.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_is_named_exists(document: Path) -> None:
    places = "|".join((*PACKAGES, "deploy", "docs", "tests", "static", "templates"))
    named = found(rf"`((?:{places})/[\w./-]+)`", [document.read_text()])
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_rule_of_quality_is_documented() -> None:
    assert undocumented(RECORD_RULES, "docs/quality.md") == []


def test_every_condition_is_documented() -> None:
    text = (ROOT / "docs/conditions.md").read_text()
    assert [name for name in NAMES if f"| `{name}` |" not in text] == []


def test_every_condition_that_is_raised_has_a_known_name() -> None:
    raised = {name for text in sources() for name in re.findall(r"raise_condition\(\s*\"([a-z-]+)\"", text)}
    assert raised <= set(NAMES)


def prose(document: Path) -> Iterator[str]:
    """The lines of a document outside its tables and its blocks of code."""
    in_code = False
    for line in document.read_text().splitlines():
        fence = line.lstrip().startswith("```")
        in_code ^= fence
        if not fence and not in_code and not line.lstrip().startswith("|"):
            yield line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_prose_is_wrapped_at_120_columns(document: Path) -> None:
    wide = [line for line in prose(document) if len(line) > 120 and " " in line.strip()]
    assert wide == []
