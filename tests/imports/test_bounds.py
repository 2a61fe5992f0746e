"""The report of an interrupted, cancelled or very broken import is correct, and other imports continue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from pytest_django.fixtures import Settings

from imports import importing, uploads
from imports.importing import TooManyBroken
from imports.models import SourceFile
from imports.reading import groups, lines, options
from imports.reading.lines import BadFile
from invoices.models import Invoice
from jobs import claims, operations, runner, turns
from jobs.models import Job
from quality.models import Quarantined
from tests.imports.conftest import Write
from tests.imports.samples import row, shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("data_dir")]


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two documents a transaction, and a turn for each."""
    monkeypatch.setattr(importing, "BATCH_DOCUMENTS", 2)
    monkeypatch.setattr(turns, "SLICE_SECONDS", 0.0)


def upload(path: Path, series: str = "SHOP") -> Job:
    given = {"format": "online-retail", "series": series}
    return uploads.upload([path.read_bytes()], name=path.name, given=given, created_by="ann")


def counted(report: dict[str, Any] | None) -> dict[str, Any]:
    assert report is not None
    return {name: report[name] for name in ("read", "documents", "duplicates", "quarantined", "complete")}


def cut_off(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Lose the database in the job, once, after that many transactions; its heartbeat was long ago."""
    commit, left = importing._commit, iter([*range(after), None])

    def commit_or_lose(*arguments: Any) -> dict[str, Any]:
        if next(left, 0) is None:
            raise OperationalError("the connection is lost")
        return commit(*arguments)

    monkeypatch.setattr(importing, "_commit", commit_or_lose)
    with pytest.raises(OperationalError):
        runner.run_queue("long")
    Job.objects.filter(state="running").update(heartbeat_at="2020-01-01T00:00:00Z")


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_the_report_of_an_interrupted_import_counts_everything(
    write: Write, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    job = upload(write(*(row(str(n), "x" if n == 2 else "1") for n in range(1, 9))))
    cut_off(monkeypatch, after)
    assert runner.run_queue("long") == 1
    job.refresh_from_db()
    everything = {"read": 8, "documents": 7, "duplicates": 0, "quarantined": {"bad-value": 1}, "complete": True}
    assert counted(job.report) == everything
    assert (job.done_count, job.total_count) == (8, 8)


def test_killed_after_its_last_commit_an_import_still_counts_what_it_issued(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = upload(write(row("1"), row("2")))

    def lose(*arguments: Any, **options: Any) -> bool:
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as patch:
        patch.setattr(claims, "finish", lose)
        with pytest.raises(OperationalError):
            runner.run_queue("long")
    Job.objects.update(heartbeat_at="2020-01-01T00:00:00Z")
    runner.run_queue("long")
    job.refresh_from_db()
    assert (counted(job.report)["documents"], counted(job.report)["duplicates"]) == (2, 0)


def test_the_command_counts_the_whole_of_a_file_that_was_begun_before(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(*(row(str(n)) for n in range(1, 7)))
    upload(path)
    cut_off(monkeypatch, 1)
    Job.objects.all().delete()
    report = importing.import_files([path], shop()).as_json()
    assert (report["read"], report["documents"], report["duplicates"]) == (6, 6, 0)
    assert "goes on after 2 of 6 documents" in report["notes"][0]


def test_a_cancelled_import_keeps_what_was_issued_and_its_report_says_how_much(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = upload(write(*(row(str(n)) for n in range(1, 9))))
    commit = importing._commit

    def cancel_in_the_third(file: SourceFile, *arguments: Any) -> dict[str, Any]:
        if file.done_count == 4:
            operations.cancel(job.pk)
        return commit(file, *arguments)

    monkeypatch.setattr(importing, "_commit", cancel_in_the_third)
    runner.run_queue("long")
    job.refresh_from_db()
    assert (job.state, Invoice.objects.count(), SourceFile.objects.get().done_count) == ("cancelled", 4, 4)
    assert counted(job.report) == {"read": 4, "documents": 4, "duplicates": 0, "quarantined": {}, "complete": False}
    assert job.report is not None
    assert "4 of the 8 documents of 2026-01-31.csv are dealt with and stay" in job.report["notes"][-1]
    monkeypatch.undo()
    operations.retry(job.pk)
    runner.run_queue("long")
    job.refresh_from_db()
    assert (job.state, counted(job.report)["documents"], Invoice.objects.count()) == ("done", 8, 8)


def test_a_small_import_is_done_while_a_large_one_of_broken_rows_goes_on(write: Write) -> None:
    large = upload(write(*(row(str(n), "x") for n in range(1000))), series="BIG")
    small = upload(write(row("1"), name="small.csv"))
    seen: list[tuple[str, str]] = []
    finish = claims.finish

    def note(job: Job, **ending: Any) -> bool:
        done = finish(job, **ending)
        seen.append((Job.objects.get(pk=large.pk).state, Job.objects.get(pk=small.pk).state))
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "finish", note)
        runner.run_queue("long")
    assert seen[0] == ("running", "done")


def test_a_file_with_too_many_broken_documents_is_refused_and_says_what_was_taken(
    write: Write, settings: Settings
) -> None:
    settings.QUARANTINE_PER_FILE = 3
    rows = [row("1"), row("2"), *(row(str(n), "x") for n in range(3, 9))]
    job = upload(write(*rows))
    runner.run_queue("long")
    job.refresh_from_db()
    assert job.state == "failed"
    assert "is refused: more than 3 of its documents break a rule" in job.error
    assert "4 of its 8 documents were dealt with before and stay: 2 issued, 0 there already, 2 kept back" in job.error
    assert (Invoice.objects.count(), Quarantined.objects.count(), SourceFile.objects.get().done_count) == (2, 2, 4)
    assert counted(job.report)["quarantined"] == {"bad-value": 2}


def test_the_same_refused_file_is_refused_again_and_goes_on_under_a_higher_limit(
    write: Write, settings: Settings
) -> None:
    settings.QUARANTINE_PER_FILE = 3
    path = write(*(row(str(n), "x") for n in range(1, 7)))
    for _ in range(2):
        with pytest.raises(TooManyBroken, match="2 of its 6 documents"):
            importing.import_files([path], shop())
    settings.QUARANTINE_PER_FILE = 6
    assert importing.import_files([path], shop()).counts["quarantined"] == {"bad-value": 6}


def test_a_file_of_rows_that_cannot_be_read_is_refused_before_anything_is_taken(
    tmp_path: Path, write: Write, settings: Settings
) -> None:
    settings.QUARANTINE_PER_FILE = 3
    path = write(row("1"), *([str(n), "two fields"] for n in range(2, 7)))
    with pytest.raises(
        BadFile, match=r"refused: more than 3 of its documents cannot be read\. Nothing of it was taken"
    ):
        importing.import_files([path], shop())
    assert not SourceFile.objects.exists()


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        ("MOST_RECORDS", "'7' at line 5 has more than 3 rows"),
        ("MOST_DOCUMENTS", "holds more than 3 documents"),
        ("MOST_CHARACTERS", "rows around line 2 are too long to be read together"),
    ],
)
def test_the_memory_that_a_file_takes_is_bounded(
    write: Write, monkeypatch: pytest.MonkeyPatch, bound: str, words: str
) -> None:
    monkeypatch.setattr(groups, bound, 3)
    same = bound == "MOST_RECORDS"
    path = write(*(row("7" if same else str(n)) for n in range(6)))
    with pytest.raises(BadFile, match=words):
        importing.import_files([path], shop())
    assert not SourceFile.objects.exists()


def test_a_file_of_empty_lines_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_EMPTY_LINES", 3)
    path = tmp_path / "empty.jsonl"
    path.write_text("\n" * 4)
    with pytest.raises(BadFile, match="more than 3 empty lines"):
        importing.import_files([path], options.make({"format": "json"}))
