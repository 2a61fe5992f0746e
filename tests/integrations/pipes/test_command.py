"""`manage.py ingest` pushes files once and says what became of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from commerce.records.models import Supplier
from integrations.pipes.management.commands import ingest
from integrations.pipes.models import Batch
from stores.models import Store
from stores.rows import rows_of
from tests.integrations.pipes.conftest import Source


def run(capsys: pytest.CaptureFixture[str], *paths: Path, **given: Any) -> dict[str, Any]:
    options = {"source": "files", "data_type": "suppliers", "json": True} | given
    call_command("ingest", *map(str, paths), **options)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_files_are_taken_once(
    source: Source, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "MOST_LINES", 2)
    lines, table = tmp_path / "a.jsonl", tmp_path / "b.csv"
    lines.write_text("\n".join(json.dumps({"supplier_id": f"S{number}"}) for number in range(5)) + "\nbroken")
    table.write_text("supplier_id,name\nS9,Potters\n")
    first = run(capsys, lines, table)
    assert {name: first[name] for name in ("received", "accepted", "duplicates", "held", "rejected")} == {
        "received": 7, "accepted": 6, "duplicates": 0, "held": {}, "rejected": {"unreadable": 1},
    }  # fmt: skip
    again = run(capsys, lines, table)
    assert (again["received"], again["accepted"], again["duplicates"]) == (7, 0, 7)
    assert rows_of(Supplier, source.store.id).count() == 6


def test_the_report_says_in_words_what_was_held_and_fails_where_that_is_wanted(
    source: Source, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.json"
    path.write_text('[{"supplier_id": "S1", "color": "red"}, {"supplier_id": "S2", "lead_time_days": "x"}]')
    with pytest.raises(SystemExit):
        call_command("ingest", str(path), source="files", data_type="suppliers", strict=True)
    words = capsys.readouterr().out
    assert "2 records" in words
    assert "1 taken, 0 were there already." in words
    assert "1 held: bad-value" in words
    assert "1 warned: new-field:color" in words


@pytest.mark.parametrize(("content", "store"), [("broken", "main"), ('{"supplier_id": "S1"}', "none"), (None, "main")])
def test_what_cannot_be_taken_is_one_sentence(source: Source, tmp_path: Path, content: str | None, store: str) -> None:
    path = tmp_path / "a.jsonl"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CommandError):
        call_command("ingest", str(path), source="files", data_type="suppliers", store=store)


def test_a_paused_store_is_named_before_anything_is_pushed(source: Source, tmp_path: Path) -> None:
    Store.objects.filter(pk=source.store.id).update(status="paused")
    path = tmp_path / "a.jsonl"
    path.write_text('{"supplier_id": "S1"}')
    with pytest.raises(CommandError, match="Store main is paused"):
        call_command("ingest", str(path), source="files", data_type="suppliers")
    assert not rows_of(Batch, source.store.id).exists()
