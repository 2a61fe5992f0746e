"""Reads and changes the letterheads of stores."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from stores.letterhead import PLAIN, TEXTS, Letterhead, check_letterhead
from stores.models import Letterhead as Row
from stores.rows import rows_of


class UnknownLogo(LookupError):
    """The store has no logo."""


def read_letterhead(store_id: int) -> Letterhead:
    """The letterhead of the store, with its logo; a plain one where nothing was set."""
    values = rows_of(Row, store_id).values(*TEXTS, "logo").first()
    if values is None:
        return PLAIN
    logo = values.pop("logo")
    return Letterhead(**values, logo=None if logo is None else bytes(logo))


def read_logo(store_id: int) -> bytes:
    """The logo as PNG; raises `UnknownLogo`."""
    logo = read_letterhead(store_id).logo
    if logo is None:
        raise UnknownLogo("The store has no logo.")
    return logo


def change_letterhead(store_id: int, changes: Mapping[str, str]) -> None:
    """Change texts, language and colour; raises `BadLetterhead`."""
    texts: dict[str, Any] = dict(changes)
    wanted = replace(read_letterhead(store_id), **texts)
    check_letterhead(wanted)
    _write(store_id, {name: getattr(wanted, name) for name in TEXTS})


def set_logo(store_id: int, logo: bytes | None) -> None:
    """Set the logo, a PNG made by `stores.logos`; None removes it."""
    _write(store_id, {"logo": logo})


def read_looks(store_ids: Collection[int]) -> dict[int, tuple[Letterhead, bool]]:
    """By store: its letterhead without the picture of the logo, and whether it has one."""
    has_logo = ExpressionWrapper(Q(logo__isnull=False), output_field=BooleanField())
    rows = rows_of(Row, store_ids).annotate(has_logo=has_logo)
    return {
        values.pop("store_id"): (Letterhead(**{name: values[name] for name in TEXTS}), bool(values["has_logo"]))
        for values in rows.values("store_id", "has_logo", *TEXTS)
    }


def _write(store_id: int, values: Mapping[str, object]) -> None:
    rows_of(Row, store_id).update_or_create(store_id=store_id, defaults=dict(values))
