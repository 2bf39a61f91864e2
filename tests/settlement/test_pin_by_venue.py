"""Where the area asks no PIN the on-line sale goes without it; what the card keeps behind its PIN still wants it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settlement.allowance import SaleWrite
from settlement.bill import Venue
from settlement.checkout import effects as do
from settlement.checkout import events as on
from settlement.checkout.protocol import Step, begin, receive
from settlement.checkout.states import (
    AskingCentre,
    AwaitingAnswer,
    AwaitingPin,
    Booking,
    PinRefused,
    Quoted,
    Sale,
    SelfPayOffered,
    TryingDoubts,
)
from settlement.doubt import Doubt
from tests.world.explore import BENEFIT, HOTLIST, INSURED, OLD, TAG, event_pool, sample_sale

KNOWN = on.PersonKnown(psn_no="1", insuplc_admdvs="990100", benefit=BENEFIT)
DOWN = next(event for event in event_pool(sample_sale()) if isinstance(event, on.LineDown))
ASK_PIN, ASK_CENTRE = (do.AskPin(),), (do.AskCentre(),)


def card_in(*doubts: Doubt) -> on.CardIdentified:
    """Return a card that may settle, of a person with these doubts."""
    return on.CardIdentified(insured=INSURED, today="20260302", hotlist=HOTLIST, hotlisted=False, doubts=doubts)


def presented(*doubts: Doubt) -> Step:
    """Begin a sale where no PIN is asked and put the card in."""
    return receive(begin(sample_sale(asks_pin=False)), card_in(*doubts))


def doubt_of(sale: Sale, *, on_card: bool) -> Doubt:
    """Return an open doubt, of the centre or of the card."""
    quoted = receive(receive(receive(begin(sale), card_in())[0], on.PinAccepted(record=OLD, doubts=()))[0], KNOWN)[0]
    confirmed, _ = receive(quoted, on.Confirmed(msgid="M", at="2026-03-02 09:00:00", tag=TAG))
    intent = confirmed.intent  # type: ignore[union-attr]
    card = SaleWrite(before=OLD, tag=TAG, debit_fen=100) if on_card else None
    return Doubt(intent=replace(intent, card=card))


@pytest.mark.parametrize("venue", list(Venue))
def test_the_pack_says_where(venue: Venue) -> None:
    """The venue of the bill is asked for among those of the pack, and nothing else decides."""
    sale = sample_sale()
    bill = replace(sale.bill, venue=venue)
    asked = [
        receive(begin(replace(sale, bill=bill, policy=replace(sale.policy, pin_required_at=venues))), card_in())[1]
        for venues in ((venue,), tuple(other for other in Venue if other is not venue))
    ]

    assert [ASK_PIN, ASK_CENTRE] == asked


def test_no_pin_no_record() -> None:
    """The centre is asked at once; the offer is on-line, and carries nothing of the card's record."""
    asking, effects = presented()
    quoted, _ = receive(asking, KNOWN)

    assert ASK_CENTRE == effects
    assert isinstance(quoted, Quoted)
    assert "online" == quoted.way
    assert quoted.who.record is None


def test_a_refused_card_is_refused_without_a_pin_too() -> None:
    """Date and hotlist are looked at first, wherever it is."""
    sale = sample_sale(asks_pin=False)
    ended = [receive(begin(sale), event)[0] for event in (replace(card_in(), hotlisted=True), replace(card_in(), today="20991231"))]

    assert all(isinstance(state, SelfPayOffered) for state in ended)


def test_the_line_goes_down_and_the_allowance_wants_the_pin() -> None:
    """Off-line the card pays, and its record is behind the PIN: asked then, again after a wrong one, and the centre is not asked twice."""
    asked, effects = receive(presented()[0], DOWN)
    refused, _ = receive(asked, on.PinWrong(tries_left=2))
    again, once_more = receive(refused, on.TriedAgain())
    quoted, after = receive(again, on.PinAccepted(record=OLD, doubts=()))

    assert isinstance(asked, AwaitingPin)
    assert ASK_PIN == effects == once_more
    assert isinstance(refused, PinRefused)
    assert isinstance(quoted, Quoted)
    assert ("allowance", OLD) == (quoted.way, quoted.who.record)
    assert () == after


def test_no_pin_is_asked_for_nothing() -> None:
    """Where no allowance may be spent whatever is on the card, nobody types a PIN to be told so."""
    sale = sample_sale(asks_pin=False)
    forbidden = replace(sale, policy=replace(sale.policy, offline_account="forbidden"))
    old = replace(DOWN, now=replace(DOWN.now, hotlist=replace(HOTLIST, age_s=None)))
    ended = [receive(receive(begin(of), card_in())[0], event)[0] for of, event in ((forbidden, DOWN), (sale, old))]

    assert ["OFFLINE-FORBIDDEN", "OFFLINE-HOTLIST-OLD"] == [state.refusal.code for state in ended if isinstance(state, SelfPayOffered)]


def test_the_line_goes_down_after_the_intent() -> None:
    """The intent is aborted first, then the PIN is asked for the allowance."""
    quoted, _ = receive(presented()[0], KNOWN)
    intending, _ = receive(quoted, on.Confirmed(msgid="M", at="2026-03-02 09:00:00", tag=TAG))
    awaiting, _ = receive(intending, on.IntentDurable())
    aborting, effects = receive(awaiting, DOWN)
    asked, then = receive(aborting, on.Committed())

    assert isinstance(awaiting, AwaitingAnswer)
    assert isinstance(aborting, Booking)
    assert [do.Commit] == [type(effect) for effect in effects]
    assert isinstance(asked, AwaitingPin)
    assert ASK_PIN == then


def test_a_doubt_that_only_the_card_can_close_wants_the_pin() -> None:
    """One that waits for the centre is tried without."""
    of_card, asked = presented(doubt_of(sample_sale(), on_card=True))
    of_centre, tried = presented(doubt_of(sample_sale(), on_card=False))

    assert isinstance(of_card, AwaitingPin)
    assert ASK_PIN == asked
    assert isinstance(of_centre, TryingDoubts)
    assert [do.TryDoubts] == [type(effect) for effect in tried]
    assert isinstance(receive(of_centre, on.DoubtsTried(left=()))[0], AskingCentre)
