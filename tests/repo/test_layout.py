"""The layout of the repository: one app is one slice under one name, imports have no circle, the documents agree."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

from dashboard.sections import SECTIONS, Section
from runtime import environment
from runtime.activity import ActivityReader
from streaming.feed import permanent_feeds
from tests.repo.imports import modules, packages, reached, root_packages, without_shortcuts

ROOT = Path(__file__).parents[2]
# Folders that belong to no single app.
SHARED = {"account", "admin", "js", "registration", "repo", "system", "types", "ui"}
PACKAGES = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
APPS = PACKAGES - {"bench"}


@pytest.mark.parametrize("place", ["static", "templates", "tests"])
def test_every_folder_bears_the_name_of_an_app(place: str) -> None:
    folders = {path.name for path in (ROOT / place).iterdir() if path.is_dir() and any(path.rglob("*.*"))}
    assert folders - {"__pycache__"} <= PACKAGES | SHARED


def test_every_app_is_described() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "architecture.md").read_text(), re.MULTILINE))
    pages = {path.stem for path in ROOT.glob("docs/*.md")}
    assert APPS - rows - pages == set()


def test_import_linter_looks_at_every_package() -> None:
    assert set(root_packages()) == APPS


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = modules()
    assert [module for module in sorted(graph) if module in reached(graph, module)] == []


def test_the_diagram_of_the_architecture_shows_the_imports() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    drawn = re.findall(r"^ +(\w+) --> (\w+)$", text, re.MULTILINE)
    names = {name for arrow in drawn for name in arrow}
    imports = {name: imported & names for name, imported in packages().items() if name in names}
    assert set(drawn) == {(name, each) for name, imported in without_shortcuts(imports).items() for each in imported}


def test_every_router_activity_and_metric_of_an_app_is_composed() -> None:
    composed = {name for section in SECTIONS for name in (section.api, section.activity, section.metrics) if name}
    found = {f"{app}.api" for app in APPS - {"dashboard"} if list(ROOT.glob(f"{app}/api*/__init__.py"))}
    found |= {f"{path.parent.name}.api" for path in ROOT.glob("*/api.py")}
    found |= {f"{path.parent.name}.activity.ACTIVITY" for path in ROOT.glob("*/activity.py")}
    found |= {f"{path.parent.name}.metrics.read_metrics" for path in ROOT.glob("*/metrics.py")}
    nested = [path for path in ROOT.glob("*/*/*.py") if path.parts[-3] in APPS and path.with_name("apps.py").exists()]
    dotted = [(path.stem, ".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in nested]
    found |= {name if stem == "api" else f"{name}.read_metrics" for stem, name in dotted if stem in ("api", "metrics")}
    own = {"dashboard.activity.ACTIVITY", "dashboard.metrics.read_metrics", "runtime.activity.ACTIVITY"}
    assert composed == found - own


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.app)
def test_what_a_section_names_is_there(section: Section) -> None:
    for module in filter(None, (section.urls, section.api)):
        import_module(module)
    if section.activity:
        assert isinstance(import_string(section.activity), ActivityReader)
    if section.metrics:
        assert callable(import_string(section.metrics))


def test_the_setting_of_a_feed_allows_the_permanent_ones() -> None:
    assert list(environment.FEEDS) == permanent_feeds()
