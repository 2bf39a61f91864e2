"""Card-in: who is it, before any PIN. Identity from the card, balance and year from the centre when the line is up."""

from __future__ import annotations

from dataclasses import dataclass, replace

from offline_queue.journal import Journal
from settlement import refusals
from settlement.checkout.events import PersonRefused
from settlement.errors import Refusal
from terminal import journal_view
from terminal.bookkeeping import Owner
from terminal.cards.services import CardHolder
from terminal.centre_line import Known
from terminal.counter import Counter
from terminal.paper.masks import mask_name, mask_number
from terminal.screen.news import PersonShown


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A card that was put in: who it is to the desk, and what of that the screen may show."""

    holder: CardHolder
    shown: PersonShown


def identify(counter: Counter, number: int) -> Arrival:
    """Read the card in an exclusive session of its own and let it go; ``number`` names this insertion. Raises :class:`CardError`."""
    card = counter.open_card()
    try:
        holder = card.identify()
    finally:
        card.close()
    shown = PersonShown(
        arrival=number,
        name=mask_name(holder.psn_name),
        sex="1" if holder.gend == "1" else "2",
        age=_age(holder.certno, counter.today),
        certno=mask_number(holder.certno),
        card=mask_number(holder.card_no),
        refusal=_refusal(counter, holder),
    )
    return Arrival(holder=holder, shown=shown)


def ask_centre(counter: Counter, arrival: Arrival, insutype: str) -> PersonShown:
    """Return the person with what 1101 and 5206 tell: who it is and what is left, or that the centre refuses.

    When they tell nothing, what was known before may have been spent: only a refusal stands.
    """
    holder, shown = arrival.holder, arrival.shown
    own = _refusal(counter, holder)
    if own is not None:
        return replace(shown, benefit=None, refusal=own)
    owner = Owner(certno=holder.certno, psn_name=holder.psn_name, card_no=holder.card_no, card_sn=holder.card_sn)
    found = counter.line.person(owner, insutype)
    if isinstance(found, PersonRefused):
        return replace(shown, benefit=None, silent=False, refusal=Refusal(refusals.CENTRE_REFUSED, {"words": found.words}))
    if not isinstance(found, Known):
        return replace(shown, benefit=None, silent=True)
    return replace(
        shown,
        refusal=None,
        silent=False,
        psn_type=found.benefit.psn_type,
        insuplc_admdvs=found.owner.insuplc_admdvs,
        benefit=found.benefit,
    )


def doubts_by_card(journal: Journal, holder: CardHolder) -> list[str]:
    """Return this person's open doubts that their card can resolve, oldest first."""
    return [
        folded.subject
        for folded in journal_view.unfinished_sales(journal, certno=holder.certno)
        if folded.intent is not None and getattr(folded.intent, "card", None) is not None
    ]


def _refusal(counter: Counter, holder: CardHolder) -> Refusal | None:
    if holder.valid_until < counter.today.replace("-", ""):
        return Refusal(refusals.CARD_EXPIRED, {"until": holder.valid_until})
    if counter.journal.notes.hotlisted(holder.card_no, holder.certno):
        return Refusal(refusals.CARD_HOTLISTED, {"version": str(counter.line.hotlist().version)})
    return None


def _age(certno: str, today: str) -> int:
    """Return the age in whole years: the citizen number holds the day of birth (GB 11643)."""
    born = certno[6:14]
    return int(today[:4]) - int(born[:4]) - (today[5:7] + today[8:10] < born[4:])
