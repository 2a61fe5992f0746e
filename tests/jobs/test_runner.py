"""A job's row records its end, also when the process is killed, stopped or frozen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from jobs import claims, files, operations, runner, turns
from jobs.models import Job
from runtime.clock import ClockTimestamp
from runtime.environment import BASE_DIR
from tests.invoices.children import database_url
from tests.jobs import kinds
from tests.waiting import HANG_SECONDS, wait_for


def done(job: Job) -> Job:
    runner.run_queue(job.queue)
    job.refresh_from_db()
    return job


@pytest.mark.django_db(transaction=True)
class TestInThisProcess:
    def test_a_job_ends_with_its_report_and_its_file(self) -> None:
        job = done(operations.enqueue("test.count_up"))
        assert (job.state, job.report, job.done_count) == ("done", {"steps": 5, "attempt": 1}, 5)
        path = files.result_path(job)
        assert path is not None
        assert path.read_text().split() == ["1", "2", "3", "4", "5"]

    def test_what_cannot_be_done_says_why(self) -> None:
        job = done(operations.enqueue("test.refuse"))
        assert (job.state, job.error) == ("failed", "The file is empty; send one with lines.")

    def test_a_fault_of_ours_fails_the_job_and_not_the_next_one(self) -> None:
        broken, next_one = operations.enqueue("test.break_down"), operations.enqueue("test.count_up")
        assert "ZeroDivisionError" in done(broken).error
        next_one.refresh_from_db()
        assert next_one.state == "done"

    def test_jobs_of_a_queue_take_turns_step_by_step(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(turns, "SLICE_SECONDS", 0.0)
        jobs = [operations.enqueue("test.steps", {"name": name}) for name in "abc"]
        assert runner.run_queue("long") == len(jobs)
        order = "".join(kinds.seen)
        assert order == "abc" * kinds.STEPS

    def test_what_comes_later_gets_its_turn_in_the_next_round(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(turns, "SLICE_SECONDS", 0.0)
        operations.enqueue("test.steps", {"name": "a", "then": "b"})
        assert runner.run_queue("long") == 2
        assert "".join(kinds.seen) == "aababababb"[: 2 * kinds.STEPS]

    def test_no_more_jobs_run_than_the_limit_and_all_are_done(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(turns, "SLICE_SECONDS", 0.0)
        monkeypatch.setattr(turns, "MOST_AT_WORK", 2)
        for name in "abc":
            operations.enqueue("test.steps", {"name": name})
        assert runner.run_queue("long") == 3
        assert "".join(kinds.seen) == "ab" * kinds.STEPS + "c" * kinds.STEPS

    def test_jobs_that_pause_take_no_place_and_no_time_of_those_that_work(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(turns, "MOST_AT_WORK", 1)
        last = operations.enqueue("test.steps", {"name": "a"})
        Job.objects.filter(pk=last.pk).update(queued_at=ClockTimestamp() + timedelta(days=1))
        for name in "bc":
            operations.enqueue("test.pause", {"name": name, "until": last.pk})
        assert runner.run_queue("long") == 3
        assert "".join(kinds.seen[: kinds.STEPS]) == "a" * kinds.STEPS
        assert set(kinds.seen[kinds.STEPS :]) == {"b", "c"}

    def test_a_cancelled_job_that_pauses_ends_before_its_pause_does(self, data_dir: Path) -> None:
        job = operations.enqueue("test.sleep_long")
        process = start(data_dir)
        try:
            wait_for(lambda: Job.objects.get(pk=job.pk).done_count == 1, "the job to pause")
            operations.cancel(job.pk)
            assert process.wait(HANG_SECONDS) == 0
        finally:
            process.kill()

    def test_files_of_jobs_long_ended_are_removed(self) -> None:
        old, new = done(operations.enqueue("test.count_up")), done(operations.enqueue("test.count_up"))
        Job.objects.filter(pk=old.pk).update(ended_at=ClockTimestamp() - timedelta(days=files.KEPT_DAYS + 1))
        files.remove_old_files()
        assert files.result_path(old) is None
        assert files.result_path(new) is not None


@pytest.mark.django_db(transaction=True)
class TestInAProcess:
    def test_killed_it_is_taken_over_and_goes_on_where_it_was(self, data_dir: Path) -> None:
        job = operations.enqueue("test.count_up", {"die_at": 3})
        assert start(data_dir).wait(HANG_SECONDS) == -signal.SIGKILL
        job.refresh_from_db()
        assert (job.state, job.done_count) == ("running", 2)
        assert claims.waiting_queues() == []
        forget(job)
        assert done(job).report == {"steps": 5, "attempt": 2}
        assert (data_dir / "jobs" / str(job.pk) / "steps").read_text().split() == ["1", "2", "3", "4", "5"]

    def test_stopped_it_gives_the_job_back_at_once(self, data_dir: Path) -> None:
        job = operations.enqueue("test.freeze")
        process = start(data_dir)
        wait_for(lambda: Job.objects.get(pk=job.pk).done_count == 1, "the job to begin")
        process.terminate()
        assert process.wait(HANG_SECONDS) == 0
        job.refresh_from_db()
        assert job.state == "queued"

    def test_frozen_it_loses_the_job_and_does_nothing_to_it_any_more(self, data_dir: Path) -> None:
        job = operations.enqueue("test.freeze")
        process = start(data_dir)
        try:
            wait_for(lambda: Job.objects.get(pk=job.pk).done_count == 1, "the job to begin")
            os.kill(process.pid, signal.SIGSTOP)
            forget(job)
            mine = claims.claim_next("long")
            assert mine is not None
            os.kill(process.pid, signal.SIGCONT)
            process.terminate()
            assert process.wait(HANG_SECONDS) == 0
            job.refresh_from_db()
            assert (job.state, job.attempt) == ("running", 2)
        finally:
            process.kill()

    def test_an_endless_job_does_not_hold_up_another_one_and_ends_when_it_is_cancelled(self, data_dir: Path) -> None:
        endless = operations.enqueue("test.endless")
        process = start(data_dir)
        try:
            wait_for(lambda: Job.objects.get(pk=endless.pk).done_count > 0, "the endless job to begin")
            short = operations.enqueue("test.count_up")
            wait_for(lambda: Job.objects.get(pk=short.pk).state == "done", "the short job to end")
            assert Job.objects.get(pk=endless.pk).state == "running"
            cancelled = operations.cancel(endless.pk)
            assert process.wait(HANG_SECONDS) == 0
        finally:
            process.kill()
        endless.refresh_from_db()
        assert (endless.state, endless.done_count) == ("cancelled", cancelled.done_count)
        assert endless.report == {"steps": endless.done_count}

    def test_a_job_cancelled_in_a_step_without_end_ends_its_process_and_the_others_go_back(
        self, data_dir: Path
    ) -> None:
        stuck = operations.enqueue("test.freeze")
        other = operations.enqueue("test.endless")
        process = start(data_dir)
        try:
            wait_for(lambda: Job.objects.get(pk=stuck.pk).done_count == 1, "the job to begin")
            wait_for(lambda: Job.objects.get(pk=other.pk).attempt == 1, "the other one to be claimed")
            operations.cancel(stuck.pk)
            assert process.wait(HANG_SECONDS) == 1
        finally:
            process.kill()
        stuck.refresh_from_db()
        other.refresh_from_db()
        assert (stuck.state, other.state) == ("cancelled", "queued")

    def test_a_step_without_end_fails_its_job_and_the_others_go_back(self, data_dir: Path) -> None:
        stuck, other = operations.enqueue("test.freeze"), operations.enqueue("test.endless")
        process = start(data_dir, "long", "0")
        try:
            assert process.wait(HANG_SECONDS) == 1
        finally:
            process.kill()
        stuck.refresh_from_db()
        other.refresh_from_db()
        assert (stuck.state, other.state) == ("failed", "queued")
        assert "one step took more than" in stuck.error

    def test_a_runner_at_work_beats_for_the_process_that_started_it(self, data_dir: Path) -> None:
        job = operations.enqueue("test.endless")
        beats, write_end = os.pipe()
        process = start(data_dir, "long", "1800", str(write_end), pass_fds=[write_end])
        os.close(write_end)
        try:
            assert [os.read(beats, 1), os.read(beats, 1)] == [b".", b"."]
            operations.cancel(job.pk)
            assert process.wait(HANG_SECONDS) == 0
        finally:
            process.kill()
            os.close(beats)

    def test_a_job_whose_process_always_dies_fails_with_a_sentence(self, data_dir: Path) -> None:
        job = operations.enqueue("test.die")
        Job.objects.filter(pk=job.pk).update(stalled_count=claims.MOST_STALLED - 1)
        assert start(data_dir).wait(HANG_SECONDS) == -signal.SIGKILL
        forget(job)
        assert start(data_dir).wait(HANG_SECONDS) == 0
        job.refresh_from_db()
        assert (job.state, job.error[:27]) == ("failed", "The job was started 5 times")


def forget(job: Job) -> None:
    """Let its last heartbeat be long ago."""
    Job.objects.filter(pk=job.pk).update(heartbeat_at=ClockTimestamp() - timedelta(minutes=1))


def start(data_dir: Path, queue: str = "long", *more: str, pass_fds: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    env = os.environ | {"DATABASE_URL": database_url(), "INVOICEDASH_DATA_DIR": str(data_dir)}
    env["DJANGO_SETTINGS_MODULE"] = "invoicedash.settings"
    return subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.queue_runner", queue, *more], cwd=BASE_DIR, env=env, pass_fds=pass_fds
    )
