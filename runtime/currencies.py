"""ISO 4217 currencies and their minor units: how many decimals an amount of each has."""

from __future__ import annotations

from decimal import Decimal

_TWO_DECIMALS = """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC
    CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
    KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
    NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
    TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG"""
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS = "CLF UYW"

# By code: the number of decimals.
MINOR_UNITS: dict[str, int] = {
    code: decimals
    for decimals, codes in ((2, _TWO_DECIMALS), (0, _NO_DECIMALS), (3, _THREE_DECIMALS), (4, _FOUR_DECIMALS))
    for code in codes.split()
}
TWO_DECIMAL_CURRENCIES = frozenset(_TWO_DECIMALS.split())
NO_DECIMAL_CURRENCIES = frozenset(_NO_DECIMALS.split())
# Columns hold two decimals, so amounts with three or four would be rounded.
ISSUED_CURRENCIES = TWO_DECIMAL_CURRENCIES | NO_DECIMAL_CURRENCIES
_CENT, _WHOLE = Decimal("0.01"), Decimal(1)


def unit_of(currency: str) -> Decimal:
    """The smallest amount of a currency that documents are issued in: 0.01, or 1 where it has no decimals."""
    return _WHOLE if currency in NO_DECIMAL_CURRENCIES else _CENT
