"""The background jobs of a store, such as the reading of its history: shown to members, cancelled by admins."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from accounts.access import SIGNED_IN
from jobs import operations
from jobs.models import Job
from jobs.operations import UnknownJob
from jobs.serialize import LARGEST_ID, JobState, present_job
from stores.api.chosen import READ_ERRORS, WRITE_ERRORS
from stores.members.callers import caller_of, require_role
from stores.members.roles import Role
from stores.models import Store
from web.permissions import requires

router = Router(tags=["jobs"])


class JobOut(Schema):
    """`report` says what was done so far; its fields are those of the kind."""

    id: int
    kind: str
    store: str
    state: JobState
    created_at: str
    started_at: str | None
    ended_at: str | None
    done_count: int
    total_count: int | None
    report: dict[str, Any] | None
    error: str | None


@router.get("/jobs/{int:job_id}", response={200: JobOut, **READ_ERRORS}, auth=requires(SIGNED_IN))
def get_job(request: HttpRequest, job_id: int) -> Any:
    """One job of a store, with its progress."""
    job, store = _find(request, job_id, Role.VIEWER)
    return _present(job, store)


@router.post(
    "/jobs/{int:job_id}/cancel",
    response={200: JobOut, **WRITE_ERRORS},
    auth=requires(SIGNED_IN, advice="GET the job: it has the present state."),
)
def cancel_job(request: HttpRequest, job_id: int) -> Any:
    """Cancel a job that has not ended. What it has committed stays."""
    job, store = _find(request, job_id, Role.ADMIN)
    return _present(operations.cancel(job.pk), store)


def _find(request: HttpRequest, job_id: int, needs: Role) -> tuple[Job, Store]:
    """The job and its store; raises `UnknownJob` for a stranger too, and `PermissionDenied` without the role."""
    caller = caller_of(request)
    job = Job.objects.filter(pk=job_id).first() if job_id <= LARGEST_ID else None
    store = None
    if job is not None and job.store_id is not None:
        store = Store.objects.filter(pk=job.store_id, account_id__in=caller.roles).first()
    if job is None or store is None:
        raise UnknownJob(f"There is no job {job_id} of your stores.")
    require_role(caller, store.owner.pk, needs)
    return job, store


def _present(job: Job, store: Store) -> dict[str, Any]:
    counts = {"done_count": job.done_count, "total_count": job.total_count, "report": job.report}
    return {**present_job(job), "kind": job.kind, "store": store.slug, **counts}
