"""From facts to the journal's entries: the one place where the two vocabularies meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from offline_queue.journal import Entry
from settlement.day_facts import Tendered, tender
from settlement.facts import CardSteps, CashReturned, CashSold, Done, Fact, SaleIntended, VoidIntended
from terminal.cards.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The person that records are about: kept beside the record, never in it."""

    certno: str
    psn_name: str = ""
    card_no: str = ""
    card_sn: str = ""
    psn_no: str = ""
    insuplc_admdvs: str = ""

    def private(self) -> dict[str, Any]:
        """Return the personal fields as the journal's side table keeps them."""
        return {
            "certno": self.certno,
            "psn_name": self.psn_name,
            "card_no": self.card_no,
            "card_sn": self.card_sn,
            "psn_no": self.psn_no,
            "insuplc_admdvs": self.insuplc_admdvs,
        }


def entries(facts: Iterable[Fact], owner: Owner | None) -> list[Entry]:
    """Return the facts as entries; an intent carries its person, other facts follow their subject's."""
    return [_entry(fact, owner) for fact in facts]


def with_steps(written: list[Entry], trace: Trace | None) -> list[Entry]:
    """Return ``written`` with what was said to the cards since: for the same transaction, so that it costs no flush of its own."""
    subject = written[0].subject
    steps = trace.untold(subject) if trace is not None else ()
    return [*written, *entries((CardSteps(subject=subject, steps=steps),), None)] if steps else written


def _entry(fact: Fact, owner: Owner | None) -> Entry:
    about = owner if owner is not None and isinstance(fact, SaleIntended | VoidIntended) else None
    return Entry(
        kind=fact.kind,
        subject=fact.subject,
        body=fact.body(),
        private=about.private() if about else None,
        owner=about.certno if about else "",
    )


def tenders(facts: tuple[Fact, ...], received: Callable[[int], int]) -> tuple[Tendered, ...]:
    """Return what was handed over for the cash that these facts book; ``received`` says it of an amount due, 0 = not counted."""
    if any(isinstance(fact, CashReturned) for fact in facts):
        # A slip that is settled later gives cash back.
        return ()
    given = (tender(fact.subject, due_fen=due, received_fen=received(due)) for fact in facts if (due := _cash_due_fen(fact)) > 0)
    return tuple(fact for fact in given if isinstance(fact, Tendered))


def _cash_due_fen(fact: Fact) -> int:
    match fact:
        case CashSold():
            return fact.amount_fen
        case Done() if fact.infno == "2102" and not fact.late:
            return fact.figures.psn_cash_pay + fact.outside_fen
        case _:
            return 0
