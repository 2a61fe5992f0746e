"""The browser code has the layers of the apps: `ui` below `streaming` below the domains, and each page loads one module."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted([*(ROOT / "static").rglob("*.js"), *(ROOT / "static").rglob("*.d.ts")])
# Both `from "../ui/dom.js"` and the `import("../ui/store.js")` of a type.
IMPORT = re.compile(r"""(?:from\s+|import\(?\s*)"(\.[^"]+)\"""")


def layers() -> list[set[str]]:
    """The folders of `static`, lowest first: those of apps lie as the apps do."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    [layers_of_apps] = [each["layers"] for each in contracts if "dashboard" in each.get("layers", ())]
    apps = [set(re.split(r"[\s|]+", line)) for line in reversed(layers_of_apps)]
    return [{"types"}, {"ui"}, *apps]


def rank(folder: str) -> int:
    return next(at for at, layer in enumerate(layers()) if folder in layer)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.relative_to(ROOT / "static").as_posix())
def test_a_module_imports_from_its_own_folder_and_those_below(module: Path) -> None:
    own = module.parent.name
    imported = {(module.parent / path).resolve().parent.name for path in IMPORT.findall(module.read_text())}
    assert [folder for folder in imported - {own} if rank(folder) >= rank(own)] == []


def test_the_imports_are_found() -> None:
    assert IMPORT.findall('import { a } from "../ui/dom.js";\n/** @type {import("./b.js").B} */') == [
        "../ui/dom.js",
        "./b.js",
    ]


@pytest.mark.parametrize("page", [*(ROOT / "templates").rglob("*.html")], ids=lambda page: page.name)
def test_a_page_loads_one_module(page: Path) -> None:
    assert len(re.findall(r'<script type="module"', page.read_text())) <= 1


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Names with a digest of what they import could not be made of a circle; types count too."""
    graph = {
        module.resolve(): {(module.parent / path).resolve() for path in IMPORT.findall(module.read_text())}
        for module in MODULES
    }
    assert [module.name for module in graph if module in _reached(graph, module)] == []


def _reached(graph: dict[Path, set[Path]], begin: Path) -> set[Path]:
    found: set[Path] = set()
    waiting = [begin]
    while waiting:
        fresh = graph.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found
