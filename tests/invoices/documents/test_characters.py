"""Texts that look equal: one form for what is equal, a finding for what nobody can see, a warning for look-alikes."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.documents.characters import find_hidden, find_mixed_scripts, name, normalize, normalize_document
from invoices.documents.types import (
    Allowance,
    Contact,
    Delivery,
    ElectronicAddress,
    LineAllowance,
    Party,
    Payment,
    Preceding,
)
from invoices.validation.document import lint, warn
from tests.invoices.documents.samples import document, line

HIDDEN = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u200e",
    "\u2060",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\u00ad",
    "\u180e",
    "\u3164",
    "\x85",
]
IN_USE = {
    "a family": "\U0001f468\u200d\U0001f469\u200d\U0001f467 mug",
    "a red heart": "\u2764\ufe0f",
    "a woman with a skin tone and a laptop": "\U0001f469\U0001f3fd\u200d\U0001f4bb",
    "a keycap": "1\ufe0f\u20e3 pen",
    "the flag of Scotland": "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "a Persian plural": "\u062e\u0627\u0646\u0647\u200c\u0647\u0627",
    "a Sinhala conjunct": "ක්\u200dෂ",
    "a Japanese name in its own form": "辻\U000e0100",
    "Arabic": "شركة المحيط",
    "Hebrew": "חנות",
}


@given(st.text())
def test_normalizing_is_stable_and_keeps_what_is_canonically_equal(text: str) -> None:
    assert normalize(text) == unicodedata.normalize("NFC", text)
    assert normalize(normalize(text)) == normalize(text)
    assert unicodedata.normalize("NFD", normalize(text)) == unicodedata.normalize("NFD", text)


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_ascii_is_never_changed_and_never_hidden(text: str) -> None:
    assert normalize(text) == text
    assert find_hidden(text, is_identifier=True) is None
    assert find_mixed_scripts(text) == ()


@given(st.text(st.characters(categories=["Ll", "Lu", "Nd"])), st.sampled_from(HIDDEN), st.data())
def test_a_hidden_character_is_found_wherever_it_stands_in_a_number(
    text: str, hidden: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(text)))
    assert find_hidden(text[:place] + hidden + text[place:], is_identifier=True) == hidden


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_hidden_character_between_latin_letters_is_found_in_any_text(hidden: str) -> None:
    assert find_hidden(f"Nord{hidden}wind") == hidden


@pytest.mark.parametrize("text", IN_USE.values(), ids=IN_USE)
def test_what_writing_needs_is_left_alone_in_texts(text: str) -> None:
    assert find_hidden(text) is None
    assert lint(document(lines=(line(description=text),), buyer=Party(name=text))) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "7\u200b"}, "number"),
        ({"number": "7\u00a08"}, "number"),
        ({"external_id": "a\u202eb"}, "external_id"),
        ({"note": "a\u2028b"}, "note"),
        ({"reason": "a\u2066b"}, "reason"),
        ({"seller": Party(name="Nord\u200bwind")}, "seller.name"),
        ({"buyer": Party(name="Ocean", street="Kai\u202e1")}, "buyer.street"),
        ({"lines": (line(description="M\u200bug"),)}, "lines.0.description"),
        ({"lines": (line(product_code="A\ufeff1"),)}, "lines.0.product_code"),
    ],
)
def test_the_finding_names_the_field_and_the_code_point(changes: dict[str, object], field: str) -> None:
    [finding] = lint(document(**changes))
    assert finding.field == field
    assert "U+" in finding.message


def test_a_code_point_is_named() -> None:
    assert name("\u202e") == "U+202E (RIGHT-TO-LEFT OVERRIDE)"
    assert name("\x85") == "U+0085 (a control character)"


@pytest.mark.parametrize(
    ("number", "scripts"),
    [
        ("INV-1", ()),
        ("РФ-17", ()),
        ("発票A-1", ()),
        ("\u0418\u041d\u0412-\u04101", ()),
        ("\u0410BC-1", ("CYRILLIC", "LATIN")),
        ("\uff11\uff12", ()),
        ("1\uff12", ("DIGIT", "FULLWIDTH")),
        ("\uff29NV-1", ("FULLWIDTH", "LATIN")),
        ("1\u0661", ("ARABIC-INDIC", "DIGIT")),
    ],
)
def test_a_number_of_scripts_that_look_alike_is_warned_of(number: str, scripts: tuple[str, ...]) -> None:
    assert find_mixed_scripts(number) == scripts
    warnings = warn(document(number=number))
    assert [each.field for each in warnings] == (["number"] if scripts else [])


def test_each_text_of_a_document_is_normalized() -> None:
    loose = "Cafe\u0301"
    address, contact = ElectronicAddress(scheme=loose, value=loose), Contact(name=loose, phone=loose, email=loose)
    party = Party(name=loose, street2=loose, electronic_address=address, contact=contact)
    one = line(
        description=loose, product_code=loose, exemption_reason=loose,
        allowances=(LineAllowance(amount=Decimal(1), reason=loose),),
    )  # fmt: skip
    allowances = (Allowance(amount=Decimal(1), vat_rate=Decimal(0), reason=loose),)
    texts: dict[str, Any] = dict.fromkeys(("number", "external_id", "reason", "note", "order_reference"), loose)
    found = normalize_document(
        replace(
            document(),
            **texts,
            seller=party,
            buyer=party,
            lines=(one,),
            allowances=allowances,
            charges=allowances,
            payment=Payment(terms=loose),
            delivery=Delivery(city=loose),
            preceding=(Preceding(number=loose),),
        )
    )
    assert [text for text in _texts(found) if not text.isascii()] == ["Café"] * 28


def _texts(found: Any) -> list[str]:
    if isinstance(found, str):
        return [found]
    held = found if isinstance(found, tuple) else [getattr(found, name) for name in _names(found)]
    return [text for each in held for text in _texts(each)]


def _names(found: Any) -> list[str]:
    return [*getattr(found, "__dataclass_fields__", ())]
