"""What EN 16931 asks of a document and the document does not have, found before a number is spent on it.

These are the rules that what is entered can break; the whole standard is checked on the XML (`exports.einvoice`).
"""

from __future__ import annotations

from collections.abc import Iterator

from invoices.documents.types import Category, Document, Party
from invoices.validation.finding import Finding

# ISO 3166-1 alpha-2 and the two codes that the European code list adds: Kosovo and Northern Ireland.
_CODES = """
1A AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB
GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG
KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV
MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB
SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US
UY UZ VA VC VE VG VI VN VU WF WS XI YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())
# Greece's VAT numbers begin with EL.
VAT_PREFIXES = COUNTRIES | {"EL"}


def find_missing(document: Document) -> list[Finding]:
    """What the document lacks for EN 16931; empty when the rest of it is right too."""
    return [
        *_seller(document),
        *_party("buyer", document.buyer, "BR-07", "BR-11"),
        *_categories(document),
        *_lines(document),
    ]


def vat_identifier(party: Party) -> str:
    """The VAT number as EN 16931 writes it, with its country's letters in front (BR-CO-09)."""
    number = "".join(party.vat_id.split()).upper()
    if not number or number[:2] in VAT_PREFIXES:
        return number
    return ("EL" if party.country == "GR" else party.country) + number


def _seller(document: Document) -> Iterator[Finding]:
    seller = document.seller
    yield from _party("seller", seller, "BR-06", "BR-09")
    is_taxed = any(line.category != Category.OUT_OF_SCOPE for line in document.lines)
    if is_taxed and not seller.vat_id.strip():
        yield Finding(field="seller.vat_id", rule="BR-S-02", message="the seller's VAT number is missing")


def _categories(document: Document) -> Iterator[Finding]:
    """What reverse charge and intra-community supply need of the buyer and the delivery."""
    categories = {line.category for line in document.lines}
    for category, rule in ((Category.REVERSE_CHARGE, "BR-AE-02"), (Category.INTRA_COMMUNITY, "BR-IC-02")):
        if category in categories and not document.buyer.vat_id.strip():
            message = f"the buyer's VAT number is missing, which category {category} needs"
            yield Finding(field="buyer.vat_id", rule=rule, message=message)
    if Category.INTRA_COMMUNITY in categories:
        delivery = document.delivery
        if delivery is None or delivery.date is None:
            message = "the day of delivery is missing, which category K needs"
            yield Finding(field="delivery.date", rule="BR-IC-11", message=message)
        if delivery is None or not delivery.country:
            message = "the country of delivery is missing, which category K needs"
            yield Finding(field="delivery.country", rule="BR-IC-12", message=message)


def _party(field: str, party: Party, name_rule: str, country_rule: str) -> Iterator[Finding]:
    if not party.name.strip():
        yield Finding(field=f"{field}.name", rule=name_rule, message=f"the {field}'s name is missing")
    if not party.country:
        message = f"the {field}'s country is missing; write it as two letters (ISO 3166-1), as in DE"
        yield Finding(field=f"{field}.country", rule=country_rule, message=message)
    elif party.country not in COUNTRIES:
        message = f"{party.country[:20]!r} is no country; write two capital letters (ISO 3166-1), as in DE"
        yield Finding(field=f"{field}.country", rule="BR-CL-14", message=message)


def _lines(document: Document) -> Iterator[Finding]:
    for index, line in enumerate(document.lines):
        if not line.description.strip():
            message = "the line says nothing about what was sold; describe it"
            yield Finding(field=f"lines.{index}.description", rule="BR-25", message=message)
