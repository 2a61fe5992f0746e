"""Each kind of document passes the official EN 16931 rules in both syntaxes.

The rules are the release files of the standard (their folder is named by E_INVOICE_RULES), a newer version than the one that
the product itself checks with.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from saxonche import PySaxonProcessor

from exports.einvoice.rules import FATAL, SVRL
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import terms_of
from invoices.einvoice.writer import write_xml
from invoices.validation.en16931 import find_missing
from tests.exports.rules_folder import FOLDER, needs_rules
from tests.exports.samples import KINDS
from tests.exports.test_einvoice_fields import LACKING

RULES = FOLDER and FOLDER / "en16931"
pytestmark = needs_rules


@cache
def checker(syntax: Syntax) -> tuple[Any, Any]:
    processor = PySaxonProcessor(license=False)
    stylesheet = f"{RULES}/EN16931-{syntax.upper()}-validation.xslt"
    return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=stylesheet)


def broken(xml: bytes, syntax: Syntax) -> list[str]:
    """The ids of the rules that the XML breaks; fails when no rule was run."""
    processor, rules = checker(syntax)
    report = etree.fromstring(rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode())).encode())
    assert report.find(f"{SVRL}fired-rule") is not None, "the premise: rules were run"
    return [each.get("id") for each in report.iter(f"{SVRL}failed-assert") if each.get("flag", "fatal") in FATAL]


@pytest.mark.parametrize("syntax", Syntax)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_document_passes(kind: str, syntax: Syntax) -> None:
    assert broken(write_xml(terms_of(KINDS[kind]), syntax), syntax) == []


@pytest.mark.parametrize("syntax", Syntax)
@pytest.mark.parametrize(("kind", "text", "wrong", "rule"), [
    ("one line", ">119.00<", ">118.00<", "BR-CO-15"),
    ("category AE", "FR12345678901", "QQ12345678901", "BR-CO-09"),
    ("VAT as given", ">1.60<", ">3.60<", "BR-CO-17"),
])  # fmt: skip
def test_a_broken_document_does_not_pass(kind: str, text: str, wrong: str, rule: str, syntax: Syntax) -> None:
    xml = write_xml(terms_of(KINDS[kind]), syntax).decode()
    assert text in xml, "the premise: there is something to break"
    assert rule in broken(xml.replace(text, wrong).encode(), syntax)


@pytest.mark.parametrize("syntax", Syntax)
def test_the_official_samples_pass(syntax: Syntax) -> None:
    samples = sorted((RULES or Path()).glob(f"examples/{syntax}/*.xml"))
    assert samples, "the premise: there are samples"
    assert {sample.name: found for sample in samples if (found := broken(sample.read_bytes(), syntax))} == {}


@pytest.mark.parametrize(("document", "field", "rule"), LACKING)
def test_what_is_refused_with_its_field_breaks_that_rule(document: Any, field: str, rule: str) -> None:
    assert (field, rule) in {(finding.field, finding.rule) for finding in find_missing(document.document)}
    assert rule in broken(write_xml(terms_of(document), Syntax.UBL), Syntax.UBL)
