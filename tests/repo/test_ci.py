"""Continuous integration: its files are valid, and it runs the same command as a developer."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.repo.schemas import ROOT, assert_valid

FILES = [
    ("vendor.github-workflows", ".github/workflows/ci.yml"),
    ("custom.github-workflows-require-timeout", ".github/workflows/ci.yml"),
    ("vendor.github-issue-forms", ".github/ISSUE_TEMPLATE/bug.yml"),
    ("vendor.github-issue-forms", ".github/ISSUE_TEMPLATE/idea.yml"),
    ("vendor.github-issue-config", ".github/ISSUE_TEMPLATE/config.yml"),
]


@pytest.mark.parametrize(("schema", "name"), FILES)
def test_the_file_is_valid(schema: str, name: str) -> None:
    assert_valid(schema, name)


def test_the_workflow_runs_the_script_and_the_script_is_sound() -> None:
    assert "bash .ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
