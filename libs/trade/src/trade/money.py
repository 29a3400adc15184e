"""In what currencies an amount can be: one list for all that accept, store, compare or publish money."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

USUAL = "CAD"
"""The currency of an amount that names none."""
_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD
HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD
LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK
PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT
TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES: frozenset[str] = frozenset(_CODES.split())
"""The codes of ISO 4217 that people pay with somewhere, without funds, metals and former currencies."""


def _in_use(code: str) -> str:
    if code not in CURRENCIES:
        raise PydanticCustomError(
            "currency", "A currency is written as its three letters in ISO 4217, such as CAD."
        )
    return code


Currency = Annotated[
    str, AfterValidator(_in_use), WithJsonSchema({"type": "string", "enum": sorted(CURRENCIES)})
]
"""A currency by its code of ISO 4217, such as "CAD"."""
