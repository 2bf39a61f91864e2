"""Cards, tills and centre in any order of sales, tears, losses and delays: the money stays whole.

Invariant 1 of the commit protocol after every step, and invariant 2 for a card that can be read: it holds its
earmark less the debits that have not reached the centre.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nhsa import correction
from nhsa.settlement import SetlInfo
from settlement.allowance import CardRecord
from tests.clearing.counter import ACCOUNT_FEN, ANNA, Counter, Office, debit, on_card, sale

AMOUNTS = st.integers(1, 300_00)
SAFE = timedelta(days=90 + 30)
"""The pack's allowance_days and doubt_days: no earmark is returned for being overdue before."""
WRITTEN = ("written",) * 4
"""Most writes come to their end, else no sale of one generation ever meets the next."""
ENDS_OF_REFRESH = (*WRITTEN, "nothing written", "counter 0", "counter 0, new amount", "generation unreadable")
ENDS_OF_SALE = (*WRITTEN, "nothing written", "counter only", "amount unreadable")


@dataclass(slots=True)
class Waiting:
    """An off-line sale in some till's queue, of an allowance granted on ``granted``."""

    granted: datetime
    generation: int
    counter: int
    fen: int
    msgid: str


@dataclass(slots=True)
class Standing:
    """A settlement that may still be undone."""

    msgid: str
    answer: SetlInfo


@dataclass(slots=True)
class World:
    """What the tills know and the card holds."""

    office: Office
    counter: Counter
    card: CardRecord = field(default_factory=lambda: on_card(0, 0, 0))
    queue: list[Waiting] = field(default_factory=list)
    done: list[Standing] = field(default_factory=list)
    granted: dict[int, datetime] = field(default_factory=dict)


class Money(RuleBasedStateMachine):
    """One person, one card, one account."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        office = Office(self.directory)
        self.world = World(office, office.counter())

    def teardown(self) -> None:
        """Remove the centre."""
        self.world.office.database.close()
        shutil.rmtree(self.directory)

    @initialize(limit_fen=AMOUNTS)
    def first_refresh(self, limit_fen: int) -> None:
        """Begin with an allowance, else little happens."""
        self.refresh(limit_fen, "written", shown=True)

    @rule(limit_fen=st.integers(0, 500_00), end=st.sampled_from(ENDS_OF_REFRESH), shown=st.booleans())
    def refresh(self, limit_fen: int, end: str, *, shown: bool) -> None:
        """Ask for a generation; write all of it, part of it, or nothing; the evidence may be lost."""
        world = self.world
        grant = world.counter.refresh(world.card, limit_fen=limit_fen)
        fresh = replace(world.card, generation=grant.generation, counter=0)
        world.granted[grant.generation] = world.office.clock.now()
        match end:
            case "counter 0":
                world.card = fresh
            case "counter 0, new amount":
                world.card = replace(fresh, amount_fen=grant.grant_fen)
            case "generation unreadable":
                world.card = replace(world.card, generation=None, counter=None)
            case "written":
                world.card = on_card(grant.generation, 1, grant.grant_fen)
        if shown:
            free_fen = world.counter.show(world.card)
            assert end != "written" or grant.available_fen == free_fen

    @precondition(lambda self: bool(self.world.card.counter and self.world.card.amount_fen))
    @rule(part=st.integers(1, 100), end=st.sampled_from(ENDS_OF_SALE))
    def sell_off_line(self, part: int, end: str) -> None:
        """Debit the card; what is written whole goes into a queue."""
        world, card = self.world, self.world.card
        assert card.generation is not None
        assert card.counter is not None
        assert card.amount_fen is not None
        fen = max(1, card.amount_fen * part // 100)
        counted = replace(card, counter=card.counter + 1)
        match end:
            case "counter only":
                world.card = counted
            case "amount unreadable":
                world.card = replace(counted, amount_fen=None)
            case "written":
                world.card = replace(counted, amount_fen=card.amount_fen - fen)
                world.queue.append(Waiting(world.granted[card.generation], card.generation, card.counter, fen, world.counter.new_msgid()))

    @precondition(lambda self: bool(self.world.queue))
    @rule(which=st.integers(0, 99), claimed=st.sampled_from((50, 100, 150)), copies=st.integers(1, 2))
    def upload(self, which: int, claimed: int, copies: int) -> None:
        """Bring one sale of the queue to the centre, in any order, perhaps doubled, for a smaller or larger claim."""
        waiting = self.world.queue.pop(which % len(self.world.queue))
        claim_fen = max(1, waiting.fen * claimed // 100)
        content = sale(claim_fen, debit=debit(waiting.generation, waiting.counter, waiting.fen))
        answers = [self.world.counter.sell(content, msgid=waiting.msgid) for _ in range(copies)]
        assert [answers[0]] * copies == answers
        if self.world.office.clock.now() - waiting.granted < SAFE:
            # The shop is paid what it accepted within the allowance, however late and in whatever order it comes.
            assert min(claim_fen, waiting.fen) == answers[0].acct_pay
        self.world.done.append(Standing(waiting.msgid, answers[0]))

    @rule(fen=AMOUNTS)
    def sell_on_line(self, fen: int) -> None:
        """Spend what is available."""
        msgid = self.world.counter.new_msgid()
        self.world.done.append(Standing(msgid, self.world.counter.sell(sale(fen), msgid=msgid)))

    @precondition(lambda self: bool(self.world.done))
    @rule(which=st.integers(0, 99), by_2601=st.booleans())
    def undo(self, which: int, *, by_2601: bool) -> None:
        """Reverse a settlement, or correct it away."""
        standing = self.world.done.pop(which % len(self.world.done))
        if by_2601:
            content = correction.correction_input(psn_no=ANNA.psn_no, omsgid=standing.msgid, oinfno="2102")
            assert 0 == self.world.counter.ask("2601", content).infcode
        else:
            self.world.counter.void(standing.answer)

    @rule()
    def show(self) -> None:
        """Show the card to the centre."""
        self.world.counter.show(self.world.card)

    @rule(days=st.integers(1, 60))
    def let_time_pass(self, days: int) -> None:
        """Wait; what is overdue returns at the next request."""
        self.world.office.clock.step(days=days)
        self.world.counter.ask("1101", {"data": {}})

    @invariant()
    def money_is_whole(self) -> None:
        """Hold invariant 1: ledger = available + Σ earmarks, none below 0; and every movement adds up to zero."""
        ledger = self.world.office.ledger()
        person = self.world.office.person()
        held = [person["available_fen"], *(row["open_fen"] for row in person["earmarks"])]
        assert ledger["balanced"]
        assert person["ledger_fen"] == sum(held)
        assert 0 <= min(held)
        assert person["ledger_fen"] == ACCOUNT_FEN - sum(standing.answer.acct_pay for standing in self.world.done)

    @invariant()
    def card_holds_its_earmark_less_what_waits(self) -> None:
        """Hold invariant 2, as long as no earmark has been returned for being overdue."""
        world, card = self.world, self.world.card
        if not card.readable or not card.counter:
            return
        earmarks = [row for row in world.office.person()["earmarks"] if row["generation"] == card.generation]
        if not earmarks or earmarks[-1]["state"] == "closed":
            return
        waiting_fen = sum(waiting.fen for waiting in world.queue if waiting.generation == card.generation)
        assert card.amount_fen == earmarks[-1]["open_fen"] - waiting_fen


TestMoney = Money.TestCase
TestMoney.settings = settings(max_examples=15, stateful_step_count=20)
