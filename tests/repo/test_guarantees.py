"""docs/guarantees.md is correct: every guarantee has its mechanism, its limits, and tests that exist; so have the cases of
docs/intake.md.
"""

from __future__ import annotations

import re

import pytest

from runtime.environment import BASE_DIR
from tests.system.chaos.planted.bugs import BUGS

TEXT = (BASE_DIR / "docs" / "guarantees.md").read_text()
CASES = (BASE_DIR / "docs" / "intake.md").read_text()
SECTIONS = {part.split(" ", 1)[0]: part for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)}
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@pytest.mark.parametrize("name", [*(f"I{number}" for number in range(1, 11)), "I13", "I16"])
def test_a_guarantee_names_its_mechanism_its_tests_and_its_limits(name: str) -> None:
    for part in ("**Mechanism.**", "**Proved by**", "**Not promised.**"):
        assert part in SECTIONS[name]
    assert TEST.search(SECTIONS[name])


@pytest.mark.parametrize(("path", "test"), sorted(set(TEST.findall(TEXT + CASES))))
def test_a_test_that_is_named_exists(path: str, test: str) -> None:
    source = (BASE_DIR / path).read_text()
    is_machine = f"{test} = " in source
    assert re.search(rf"^(?:async )?def {test}\(", source, re.MULTILINE) or is_machine


def test_every_planted_bug_that_is_named_exists() -> None:
    named = set(re.findall(r"^\| `([\w-]+)` \|", TEXT, re.MULTILINE))
    assert named
    assert named <= set(BUGS)
    assert f"each of the {len(BUGS)} does" in TEXT
