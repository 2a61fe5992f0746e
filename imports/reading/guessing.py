"""Guesses a mapping from the headings of a table, in German, English, French, Spanish, Italian and Dutch.

A guess is shown to a person before it is used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from imports.reading.mappings import PRICE, TOTAL, ColumnMapping

# By field, the best heading first. Headings are compared without case, accents, units, blanks and marks.
_HEADINGS: dict[str, str] = {
    "number": "rechnungsnummer rechnungsnr rechnungnr rgnr renr rechnung belegnummer belegnr beleg invoicenumber invoiceno "
    "invoiceid invoice facture numerofacture numerodefacture nfacture numerofactura numerodefactura factura numerofattura "
    "fattura factuurnummer bestellnummer bestellnr auftragsnummer auftragsnr auftrag bestellung ordernumber orderno orderid "
    "order commande numerocommande pedido nummer number nr no numero id",
    "date": "rechnungsdatum belegdatum datum invoicedate date bestelldatum auftragsdatum orderdate createdat created "
    "verkaufsdatum buchungsdatum verkauftam datefacture datecommande fecha fechafactura data datafattura factuurdatum "
    "datetime zeitpunkt shippinglimitdate orderpurchasetimestamp",
    "due_date": "falligkeitsdatum faelligkeitsdatum falligam faelligam fallig faellig falligkeit zahlbarbis duedate echeance",
    "kind": "belegart dokumentart vorgangsart documenttype kind",
    "currency": "wahrung waehrung currency currencycode devise moneda valuta",
    "buyer.name": "kunde kundenname kundin kaufer kaeufer rechnungsempfanger rechnungsempfaenger empfanger empfaenger firma "
    "auftraggeber customer customername buyer buyername billto billingname client nomclient cliente klant company name",
    "buyer.first_name": "vorname firstname billingfirstname prenom nombre",
    "buyer.last_name": "nachname lastname surname billinglastname apellidos cognome",
    "buyer.street": "strasse strassehausnummer strasseundhausnummer anschrift adresse address street billingaddress1 "
    "billingstreet rue direccion indirizzo straat",
    "buyer.postcode": "plz postleitzahl zip zipcode postcode postalcode codepostal codigopostal cap",
    "buyer.city": "ort stadt wohnort city town ville ciudad citta plaats",
    "buyer.country": "land landercode laendercode country countrycode billingcountry pays pais paese",
    "buyer.vat_id": "ustid ustidnr ustidnummer umsatzsteuerid umsatzsteueridentnummer vatid vatnumber vatno tvaintracom",
    "buyer.email": "email emailadresse mail customeremail buyeremail billingemail courriel",
    "buyer.external_id": "kundennummer kundennr kdnr customerid customerno customernumber",
    "order_reference": "bestellnummer bestellnr auftragsnummer auftragsnr ordernumber orderno orderid order",
    "lines.description": "artikelbezeichnung artikelname artikel produktbezeichnung produktname produkt bezeichnung "
    "beschreibung leistung leistungsbeschreibung ware position text description itemname itemdescription item productname "
    "product title designation libelle article descripcion descrizione omschrijving productid",
    "lines.product_code": "artikelnummer artikelnr artnr sku productcode itemno itemnumber itemid stockcode reference",
    "lines.quantity": "menge anzahl stuck stueck stk stuckzahl stueckzahl quantity qty units quantite cantidad quantita aantal",
    PRICE: "einzelpreis stuckpreis stueckpreis preisprostuck preisprostueck preisjestuck epreis vkpreis verkaufspreis preis "
    "unitprice itemprice priceperunit price prixunitaire prix preciounitario precio prezzounitario prezzo stuksprijs prijs",
    TOTAL: "gesamtpreis gesamtbetrag rechnungsbetrag zeilenbetrag betrag gesamt summe umsatz linetotal lineamount amount total "
    "montant importe importo bedrag",
    "lines.vat_rate": "mwstsatz mehrwertsteuersatz ustsatz umsatzsteuersatz steuersatz mwst mehrwertsteuer ust umsatzsteuer "
    "steuer vatrate taxrate vatpercent vat tax tauxtva tva tipoiva iva btw",
    "lines.vat_amount": "mwstbetrag ustbetrag umsatzsteuerbetrag steuerbetrag vatamount taxamount montanttva",
    "lines.discount": "rabattbetrag rabatt discount discountamount remise descuento",
    "note": "bemerkung bemerkungen notiz kommentar anmerkung note notes comment",
}  # fmt: skip
_UNIT = re.compile(r"\([^)]*\)|\[[^\]]*\]|\b(in )?(eur|euro|usd|gbp|chf|prozent|percent)\b|[€$£%]")
_QUALIFIER = re.compile(r"\b(netto|net|ht|excl\w*|exkl\w*|zzgl\w*|ohne (mwst|ust)\.?)\b")
_GROSS = re.compile(r"brutto|gross|\bttc\b|\bin[ck]l")
_GROSS_WORDS = re.compile(r"\b(brutto|gross|ttc|in[ck]l\w*)\b\.?( (mwst|ust|vat|tax|btw|tva|iva)\b\.?)?")


def guess(header: Sequence[str]) -> ColumnMapping:
    """The fields that the headings name, each heading for one field; empty where none is known."""
    headings = {column: _plain(column) for column in header}
    left, found = list(header), {}
    for field, words in _HEADINGS.items():
        for word in words.split():
            column = next((each for each in left if headings[each] == word), None)
            if column is not None:
                left.remove(column)
                found[field] = column
                break
    if PRICE not in found and TOTAL not in found:
        found |= _bare_amount(left)
    if "buyer.last_name" in found and "buyer.name" in found and "buyer.first_name" in found:
        del found["buyer.name"]
    price = found.get(PRICE) or found.get(TOTAL) or ""
    return ColumnMapping(columns=tuple(found.items()), prices_include_vat=bool(_GROSS.search(_folded(price))))


def _bare_amount(left: Sequence[str]) -> dict[str, str]:
    """A column that is called net or gross and nothing else holds the amount of the line."""
    for column in left:
        if re.sub(r"[^a-z]", "", _UNIT.sub("", _folded(column))) in (
            "netto",
            "net",
            "brutto",
            "gross",
            "nettobetrag",
            "bruttobetrag",
        ):
            return {TOTAL: column}
    return {}


def _folded(heading: str) -> str:
    text = heading.casefold().replace("ß", "ss")
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def _plain(heading: str) -> str:
    """`Einzelpreis (netto) €` as `einzelpreis`; a name in camel or snake case without its marks."""
    text = _QUALIFIER.sub("", _GROSS_WORDS.sub("", _UNIT.sub(" ", _folded(heading))))
    text = re.sub(r"[^a-z0-9]", "", text)
    return re.sub(
        r"^(netto|brutto)(?=preis|betrag|einzelpreis)|(?<=preis)(netto|brutto)$|(?<=betrag)(netto|brutto)$", "", text
    )
