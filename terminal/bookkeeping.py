"""From facts to the journal's entries: the one place where the two vocabularies meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from nhsa import codes
from nhsa.codes import CertType
from nhsa.registration import Presented
from offline_queue.journal import Entry
from settlement.day_facts import Tendered, dispensed, tender
from settlement.drugs import Papers
from settlement.facts import SALES, CardSteps, CashReturned, CashSold, Done, Fact, SaleIntended, VoidIntended
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
    mdtrt_cert_type: CertType = codes.CARD
    mdtrt_cert_no: str = field(default="", repr=False)
    """What was presented in place of the card; empty by card, whose number is ``card_no``."""

    @property
    def presented(self) -> Presented:
        """What a request says of the person and the certificate."""
        return Presented(psn_no=self.psn_no, mdtrt_cert_type=self.mdtrt_cert_type, mdtrt_cert_no=self.mdtrt_cert_no or self.card_no)

    def private(self) -> dict[str, Any]:
        """Return the personal fields as the journal's side table keeps them; the certificate where it was not the card."""
        other = {"mdtrt_cert_type": self.mdtrt_cert_type, "mdtrt_cert_no": self.mdtrt_cert_no} if self.mdtrt_cert_no else {}
        return {
            **other,
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


def seen(facts: Iterable[Fact], papers: Papers) -> list[Entry]:
    """Return what was seen on paper for the sale that ``facts`` begin, to be kept in the same transaction; nothing when nothing was.

    A buyer is a person's own: beside the record, and erased with that person. The patient is who the card is of; for cash the
    prescription itself is kept on paper.
    """
    if papers.empty:
        return []
    buyer = papers.buyer
    private = None if buyer is None else {"buyer_name": buyer.psn_name, "buyer_certno": buyer.certno}
    owner = "" if buyer is None else buyer.certno
    begun = [dispensed(fact.subject, papers) for fact in facts if isinstance(fact, SaleIntended | CashSold)]
    return [Entry(kind=fact.kind, subject=fact.subject, body=fact.body(), private=private, owner=owner) for fact in begun]


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
        case Done() if fact.infno in SALES and not fact.late:
            return fact.figures.psn_cash_pay + fact.outside_fen
        case _:
            return 0
