"""The published key table of LD/T cards and PSAMs: which key of the PSAM answers for which key of the card."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PsamKey:
    """Which key of the PSAM answers for which key of the card."""

    card_key: int
    """Key identifier in the card's command."""
    purpose: int
    """PSAM purpose byte; its high three bits are the levels of diversification left."""
    psam_key: int
    """Key identifier in the PSAM."""


LDT_KEYS = {
    "IRK": "00 67/08",
    "UKSSSE": "04 28/12",
    "BK": "05 28/11",
    "PUK": "06 28/10",
    "RKSSSE0C": "07 48/5D",
    "RKSSSE": "0A 47/0A",
    "UKEF0D": "0D 48/13",
    "UK1DF01": "83 28/42",
    "UK2DF01": "84 28/43",
    "UK3DF01": "85 27/24",
    "UK4DF01": "86 27/25",
    "UK5DF01": "87 28/44",
    "RK1DF03": "84 67/2B",
    "RK2DF03": "85 67/2C",
    "UK1DF03": "86 28/47",
    "UK2DF03": "87 28/29",
    "UK3DF03": "88 28/48",
    "UK4DF03": "8C 28/58",
    "UK5DF03": "89 28/59",
    "UK6DF03": "8A 28/5A",
    "UK7DF03": "8B 28/5B",
    "LKDF03": "83 28/40",
    "LKDF04": "83 28/41",
    "RK1DF04": "84 67/2D",
    "UK1DF04": "85 28/49",
    "UK2DF04": "86 27/2A",
    "UK6DF04": "87 28/5C",
    "UK4DF04": "88 28/54",
    "DPKDF04": "91 22/61",
}
"""Published key table of LD/T cards and PSAMs, but for DPKDF04, the debit's, whose numbers are not public: ours.

PSAMs of other issue tiers differ.
"""
