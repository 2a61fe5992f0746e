"""The results of pip-audit are read correctly: a finding fails, and a missing answer does not pass."""

from __future__ import annotations

import pytest

from tests import audit_dependencies
from tests.repo.schemas import ROOT

SOUND = {"name": "a", "version": "1", "vulns": []}
BAD = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SILENT = {"name": "c", "skip_reason": "Dependency not found on PyPI and could not be audited"}


@pytest.mark.parametrize(
    ("packages", "options", "code", "said"),
    [
        ([SOUND], [], 0, "1 packages audited, 0 known"),
        ([SOUND, BAD], [], 1, "VULNERABLE b 2: PYSEC-1, fixed in 3"),
        ([SOUND, BAD, SILENT], ["--where-reachable"], 1, "VULNERABLE b"),
        ([SILENT], [], 1, "NOT AUDITED"),
        ([SILENT], ["--where-reachable"], 0, "NOT AUDITED: the index does not answer for 1 of 1"),
        ([SOUND, SILENT], ["--where-reachable"], 1, "NOT AUDITED"),
    ],
)
def test_only_an_answer_is_a_pass(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    packages: list[dict[str, object]],
    options: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.setattr(audit_dependencies, "_ask", lambda: packages)
    assert audit_dependencies.main(options) == code
    assert said in capsys.readouterr().out


def test_without_any_answer_every_package_of_the_lock_counts_as_not_audited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names = {each["name"] for each in audit_dependencies._unanswered()}
    assert {"django", "channels", "celery", "pytest"} <= names
