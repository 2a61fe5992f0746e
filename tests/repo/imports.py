"""The imports between the product's modules, and between its packages."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]


def root_packages() -> list[str]:
    """The packages that import-linter looks at."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(settings["tool"]["importlinter"]["root_packages"])


@cache
def modules() -> dict[str, set[str]]:
    """The direct imports of each module, imports for type checkers included."""
    graph = grimp.build_graph(*root_packages())
    return {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}


def packages() -> dict[str, set[str]]:
    """The direct imports of each package."""
    found: dict[str, set[str]] = {package: set() for package in root_packages()}
    for module, imported in modules().items():
        package = module.partition(".")[0]
        found[package] |= {name.partition(".")[0] for name in imported} - {package}
    return found


def reached(graph: dict[str, set[str]], start: str) -> set[str]:
    """The modules that `start` imports, directly or through others; `start` itself only when it is part of a circle."""
    found: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(graph.get(name, ()))
    return found


def without_shortcuts(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """The imports that no chain of other imports already says."""
    return {
        name: imported - {each for other in imported for each in reached(graph, other)}
        for name, imported in graph.items()
    }
