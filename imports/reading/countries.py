"""Countries as the shop writes them, by their ISO 3166-1 codes. What names no single country has none."""

from __future__ import annotations

CODES = {
    "Australia": "AU", "Austria": "AT", "Bahrain": "BH", "Belgium": "BE", "Brazil": "BR", "Canada": "CA", "Cyprus": "CY",
    "Czech Republic": "CZ", "Denmark": "DK", "EIRE": "IE", "Finland": "FI", "France": "FR", "Germany": "DE",
    "Greece": "GR", "Hong Kong": "HK", "Iceland": "IS", "Israel": "IL", "Italy": "IT", "Japan": "JP", "Lebanon": "LB",
    "Lithuania": "LT", "Malta": "MT", "Netherlands": "NL", "Norway": "NO", "Poland": "PL", "Portugal": "PT", "RSA": "ZA",
    "Saudi Arabia": "SA", "Singapore": "SG", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH",
    "United Arab Emirates": "AE", "United Kingdom": "GB", "USA": "US",
}  # fmt: skip


_GERMAN = {
    "Deutschland": "DE", "Österreich": "AT", "Schweiz": "CH", "Frankreich": "FR", "Italien": "IT", "Spanien": "ES",
    "Niederlande": "NL", "Belgien": "BE", "Luxemburg": "LU", "Dänemark": "DK", "Schweden": "SE", "Norwegen": "NO",
    "Finnland": "FI", "Polen": "PL", "Tschechien": "CZ", "Ungarn": "HU", "Griechenland": "GR", "Irland": "IE",
    "Großbritannien": "GB", "Vereinigtes Königreich": "GB", "Liechtenstein": "LI", "Slowenien": "SI", "Kroatien": "HR",
}  # fmt: skip


def as_code(text: str) -> str:
    """`text` where it is two capitals, as shops write codes; else empty."""
    return text if len(text) == 2 and text.isupper() else ""


def code(name: str) -> str:
    """The code of `name` in English or German; empty where there is none."""
    return CODES.get(name.strip(), "") or _GERMAN.get(name.strip(), "")
