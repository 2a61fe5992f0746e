"""The example of docs/ingestion.md is what happens, word for word."""

from __future__ import annotations

import json
import re
from typing import Any

from invoices.models import Invoice
from quality.records import HeldRecord
from stores.rows import rows_of_all_stores
from tests.integrations.pipes.conftest import Source, take_all
from tests.repo.schemas import ROOT

REQUEST = re.compile(r"```console\ncurl -X POST http://127.0.0.1:8000(\S+) .*?-d '\n(.*?)'\n```", re.DOTALL)
ANSWER = re.compile(r"```json\n(.*?)```", re.DOTALL)


def holds(answer: dict[str, Any], said: str) -> bool:
    """Whether the answer has what the document says of it."""
    wanted = json.loads(said)
    return bool({name: answer[name] for name in wanted} == wanted)


def test_the_example_of_the_document_works(source: Source) -> None:
    document = (ROOT / "docs" / "ingestion.md").read_text()
    (push, batch), (_, fix) = REQUEST.findall(document)
    accepted, done, fixed = ANSWER.findall(document)
    answer = source.client.post(push, batch, content_type="application/json")
    assert answer.status_code == 202
    assert holds(answer.json(), accepted)
    assert source.client.post(push, batch, content_type="application/json").json()["duplicate"] is True
    take_all()
    assert holds(source.read(answer.json()["href"]), done)
    assert [one.invoice_number for one in Invoice.objects.all()] == ["WEBSHOP-T1"]
    held = rows_of_all_stores(HeldRecord).get()
    resolved = source.client.post(f"/api/v1/quality/held/{held.pk}", fix, content_type="application/json")
    assert resolved.status_code == 200
    assert holds(resolved.json(), fixed)
    assert {one.invoice_number for one in Invoice.objects.all()} == {"WEBSHOP-T1", "WEBSHOP-T2"}
