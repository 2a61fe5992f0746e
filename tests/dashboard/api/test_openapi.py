"""The OpenAPI document is complete: hundreds of generated calls find no 5xx and no answer that it does not describe."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dashboard.api.app import api as whole_api
from tests.dashboard.api.caller import Caller
from tests.stack import Stack
from tests.waiting import HANG_SECONDS

# More by the environment; `make fuzz` sends them by the thousand.
EXAMPLES, SEED = int(os.environ.get("OPENAPI_EXAMPLES") or 6), 20251121
# Nothing is killed here. Each export is a process: tests/exports has their refusals.
# What an import or a stream takes is a file, and no schema describes its content: tests/imports and
# tests/integrations/pipes send anything.
NOT_GENERATED = "/kill$|/exports?|/imports|/ingest/stream"
CALLS = {
    ("get", "/api/stats"),
    ("get", "/api/series"),
    ("post", "/api/series"),
    ("patch", "/api/series/{prefix}"),
    ("get", "/api/stats/history"),
    ("post", "/api/control/start"),
    ("post", "/api/control/stop"),
    ("post", "/api/control/reset"),
    ("post", "/api/control/skip"),
    ("put", "/api/feed"),
    ("get", "/api/system/status"),
    ("get", "/api/system/queues"),
    ("get", "/api/system/events"),
    ("post", "/api/system/processes/{name}/kill"),
    ("get", "/api/v1/analytics/metrics"),
    ("post", "/api/v1/analytics/metrics"),
    ("get", "/api/v1/analytics/catalogue"),
    ("get", "/api/v1/analytics/explain"),
    ("get", "/api/v1/analytics/rows"),
    ("get", "/api/v1/analytics/cohorts"),
    ("get", "/api/v1/analytics/segments"),
    ("post", "/api/v1/analytics/export"),
    ("get", "/api/v1/analytics/exports/{export_id}"),
    ("get", "/api/v1/analytics/exports/{export_id}/file"),
    ("get", "/api/replays"),
    ("post", "/api/replays"),
    ("delete", "/api/replays/{feed}"),
    ("get", "/api/invoices"),
    ("post", "/api/invoices"),
    ("get", "/api/invoices/{invoice_number}"),
    ("get", "/api/invoices/{invoice_number}.pdf"),
    ("get", "/api/invoices/{invoice_number}.xml"),
    ("get", "/api/idempotency/{key}"),
    ("get", "/api/answers/{key}"),
    ("get", "/api/exports/invoices.{form}"),
    ("get", "/api/journal"),
    ("put", "/api/stores/{slug}/logo"),
    ("get", "/api/stores/{slug}/logo"),
    ("delete", "/api/stores/{slug}/logo"),
    ("post", "/api/exports"),
    ("get", "/api/exports/{export_id}"),
    ("get", "/api/exports/{export_id}/file"),
    ("post", "/api/exports/{export_id}/cancel"),
    ("get", "/api/notifications"),
    ("post", "/api/notifications/{notification_id}/retry"),
    ("get", "/api/account"),
    ("patch", "/api/account"),
    ("get", "/api/account/members"),
    ("post", "/api/account/members"),
    ("patch", "/api/account/members/{member_id}"),
    ("delete", "/api/account/members/{member_id}"),
    ("post", "/api/account/invitations"),
    ("get", "/api/account/invitations"),
    ("delete", "/api/account/invitations/{invitation_id}"),
    ("get", "/api/stores"),
    ("post", "/api/stores"),
    ("get", "/api/stores/{slug}"),
    ("patch", "/api/stores/{slug}"),
    ("delete", "/api/stores/{slug}"),
    ("post", "/api/stores/{slug}/pause"),
    ("post", "/api/stores/{slug}/resume"),
    ("post", "/api/stores/{slug}/disconnect"),
    ("get", "/api/deliveries"),
    ("get", "/api/stores/{slug}/deliveries"),
    ("get", "/api/stores/{slug}/deliveries/{delivery_id}"),
    ("post", "/api/stores/{slug}/deliveries/{delivery_id}/replay"),
    ("post", "/api/stores/{slug}/deliveries/replay"),
    ("post", "/api/sellers/lint"),
    ("post", "/api/stores/{slug}/connect"),
    ("get", "/api/stores/{slug}/health"),
    ("post", "/api/stores/{slug}/sync"),
    ("get", "/api/stores/{slug}/orders"),
    ("get", "/api/stores/{slug}/orders/{external_id}"),
    ("get", "/api/stores/{slug}/metrics"),
    ("get", "/api/stores/{slug}/stock"),
    ("get", "/api/stores/{slug}/names"),
    ("put", "/api/stores/{slug}/names"),
    ("get", "/api/jobs/{job_id}"),
    ("post", "/api/jobs/{job_id}/cancel"),
    ("post", "/api/v1/ingest/batch"),
    ("post", "/api/v1/ingest/stream"),
    ("get", "/api/v1/ingest/batches"),
    ("get", "/api/v1/ingest/batches/{batch_id}"),
    ("get", "/api/v1/rules"),
    ("post", "/api/v1/rules"),
    ("post", "/api/v1/rules/try"),
    ("patch", "/api/v1/rules/{rule_id}"),
    ("delete", "/api/v1/rules/{rule_id}"),
    ("get", "/api/v1/quality"),
    ("get", "/api/v1/quality/held"),
    ("post", "/api/v1/quality/held/replay"),
    ("get", "/api/v1/quality/held/{held_id}"),
    ("post", "/api/v1/quality/held/{held_id}"),
    ("post", "/api/imports"),
    ("post", "/api/imports/preview"),
    ("get", "/api/imports/{import_id}"),
    ("get", "/api/imports/{import_id}/held"),
    ("post", "/api/imports/held/{row_id}"),
    ("post", "/api/imports/{import_id}/cancel"),
}


@pytest.mark.long
def test_generated_calls_find_no_server_error_and_no_undocumented_answer(tmp_path: Path) -> None:
    # A product of its own: real invoices are posted, and they stay.
    with Stack() as stack:
        done = _generate_calls(stack, tmp_path)
    assert done.returncode == 0, done.stdout[-8000:]
    generated = [path for _, path in CALLS if not re.search(NOT_GENERATED, path)]
    assert f"Tested: {len(generated)}" in done.stdout


def _generate_calls(stack: Stack, directory: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("schemathesis")
    config = Path(__file__).with_name("schemathesis.toml")
    options = [
        f"--exclude-path-regex={NOT_GENERATED}",
        "--phases=examples,coverage,fuzzing",
        f"--max-examples={EXAMPLES}",
        f"--seed={SEED}",
        "--no-color",
    ]
    command = [str(program), f"--config-file={config}", "run", f"{stack.url}/api/openapi.json", *options]
    env = {**os.environ, "SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("one_key_each.py"))}
    return subprocess.run(command, cwd=directory, env=env, capture_output=True, text=True, timeout=2 * HANG_SECONDS)


def test_the_document_lists_every_call_and_its_errors_as_problem_documents(api: Caller) -> None:
    document = api.get("/openapi.json")
    calls = {(method, path) for path, operations in document["paths"].items() for method in operations}
    assert calls == CALLS
    for operations in document["paths"].values():
        for operation in operations.values():
            errors = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
            assert {"401", "403", "422", "503"} <= set(errors)
            assert all(list(answer["content"]) == ["application/problem+json"] for answer in errors.values())


def test_the_document_says_how_to_be_let_in(api: Caller) -> None:
    document = api.get("/openapi.json")
    assert set(document["components"]["securitySchemes"]) == {"bearer", "session"}
    assert {} in document["security"]


def test_calls_share_the_models_of_their_errors() -> None:
    routers = [router for _, router in whole_api._routers]
    operations = [call for router in routers for view in router.path_operations.values() for call in view.operations]
    assert len(operations) > 10
    assert len({call.response_models[422] for call in operations}) == 1


def test_the_document_has_no_key_twice(client: Client) -> None:
    """The page of the API reads it as YAML, which refuses such a document."""

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), names
        return dict(pairs)

    json.loads(client.get("/api/openapi.json").content, object_pairs_hook=read)
