"""From facts to the journal's entries: the one place where the two vocabularies meet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from offline_queue.journal import Entry
from settlement.facts import CardSteps, Fact, SaleIntended, VoidIntended
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
