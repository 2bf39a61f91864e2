"""What the desk knows of a person before any PIN: the card's own faults first, then whatever the centre said last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from offline_queue.journal import Journal
from settlement.bill import SCHEME, Benefit
from settlement.checkout import events as on
from terminal import card_in
from terminal.bookkeeping import Owner
from terminal.card_in import Arrival
from terminal.cards.identity import CardHolder
from terminal.centre_line import Known
from terminal.counter import Counter
from terminal.screen.news import PersonShown
from tests.journal.entries import opened
from tests.world.explore import HOTLIST

TODAY = "2026-03-02"
HOLDER = CardHolder(
    card_sn="0" * 32,
    card_no="990100001",
    version="2.00",
    valid_until="20331231",
    certno="990100197001010000",
    psn_name="演示甲",
)
KNOWN = Known(
    owner=Owner(certno=HOLDER.certno, psn_no="N1", insuplc_admdvs="990100"),
    benefit=Benefit(psn_type="11", deductible_used_fen=0, fund_paid_fen=0, account_fen=5000),
    insutype=SCHEME,
)
NOT_SERVED = on.PersonRefused(words="停保")


@dataclass
class Line:
    """A centre that answers what it is told to."""

    answer: Known | on.Event = KNOWN
    asked: int = 0

    def person(self, owner: Owner, insutype: str) -> Known | on.Event:
        """Answer."""
        assert (HOLDER.certno, "") == (owner.certno, insutype)
        self.asked += 1
        return self.answer

    def hotlist(self) -> object:
        """Return the hotlist that a refusal names."""
        return HOTLIST


@dataclass
class Desk:
    """As much of a counter as a card-in looks at."""

    journal: Journal
    line: Line
    today: str = TODAY
    at: str = f"{TODAY} 09:00:00"

    def ask(self, shown: PersonShown, holder: CardHolder = HOLDER) -> PersonShown:
        """Ask the centre about a person who is shown so."""
        owner = Owner(certno=holder.certno, psn_name=holder.psn_name, card_no=holder.card_no, card_sn=holder.card_sn)
        return card_in.ask_centre(cast("Counter", self), Arrival(owner=owner, valid_until=holder.valid_until, shown=shown))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return a desk with an empty hotlist."""
    with opened(tmp_path) as journal:
        yield Desk(journal, Line())


SHOWN = PersonShown(arrival=1, name="演*甲", sex="2", age=56, certno="9901**********0000", card="99*****01")


def test_a_refusal_by_the_centre_is_shown(desk: Desk) -> None:
    """With its words, and not as a question that is still open; what it told before is gone."""
    known = desk.ask(SHOWN)
    desk.line.answer = NOT_SERVED
    refused = desk.ask(known)

    assert (5000, None) == (known.balance_fen, refused.balance_fen)
    assert refused.refusal is not None
    assert "SALE-CENTRE-REFUSED" == refused.refusal.code
    assert "停保" in refused.refusal.say("zh")
    assert not refused.silent


def test_the_scheme_is_the_persons_own(desk: Desk) -> None:
    """Nobody chooses one at card-in: the employees' until the centre has told of another."""
    assert SCHEME == SHOWN.insutype == desk.ask(SHOWN).insutype
    desk.line.answer = replace(KNOWN, insutype="390", benefit=replace(KNOWN.benefit, psn_type="15"))
    resident = desk.ask(SHOWN)

    assert ("390", "15") == (resident.insutype, resident.psn_type)


def test_a_refused_person_is_asked_about_again(desk: Desk) -> None:
    """The centre may change its mind; while it says nothing its refusal stands."""
    desk.line.answer = NOT_SERVED
    refused = desk.ask(SHOWN)
    desk.line.answer = on.CentreSilent(why="patience")
    silent = desk.ask(refused)
    desk.line.answer = KNOWN
    known = desk.ask(silent)

    assert refused.refusal == silent.refusal
    assert (None, 5000, "11") == (known.refusal, known.balance_fen, known.psn_type)


def test_no_answer_is_no_question(desk: Desk) -> None:
    """It is said that the centre told nothing, until it does."""
    desk.line.answer = on.CentreSilent(why="patience")
    silent = desk.ask(replace(SHOWN, benefit=KNOWN.benefit))
    desk.line.answer = KNOWN

    assert (True, None, None) == (silent.silent, silent.benefit, silent.refusal)
    assert not desk.ask(silent).silent


def test_the_card_itself_comes_first(desk: Desk) -> None:
    """One that is expired, or was reported meanwhile, is refused without a question."""
    expired = desk.ask(SHOWN, replace(HOLDER, valid_until="20260301"))
    desk.journal.notes.store_hotlist([HOLDER.card_no], version=1, signed_time="2026-03-02T09:00:00+08:00")
    listed = desk.ask(replace(SHOWN, benefit=KNOWN.benefit))

    assert ["SALE-CARD-EXPIRED", "SALE-CARD-HOTLISTED"] == [one.refusal.code for one in (expired, listed) if one.refusal]
    assert (None, 0) == (listed.benefit, desk.line.asked)
