"""A certificate in place of the card: only where the area says so, on-line only, no PIN, its person's doubts first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settlement import refusals
from settlement.checkout import effects as do
from settlement.checkout import events as on
from settlement.checkout.protocol import Step, begin, receive
from settlement.checkout.states import AskingCentre, Certifying, Quoted, SelfPayOffered, TryingDoubts
from settlement.errors import Refusal
from tests.world.explore import BENEFIT, HOTLIST, NAMED, event_pool, sample_sale

KNOWN = on.CertificateKnown(insured=NAMED, hotlist=HOTLIST, hotlisted=False)
DOWN = next(event for event in event_pool(sample_sale()) if isinstance(event, on.LineDown))


def shown(mdtrt_cert_type: str = "02", *allowed: str) -> Step:
    """Show a certificate in an area that settles by these."""
    sale = sample_sale()
    policy = replace(sale.policy, certificates=allowed or ("01", "02", "03"))
    return receive(begin(replace(sale, policy=policy)), on.CertificateShown(mdtrt_cert_type=mdtrt_cert_type))


@pytest.mark.parametrize("mdtrt_cert_type", ["01", "02"])
def test_only_where_the_area_says_so(mdtrt_cert_type: str) -> None:
    """Elsewhere nothing is sent, not even the question who it is."""
    others = tuple({"01", "02", "03"} - {mdtrt_cert_type})
    taken, effects = shown(mdtrt_cert_type)
    refused, nothing = shown(mdtrt_cert_type, *others)

    assert isinstance(taken, Certifying)
    assert (do.AskWho(),) == effects
    assert isinstance(refused, SelfPayOffered)
    assert "CERTIFICATE-NOT-HERE" == refused.refusal.code
    assert () == nothing


def test_no_pin_and_no_record() -> None:
    """The area asks the PIN of cards everywhere: a certificate has none, and its offer is the centre's."""
    asking, effects = receive(shown()[0], KNOWN)
    quoted, _ = receive(asking, on.PersonKnown(psn_no="1", insuplc_admdvs="990100", benefit=BENEFIT))

    assert isinstance(asking, AskingCentre)
    assert (do.AskCentre(),) == effects
    assert isinstance(quoted, Quoted)
    assert ("online", None, False) == (quoted.way, quoted.who.record, quoted.who.by_card)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (DOWN, "CERTIFICATE-OFFLINE"),
        (on.CentreSilent(why="timeout"), "SALE-CENTRE-SILENT"),
        (on.PersonRefused(words="无此人"), "SALE-CENTRE-REFUSED"),
        (on.PersonRefused(insured=False), "SALE-NOT-INSURED"),
        (on.CertificateUnread(why=Refusal(refusals.ECERT_SILENT)), "ECERT-SILENT"),
        (replace(KNOWN, hotlisted=True), "CERTIFICATE-LISTED"),
    ],
)
def test_whatever_fails_cash_is_offered(event: on.Event, code: str) -> None:
    """Each in its own words; nothing has moved."""
    state, effects = receive(shown()[0], event)

    assert isinstance(state, SelfPayOffered)
    assert code == state.refusal.code
    assert () == effects


def test_the_line_goes_down_later() -> None:
    """Before the split and after the intent alike: no PIN is asked for an allowance that is on no card."""
    asking, _ = receive(shown()[0], KNOWN)
    early, nothing = receive(asking, DOWN)
    quoted, _ = receive(asking, on.PersonKnown(psn_no="1", insuplc_admdvs="990100", benefit=BENEFIT))
    intending, _ = receive(quoted, on.Confirmed(msgid="M", at="2026-03-02 09:00:00", tag=1))
    aborting, _ = receive(receive(intending, on.IntentDurable())[0], DOWN)
    late, none_either = receive(aborting, on.Committed())

    assert ["CERTIFICATE-OFFLINE"] * 2 == [state.refusal.code for state in (early, late) if isinstance(state, SelfPayOffered)]
    assert () == nothing == none_either


def test_doubts_come_first() -> None:
    """One open doubt blocks the account, by whatever certificate it is asked for."""
    known = next(event for event in event_pool(sample_sale()) if isinstance(event, on.CertificateKnown) and event.doubts)
    trying, effects = receive(shown()[0], known)
    blocked, _ = receive(trying, on.DoubtsTried(left=known.doubts))

    assert isinstance(trying, TryingDoubts)
    assert [do.TryDoubts] == [type(effect) for effect in effects]
    assert isinstance(blocked, SelfPayOffered)
    assert "SALE-DOUBT-OPEN" == blocked.refusal.code
