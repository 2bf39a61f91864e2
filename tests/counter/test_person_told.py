"""What 1101 and 5206 tell of a person becomes the benefit that a bill is priced by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from offline_queue.journal import EnquiryAnswer, Journal
from terminal.bookkeeping import Owner
from terminal.centre_line import CentreLine, Known
from tests.journal.entries import Hand, opened

SETTINGS = Settings.load(Path(__file__).parents[2] / "deploy" / "settings.example.toml")
OWNER = Owner(certno="990100197001010000", psn_name="演示甲", card_no="1", card_sn="2")
PERSON: dict[str, Any] = {
    "baseinfo": {"psn_no": "N1", "certno": OWNER.certno},
    "insuinfo": [
        {"insutype": "310", "psn_type": "11", "balc": "9.00", "insuplc_admdvs": "990100", "paus_insu_date": "2025-12-31"},
        {"insutype": "390", "psn_type": "15", "balc": "0.00", "insuplc_admdvs": "990100"},
    ],
    "idetinfo": [{"psn_idet_type": "0201", "begntime": "2026-01-01"}, {"psn_idet_type": "0999", "endtime": "2026-01-01"}],
}
YEAR: dict[str, Any] = {
    "cuminfo": [
        {"insutype": "390", "cum_type_code": "act_pay_dedc", "cum": "200.00"},
        {"insutype": "310", "cum_type_code": "act_pay_dedc", "cum": "700.00"},
    ]
}


class Line(CentreLine):
    """A line behind which the centre answers so."""

    def ask(self, infno: str, content: dict[str, Any], *, insuplc_admdvs: str = "") -> EnquiryAnswer:
        """Answer."""
        del content, insuplc_admdvs
        return EnquiryAnswer(outcome="answered", output={"1101": PERSON, "5206": YEAR}[infno])


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return a new till's journal."""
    with opened(tmp_path) as till:
        yield till


def test_a_resident_with_an_identity(journal: Journal) -> None:
    """The scheme in force, what the year used of it, and the identities of today in the words of the area's pack."""
    words = {"0201": "contract", "0999": "filed"}
    line = Line(journal, SETTINGS, Hand(), lambda codes: tuple(words[code] for code in codes))
    known = line.person(OWNER, "")

    assert isinstance(known, Known)
    assert ("390", "15", 200_00, ("contract",)) == (
        known.insutype,
        known.benefit.psn_type,
        known.benefit.deductible_used_fen,
        known.benefit.conditions,
    )


def test_a_scheme_that_is_not_in_force_is_no_scheme(journal: Journal) -> None:
    """Asked for by name, as an order of the clinic's own system does."""
    assert not isinstance(Line(journal, SETTINGS, Hand()).person(OWNER, "310"), Known)
