"""The checkout, explored exhaustively over a pool of events; and its diagram."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest

from settlement.checkout import effects as do
from settlement.checkout import events as on
from settlement.checkout.protocol import receive
from settlement.checkout.states import (
    FINAL,
    PERSON,
    AwaitingAnswer,
    Beginning,
    Booking,
    Debiting,
    DifferenceShown,
    Intending,
    LeftUnanswered,
    NotBooked,
    Quoted,
    Releasing,
    State,
)
from settlement.errors import ProtocolMisuse
from settlement.facts import CashReturned, DifferenceAnswered, Done, Fact, VoidIntended
from tests.world.explore import Transition, diagram, event_pool, explore, sample_sale

F = TypeVar("F", bound=Fact)
DIAGRAM = Path(__file__).parents[2] / "docs" / "checkout.md"
RESULTS: dict[type[do.Effect], tuple[type[on.Event], ...]] = {
    do.AskPin: (on.PinAccepted, on.PinWrong, on.PinBlocked, on.CardLeft),
    do.AskWho: (on.CertificateKnown, on.CertificateUnread, on.PersonRefused, on.CentreSilent, on.LineDown),
    do.TryDoubts: (on.DoubtsTried,),
    do.AskCentre: (on.PersonKnown, on.PersonRefused, on.CentreSilent, on.LineDown),
    do.ReturnAllowance: (on.AllowanceReturned, on.AllowanceKept),
    do.WriteIntent: (on.IntentDurable, on.JournalFailed),
    do.AwaitAnswer: (on.Accepted, on.Rejected, on.OutcomeUnknown, on.LineDown),
    do.BeginDebit: (on.DebitBegun, on.CardLeft),
    do.WriteCard: (on.CardRead, on.CardDebited, on.OutcomeUnknown),
    do.Commit: (on.Committed, on.JournalFailed),
    do.NameVoid: (on.VoidNamed,),
}


@pytest.fixture(scope="module")
def transitions() -> list[Transition]:
    """Return all that is reachable."""
    return explore()


def test_diagram_is_the_protocol() -> None:
    """``docs/checkout.md`` is what exploring the protocol gives (`make docs` writes it)."""
    assert diagram() == DIAGRAM.read_text(encoding="utf-8")


def test_exploration_reaches_every_state(transitions: list[Transition]) -> None:
    """No state is dead, and no final state accepts anything."""
    reached = {type(step.target) for step in transitions} | {type(step.source) for step in transitions}

    assert set() == set(State.__args__) - reached
    assert set() == {type(step.source) for step in transitions} & set(FINAL)


def test_every_result_of_an_effect_is_accepted(transitions: list[Transition]) -> None:
    """A driver that performs an effect may feed back any of its results: none is a misuse."""
    pool = event_pool(sample_sale())
    for step in transitions:
        awaited = [kind for effect in step.effects for kind in RESULTS.get(type(effect), ())]
        for kind in awaited:
            samples = [event for event in pool if isinstance(event, kind)]
            assert any(_accepts(step.target, event) for event in samples), (step.target, kind)


def test_nobody_waits_for_nothing(transitions: list[Transition]) -> None:
    """A state is final, waits for a person, or has an effect outstanding whose result is its next event."""
    for step in transitions:
        outstanding = any(type(effect) in RESULTS for effect in step.effects)

        assert outstanding != isinstance(step.target, (*FINAL, *PERSON)), step


def test_nothing_leaves_before_its_intent(transitions: list[Transition]) -> None:
    """Card and centre are reached only from a durable intent of exactly that sale (invariant 3)."""
    for step in transitions:
        for effect in step.effects:
            if isinstance(effect, do.WriteCard):
                assert isinstance(step.source, Intending)
                assert isinstance(step.event, on.IntentDurable)
                assert effect.plan == step.source.intent.card
            if isinstance(effect, do.AwaitAnswer) and isinstance(step.target, AwaitingAnswer):
                assert isinstance(step.source, Intending)


def test_goods_only_after_the_transaction(transitions: list[Transition]) -> None:
    """Goods and slip follow a transaction that is on disk, never anything else."""
    for step in transitions:
        if any(isinstance(effect, do.ReleaseGoods | do.PrintSlip) for effect in step.effects):
            assert isinstance(step.source, Booking)
            assert isinstance(step.event, on.Committed)


def test_only_settle_moves_money(transitions: list[Transition]) -> None:
    """An intent is written only when the customer saw the split and F8 was pressed."""
    for step in transitions:
        if any(isinstance(effect, do.WriteIntent) for effect in step.effects):
            assert isinstance(step.source, Quoted | Beginning)
            # Beginning is entered by F8 alone, and a card that debits itself is asked between the two.
            assert isinstance(step.event, on.Confirmed | on.DebitBegun)
        if isinstance(step.target, Beginning):
            assert isinstance(step.event, on.Confirmed)


def test_done_needs_proof(transitions: list[Transition]) -> None:
    """A sale is booked only on the centre's word or on a card that was read, or on a finding of these."""
    for step in transitions:
        booked = any(isinstance(fact, Done) for effect in step.effects if isinstance(effect, do.Commit) for fact in effect.facts)
        if booked and isinstance(step.source, Debiting):
            assert isinstance(step.event, on.CardRead | on.CardDebited)
        if booked and isinstance(step.source, AwaitingAnswer):
            assert isinstance(step.event, on.Accepted)


