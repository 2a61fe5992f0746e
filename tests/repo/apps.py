"""The tables and the diagram of the apps, made from the import graph: `python -m tests.repo.apps` writes them.

`docs/architecture.md` gets the diagram and `CONTRIBUTING.md` the table, each between two marks. A test compares both
with the code, so that the documents cannot show an import that does not exist.
"""

from __future__ import annotations

import importlib
import re
import tomllib
from functools import cache
from pathlib import Path

import grimp

from tests.repo.schemas import ROOT

MARK, END = "<!-- apps: python -m tests.repo.apps -->", "<!-- end of apps -->"
DIAGRAM, TABLE = ROOT / "docs" / "architecture.md", ROOT / "CONTRIBUTING.md"


@cache
def imports() -> dict[str, frozenset[str]]:
    """Which apps each app imports directly, in the order of the layers contract."""
    names = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    graph = grimp.build_graph(*names, cache_dir=None)
    found: dict[str, set[str]] = {name: set() for name in names}
    for module in graph.modules:
        app = module.partition(".")[0]
        targets = graph.find_modules_directly_imported_by(module)
        found[app] |= {target.partition(".")[0] for target in targets} - {app}
    return {name: frozenset(targets) for name, targets in found.items()}


def diagram() -> str:
    """A mermaid flowchart of all direct imports that no longer path implies."""
    edges = [f"    {app} --> {target}" for app in imports() for target in sorted(_shortest(app))]
    return "\n".join(["```mermaid", "flowchart TD", *edges, "```"])


def table() -> str:
    """A Markdown table: each app, what it is, and which apps it imports."""
    head = "| app | is | imports |\n| --- | --- | --- |"
    return "\n".join([head, *(_row(app, targets) for app, targets in imports().items())])


def with_part(text: str, part: str) -> str:
    """`text` with `part` between the two marks."""
    return re.sub(f"({re.escape(MARK)}\n).*?({re.escape(END)})", lambda m: f"{m[1]}{part}\n{m[2]}", text, flags=re.S)


def _row(app: str, targets: frozenset[str]) -> str:
    purpose = (importlib.import_module(app).__doc__ or "").strip().partition("\n\n")[0].replace("\n", " ")
    names = ", ".join(f"`{name}`" for name in imports() if name in targets)
    return f"| `{app}` | {purpose} | {names or '-'} |"


def _shortest(app: str) -> set[str]:
    direct = imports()[app]
    return {target for target in direct if not any(target in _below(other) for other in direct - {target})}


def _below(app: str) -> set[str]:
    found: set[str] = set()
    waiting = [app]
    while waiting:
        for target in imports()[waiting.pop()] - found:
            found.add(target)
            waiting.append(target)
    return found


def _write(path: Path, part: str) -> None:
    path.write_text(with_part(path.read_text(), part))


if __name__ == "__main__":
    _write(DIAGRAM, diagram())
    _write(TABLE, table())
