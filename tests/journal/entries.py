"""A clock set by hand, and the entries that a till and a sender write: what the tests of the journal share."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from config.clock import CHINA
from config.entropy import SeededEntropy
from offline_queue.journal import CounterIdentity, Entry, Journal
from offline_queue.journal.values import Role
from settlement.facts import Done, RefreshIntended, SaleIntended, VoidIntended, Way
from settlement.figures import Figures
from tests.world.explore import AT, HOTLIST, OLD, sample_sale

COUNTER = CounterIdentity(fixmedins_code="P99010000001", till="01")
FIGURES = Figures(medfee_sumamt=2500, inscp_scp_amt=2500, psn_part_amt=2500, acct_pay=2500)
PERSON = {"certno": "990100197001010000", "psn_name": "演示甲"}
OTHER = {"certno": "990100197001010001", "psn_name": "演示乙"}
ONE, TWO, THREE, VOID, VOID_2 = (f"P990100000012026030209000001{n:02d}" for n in range(5))


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, 0, tzinfo=CHINA)
        self.ticks = self.step_s = 0.0

    def now(self) -> datetime:
        """Return what was set."""
        return self.at

    def monotonic(self) -> float:
        """Return what was set."""
        return self.ticks

    def set_by(self) -> float:
        """Return what was set."""
        return self.step_s


def opened(directory: Path, role: Role = "till", clock: Hand | None = None) -> Journal:
    """Open the journal of the test's counter."""
    return Journal(directory, role=role, clock=clock or Hand(), entropy=SeededEntropy("t"), counter=COUNTER)


def sale(subject: str, way: Way = "online", person: dict[str, str] = PERSON) -> Entry:
    """Return the intent of a sale."""
    intent = SaleIntended(
        subject=subject,
        way=way,
        at=AT,
        bill=sample_sale().bill,
        figures=FIGURES,
        left_out=(),
        pack="990100/2023-02-01",
        explanation="",
        hotlist=HOTLIST,
    )
    return Entry(kind=intent.kind, subject=subject, body=intent.body(), private=person, owner=person["certno"])


def done(subject: str, *, offline: bool = False) -> Entry:
    """Return the booking of a sale."""
    fact = Done(subject=subject, infno="2102", figures=FIGURES, outside_fen=0, offline=offline)
    return Entry(kind=fact.kind, subject=subject, body=fact.body())


def offline_sale(journal: Journal, subject: str, person: dict[str, str] = PERSON) -> None:
    """Book a whole off-line sale."""
    journal.commit([sale(subject, "allowance", person)])
    journal.commit([done(subject, offline=True)])


def void(subject: str, original: str, person: dict[str, str] = PERSON) -> Entry:
    """Return the intent of a void on the backlog."""
    fact = VoidIntended(subject=subject, at=AT, original=original, way="backlog", figures=FIGURES.negated(), outside_fen=0, why="customer")
    return Entry(kind=fact.kind, subject=subject, body=fact.body(), private=person, owner=person["certno"])


def void_done(subject: str) -> Entry:
    """Return the booking of a void."""
    fact = Done(subject=subject, infno="2103", figures=FIGURES.negated(), outside_fen=0, offline=True)
    return Entry(kind=fact.kind, subject=subject, body=fact.body())


def refresh(subject: str) -> Entry:
    """Return the intent of a refresh."""
    fact = RefreshIntended(subject=subject, at=AT, before=OLD, generation=3, grant_fen=5000, not_after="5", tag=9)
    return Entry(kind=fact.kind, subject=subject, body=fact.body(), private=PERSON, owner=PERSON["certno"])


def ended(subject: str, kind: str) -> Entry:
    """Return ``refused``, ``aborted`` or ``cancelled``."""
    return Entry(kind=kind, subject=subject, body={"words": "", "why": ""})


def sending(subject: str, attempt: int = 1) -> Entry:
    """Return the sender's record before an attempt."""
    return Entry(kind="sending", subject=subject, body={"attempt": attempt, "infno": "2102"})


def answered(subject: str, outcome: str, figures: Figures = FIGURES) -> Entry:
    """Return what the sender writes of an attempt's outcome."""
    accepted = outcome == "accepted"
    body = {
        "infno": "2102",
        "outcome": outcome,
        "found_by": "reply",
        "figures": asdict(figures) if accepted else None,
        "setl_id": "S1" if accepted else "",
        "mdtrt_id": "M1" if accepted else "",
        "words": "",
    }
    return Entry(kind="answered", subject=subject, body=body)
