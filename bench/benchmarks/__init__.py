"""The benchmarks by name. Each module has `run(options) -> Iterator[Table]`; its docstring says what it compares."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator

from bench.frame import Options, Table

NAMES = (
    "cache", "issue", "documents", "parts", "writers", "imports", "fanout", "scale", "freshness", "standard", "page",
    "figures", "accept", "orders", "history", "stores",
)  # fmt: skip
# Excluded by default: it consists of parts that `standard` and `fanout` run already.
LEFT_OUT_OF_SMOKE = ("freshness",)
Benchmark = Callable[[Options], Iterator[Table]]


def load(name: str) -> Benchmark:
    """The benchmark of that name."""
    run: Benchmark = importlib.import_module(f"bench.benchmarks.{name}").run
    return run