def test_a_difference_ends_in_goods_or_in_a_void(transitions: list[Transition]) -> None:
    """A yes gives the goods; a no and the void that releases what is booked are one transaction (invariant 11)."""
    yes = [step for step in transitions if any(fact.agreed for fact in _facts(step, DifferenceAnswered))]
    no = [step for step in transitions if any(not fact.agreed for fact in _facts(step, DifferenceAnswered))]

    assert yes
    for step in yes:
        assert isinstance(step.target, Booking)
        released = any(isinstance(effect, do.ReleaseGoods) for effect in step.target.effects)
        assert released != bool(_facts(step, CashReturned)), "goods, or cash against the slip whose goods are out"
    assert no
    for step in no:
        assert isinstance(step.source, Releasing | NotBooked)
        assert [fact.original for fact in _facts(step, VoidIntended)] == [fact.subject for fact in _facts(step, DifferenceAnswered)]


def test_nobody_waits_for_a_void_that_releases(transitions: list[Transition]) -> None:
    """What a checkout releases goes up when the line can: as a live request it would be given up when the line is down."""
    lanes = {fact.way for step in transitions for fact in _facts(step, VoidIntended)}

    assert {"backlog"} == lanes


def test_no_difference_is_passed_over(transitions: list[Transition]) -> None:
    """No sale that was booked at the counter with other figures goes on to goods or to its end without the question."""
    differing = [step for step in transitions if any(fact.differs and not fact.late for fact in _facts(step, Done))]
    assert differing
    for step in differing:
        assert isinstance(step.target, Booking)
        assert isinstance(step.target.then, DifferenceShown)
        assert step.target.then.because is not None
        assert () == step.target.effects
    left = [step for step in transitions if isinstance(step.target, LeftUnanswered)]
    assert left
    assert all(isinstance(step.source, DifferenceShown) and () == step.effects for step in left)


def test_misuse_changes_nothing() -> None:
    """An event that a state does not accept raises and names both."""
    final = next(step.target for step in explore() if isinstance(step.target, FINAL))

    with pytest.raises(ProtocolMisuse, match="does not accept"):
        receive(final, on.Committed())


def _facts(step: Transition, kind: type[F]) -> list[F]:
    """Return the facts of a kind that a step has written."""
    return [fact for effect in step.effects if isinstance(effect, do.Commit) for fact in effect.facts if isinstance(fact, kind)]


def _accepts(state: State, event: on.Event) -> bool:
    try:
        receive(state, event)
    except ProtocolMisuse:
        return False
    return True
