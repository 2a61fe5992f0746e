"""The options of an import: what the file itself does not say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from imports.reading import mappings
from imports.reading.dialects import PLAIN, Dialect
from imports.reading.mappings import BadMapping, ColumnMapping
from imports.reading.values import BadValue, read_decimal
from invoices.documents.characters import find_hidden, name, normalize
from runtime.currencies import ISSUED_CURRENCIES

# Room for the suffix of its credit notes; DEMO and a number are the generated ones.
_SERIES = re.compile(r"(?!DEMO[0-9]*$)[A-Z0-9]([A-Z0-9-]{0,15}[A-Z0-9])?", re.ASCII)


LONGEST_SELLER = 255


class Format(StrEnum):
    """The formats of files. `TABLE` is any table, whose columns a mapping names."""

    ONLINE_RETAIL = "online-retail"
    INVOICES_CSV = "invoices-csv"
    JSON = "json"
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    STRIPE = "stripe"
    PAYPAL = "paypal"
    TABLE = "table"
    UBL = "ubl"
    CII = "cii"
    FACTURX = "facturx"


# Formats whose files are one document each; their libraries are loaded by processes that end alone (`einvoices.apart`).
E_INVOICES = frozenset([Format.UBL, Format.CII, Format.FACTURX])


class BadOption(ValueError):
    """An option cannot be as given; the text names it, the value and the remedy."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a file is to be understood. `series` is the prefix of the source's own numbers; that of credit notes adds `-CN`.

    `format` is None until the file shows it (`of_format`); `dialect` is what was found in the file.
    """

    format: Format | None
    series: str = "SHOP"
    seller: str = ""
    timezone: str = "UTC"
    vat_rate: Decimal | None = None
    currency: str = ""
    announce: bool = False
    waived: frozenset[str] = frozenset()
    mapping: ColumnMapping | None = None
    dialect: Dialect = PLAIN

    @property
    def zone(self) -> tzinfo:
        return ZoneInfo(self.timezone)

    @property
    def source(self) -> str:
        """How documents say where they came from."""
        return f"import:{self.format}"

    def waiving(self, rules: frozenset[str]) -> Options:
        """The same, where a person has accepted what breaks `rules`."""
        return replace(self, waived=self.waived | rules)

    def as_json(self) -> dict[str, Any]:
        """The options as JSON, the form in which a job and a file store them."""
        rate = None if self.vat_rate is None else str(self.vat_rate)
        mapping = {} if self.mapping is None else {"mapping": self.mapping.as_json()}
        return {
            "format": str(self.format or ""), "series": self.series, "seller": self.seller, "timezone": self.timezone,
            "vat_rate": rate, "currency": self.currency, "announce": self.announce, **mapping,
        }  # fmt: skip


# The shop's own data says neither whose it is nor in what money or zone, nor anything of VAT: a rate is never made up.
_DEFAULTS: dict[Format, dict[str, Any]] = {
    Format.ONLINE_RETAIL: {
        "seller": "Online Retail", "timezone": "Europe/London", "vat_rate": Decimal(0), "currency": "GBP",
    },
}  # fmt: skip


def make(given: Mapping[str, Any]) -> Options:
    """The options, what is empty or missing by the format's default; raises `BadOption`.

    Without a format, the file shows it; with columns in a mapping, the format is `TABLE`.
    """
    values = {name: value for name, value in given.items() if value not in (None, "")}
    if unknown := values.keys() - (set(Options.__dataclass_fields__) - {"waived", "dialect"}):
        raise BadOption(f"{min(unknown)}: there is no such option.")
    if "mapping" in values:
        values["mapping"] = _mapping(values["mapping"])
    form = _format(values.pop("format", None), values.get("mapping"))
    if "vat_rate" in values:
        values["vat_rate"] = _rate(values["vat_rate"])
    if "seller" in values:
        values["seller"] = _seller(str(values["seller"]))
    options = Options(format=form, **((_DEFAULTS.get(form, {}) if form else {}) | values))
    _check_zone(options.timezone)
    _check_names(options)
    return options


def of_format(options: Options, form: Format) -> Options:
    """The options of a file that showed its format, with the defaults of the format for what was not given."""
    missing = {
        name: value for name, value in _DEFAULTS.get(form, {}).items() if getattr(options, name) in (None, "", "UTC")
    }
    return replace(options, format=form, **missing)


def _format(given: Any, mapping: ColumnMapping | None) -> Format | None:
    if mapping is not None and mapping.columns:
        return Format.TABLE
    try:
        return Format(given) if given else None
    except ValueError:
        raise BadOption(f"format: {given!r} is not a valid format: use {', '.join(Format)}.") from None


def _mapping(given: Any) -> ColumnMapping:
    try:
        return mappings.parse(given)
    except BadMapping as error:
        raise BadOption(f"mapping: {error}") from None


def _rate(value: Any) -> Decimal:
    try:
        rate = read_decimal("vat_rate", str(value))
    except BadValue as error:
        raise BadOption(str(error)) from None
    if not 0 <= rate <= 1:
        raise BadOption(f"vat_rate: {value} is not between 0 and 1; 0.2 is 20 %.")
    return rate


def _seller(text: str) -> str:
    """The seller's name, which each document without one gets: refused here rather than in every document."""
    if (hidden := find_hidden(text)) is not None:
        raise BadOption(f"seller: it holds {name(hidden)}, an invisible character; remove it.")
    if len(text) > LONGEST_SELLER:
        raise BadOption(f"seller: it has {len(text)} characters; at most {LONGEST_SELLER} are possible.")
    return normalize(text)


def _check_names(options: Options) -> None:
    if not _SERIES.fullmatch(options.series):
        raise BadOption(
            f"series: {options.series[:40]!r} is not a valid prefix: use up to 17 capitals, digits and dashes, such as SHOP."
        )
    if options.currency and options.currency not in ISSUED_CURRENCIES:
        raise BadOption(
            f"currency: {options.currency[:40]!r} is not an ISO 4217 currency with two or no decimals, such as EUR."
        )


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadOption(f"timezone: {name[:40]!r} is not a time zone: give one such as Europe/London.") from None
