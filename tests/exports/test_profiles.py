"""Each profile passes its own official rules for every kind of document, or is refused with the missing field's name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from pytest_django import Settings

from exports.einvoice import rules
from exports.einvoice.fields import field_of
from exports.einvoice.sheets import RulesNotInstalled, sheets_of
from exports.renditions.keys import Form, Wanted
from exports.renditions.make import make, make_xml
from invoices.documents.types import IssuedDocument, Payment
from invoices.einvoice.profiles import PEPPOL, XRECHNUNG, adapt
from invoices.einvoice.syntaxes import Syntax
from invoices.einvoice.terms import terms_of
from invoices.einvoice.writer import write_xml
from invoices.validation.profiles import Profile, find_missing
from tests.exports.complete import COMPLETE, MUTATED_KINDS, OF_ALL, OF_PROFILES, REFUSED
from tests.exports.rules_folder import folder, needs_rules
from tests.exports.samples import KINDS, issued, line

FILES = [
    Wanted(form=Form.UBL, profile=Profile.PEPPOL),
    Wanted(form=Form.UBL, profile=Profile.XRECHNUNG),
    Wanted(form=Form.CII, profile=Profile.XRECHNUNG),
    Wanted(form=Form.UBL, profile=Profile.EN16931),
    Wanted(form=Form.CII, profile=Profile.FACTURX),
]
MUTATIONS = [
    (profile, kind, change, field, rule)
    for profile, several in OF_PROFILES.items()
    for kind in MUTATED_KINDS
    for change, field, rule in [*OF_ALL, *several]
]


@pytest.fixture
def installed(settings: Settings) -> None:
    """The folder with the official rules, as it is given."""
    settings.EINVOICE_RULES_DIR = folder()


def named(wanted: Wanted) -> str:
    return f"{wanted.profile} {wanted.form}"


@needs_rules
@pytest.mark.usefixtures("installed")
class TestRules:
    @pytest.mark.parametrize("wanted", FILES, ids=named)
    @pytest.mark.parametrize("kind", COMPLETE)
    def test_every_kind_of_document_passes_or_its_missing_field_is_named(self, kind: str, wanted: Wanted) -> None:
        xml, violations = make_xml(COMPLETE[kind], wanted)
        fields = {field_of(each.rule, each.location) for each in violations}
        if kind in REFUSED and wanted.profile == REFUSED[kind][0]:
            assert REFUSED[kind][1] in fields
            assert xml is None
        else:
            assert violations == []
            assert xml is not None

    @pytest.mark.parametrize("wanted", FILES[:3], ids=named)
    def test_a_generated_document_is_refused_with_its_missing_fields(self, wanted: Wanted) -> None:
        xml, violations = make_xml(KINDS["generated"], wanted)
        fields = {field_of(each.rule, each.location) for each in violations}
        assert xml is None
        assert "buyer_reference" in fields
        assert not [field for field in fields if field.startswith("/")], "each is named by a field"

    def test_what_is_written_names_its_profile(self) -> None:
        for wanted, specification in ((FILES[0], PEPPOL), (FILES[1], XRECHNUNG), (FILES[2], XRECHNUNG)):
            xml, _ = make_xml(COMPLETE["one line"], wanted)
            assert xml is not None
            assert f">{specification}<".encode() in xml

    def test_the_rules_of_a_profile_come_on_top_of_the_standard(self) -> None:
        xml = write_xml(adapt(terms_of(COMPLETE["one line"]), Profile.PEPPOL), Syntax.UBL)
        wrong = xml.replace(b">119.00</cbc:PayableAmount>", b">118.00</cbc:PayableAmount>")
        wrong = wrong.replace(b'<cbc:EndpointID schemeID="0088">', b'<cbc:EndpointID schemeID="EM">', 1)
        broken = {each.rule for each in rules.check(wrong, Syntax.UBL, Profile.PEPPOL)}
        assert {"BR-CO-16", "PEPPOL-EN16931-CL008"} <= broken

    @pytest.mark.parametrize("profile", OF_PROFILES)
    def test_what_the_lint_names_breaks_the_official_rule(self, profile: str) -> None:
        """The lint invents nothing: where it is passed over, the official rule fails."""
        for change, _, rule in OF_PROFILES[profile]:
            document = changed(COMPLETE["one line"], change)
            xml = write_xml(adapt(terms_of(document), Profile(profile)), Syntax.UBL)
            broken = {each.rule for each in rules.check(xml, Syntax.UBL, Profile(profile))}
            # Without a contact at all, the rule about the contact comes first.
            assert {rule, "BR-DE-2"} & broken, rule

    def test_peppol_takes_one_note_with_all_texts(self) -> None:
        document = issued(note="Thank you.", reason="Broken")
        adapted = adapt(terms_of(document), Profile.PEPPOL)
        assert [note["BT-22"] for note in adapted["BG-1"]] == ["Broken\nThank you."]


@pytest.mark.parametrize(("profile", "kind", "change", "field", "rule"), MUTATIONS)
def test_a_document_without_a_required_term_is_refused_with_the_fields_name(
    profile: str, kind: str, change: Any, field: str, rule: str
) -> None:
    assert find_missing(COMPLETE[kind].document, Profile(profile)) == [], "the premise: nothing is missing"
    lines = len(COMPLETE[kind].document.lines)
    found = find_missing(changed(COMPLETE[kind], change).document, Profile(profile))
    assert (field.replace("lines.1", f"lines.{lines}"), rule) in {(each.field, each.rule) for each in found}


def test_at_least_a_hundred_documents_are_mutated() -> None:
    assert len(MUTATIONS) >= 100


def test_a_card_with_its_digits_is_complete() -> None:
    document = replace(
        COMPLETE["all prepaid"].document, payment=Payment(means_code="48"), terms={"BT-87": "1234", "BT-87-1": "VISA"}
    )
    assert find_missing(document, Profile.XRECHNUNG) == []


@pytest.mark.django_db
def test_a_pdf_of_a_profile_is_refused_where_it_would_hold_no_e_invoice() -> None:
    bare = issued(line(), seller=replace(COMPLETE["one line"].document.seller, vat_id=""))
    assert make(bare, Wanted(form=Form.PDF)).is_refusal is False
    assert make(bare, Wanted(form=Form.PDF, profile=Profile.FACTURX)).is_refusal is True


def test_without_installed_rules_nothing_claims_a_profile(settings: Settings, tmp_path: Path) -> None:
    for place in (None, tmp_path):
        settings.EINVOICE_RULES_DIR = place
        with pytest.raises(RulesNotInstalled):
            sheets_of(Profile.XRECHNUNG, Syntax.CII)
        with pytest.raises(rules.CheckFailed, match="not installed"):
            make_xml(COMPLETE["one line"], FILES[0])


def test_rules_that_cannot_be_read_make_the_check_fail(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "peppol-ubl.xsl").write_text("<broken")
    settings.EINVOICE_RULES_DIR = tmp_path
    with pytest.raises(rules.CheckFailed, match="could not be read"):
        make_xml(COMPLETE["one line"], FILES[0])


def test_release_files_are_found_below_the_folder(settings: Settings, tmp_path: Path) -> None:
    release = tmp_path / "xrechnung-3.0.2-schematron" / "schematron" / "cii" / "XRechnung-CII-validation.xsl"
    release.parent.mkdir(parents=True)
    release.write_text("<x/>")
    settings.EINVOICE_RULES_DIR = tmp_path
    assert sheets_of(Profile.XRECHNUNG, Syntax.CII) == (release,)


def changed(one: IssuedDocument, change: Any) -> IssuedDocument:
    return replace(one, document=change(one.document))


def test_further_accounts_and_terms_are_written() -> None:
    terms = terms_of(COMPLETE["one line"]) | {
        "BG-17": [{"BT-81": "58", "BT-84": "NL03INGB0004489902", "BT-85": "Second", "BT-86": "INGBNL2A"}],
        "BT-89": "M-1",
    }
    for syntax in Syntax:
        root = etree.fromstring(write_xml(dict(terms), syntax))
        texts = [element.text for element in root.iter()]
        assert {"NL03INGB0004489902", "Second", "INGBNL2A", "M-1"} <= set(texts)
