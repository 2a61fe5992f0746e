"""The results of pip-audit are read correctly: a finding fails, and a missing answer does not pass."""

from __future__ import annotations

import pytest

from tests import audit_dependencies
from tests.repo.schemas import ROOT

SOUND = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited"}


@pytest.mark.parametrize(
    ("packages", "options", "code", "output"),
    [
        ([SOUND], [], 0, "1 packages audited, 0 known"),
        ([SOUND, BAD], [], 1, "VULNERABLE b 2: PYSEC-1, fixed in 3"),
        ([SOUND, BAD, SKIPPED], ["--where-reachable"], 1, "VULNERABLE b"),
        ([SKIPPED], [], 1, "NOT AUDITED"),
        ([SKIPPED], ["--where-reachable"], 0, "NOT AUDITED: the index does not answer for 1 of 1"),
        ([SOUND, SKIPPED], ["--where-reachable"], 1, "NOT AUDITED"),
    ],
)
def test_a_vulnerability_or_a_skipped_package_fails_the_audit(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    packages: list[dict[str, object]],
    options: list[str],
    code: int,
    output: str,
) -> None:
    monkeypatch.setattr(audit_dependencies, "_run_pip_audit", lambda: packages)
    assert audit_dependencies.main(options) == code
    assert output in capsys.readouterr().out


def test_without_any_answer_every_package_of_the_lock_counts_as_not_audited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names = {package["name"] for package in audit_dependencies._all_skipped()}
    assert {"django", "channels", "celery", "pytest"} <= names
