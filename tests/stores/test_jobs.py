"""A job of a store is shown to the members of its account and can be cancelled by its admins."""

from __future__ import annotations

import pytest

from jobs.models import Job
from jobs.operations import enqueue
from tests.stores.conftest import Two


@pytest.fixture
def job(two: Two) -> Job:
    return enqueue("woocommerce-history", {"store": two.store.slug, "from": "2026-01-01"}, store_id=two.store.pk)


def test_a_job_is_shown_with_its_store_and_progress(two: Two, job: Job) -> None:
    Job.objects.update(done_count=25, report={"seen": 25})
    found = two.call("viewer", "GET", f"/api/jobs/{job.pk}").json()
    assert (found["kind"], found["store"], found["state"]) == ("woocommerce-history", "nord-shop", "queued")
    assert (found["done_count"], found["report"]) == (25, {"seen": 25})


def test_a_job_is_cancelled_once(two: Two, job: Job) -> None:
    answer = two.call("mate", "POST", f"/api/jobs/{job.pk}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert two.call("mate", "POST", f"/api/jobs/{job.pk}/cancel").status_code == 409


def test_jobs_of_other_accounts_and_of_the_installation_do_not_exist(two: Two, job: Job) -> None:
    own = enqueue("export", {})
    for name, number in (("stranger", job.pk), ("owner", own.pk), ("owner", 2**70)):
        answer = two.call(name, "GET", f"/api/jobs/{number}")
        assert answer.status_code == 404
        assert answer.json()["detail"] == f"There is no job {number} of your stores."
