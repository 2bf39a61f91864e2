"""Card-in: who is it, before any PIN. Identity from the card, balance and year from the centre when the line is up."""

from __future__ import annotations

from dataclasses import dataclass, replace

from offline_queue.journal import Journal
from settlement import refusals
from settlement.checkout.events import PersonRefused
from settlement.drugs import NOBODY, Insured
from settlement.errors import Refusal
from terminal import journal_view
from terminal.bookkeeping import Owner
from terminal.centre_line import Known
from terminal.certificates import Certificate, Scanned, Shown
from terminal.counter import Counter
from terminal.paper.masks import mask_name, mask_number
from terminal.presenting import why_unknown
from terminal.screen.account_news import AccountTold
from terminal.screen.news import PersonShown


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A card that was put in, or a certificate in its place: who it is to the desk, and what of that the screen may show."""

    owner: Owner
    valid_until: str
    """``yyyyMMdd``; empty without a card."""
    shown: PersonShown
    certificate: Certificate | None = None


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
    )
    owner = Owner(certno=holder.certno, psn_name=holder.psn_name, card_no=holder.card_no, card_sn=holder.card_sn)
    arrival = Arrival(owner=owner, valid_until=holder.valid_until, shown=shown)
    return replace(arrival, shown=replace(shown, refusal=_refusal(counter, arrival)))


def present(counter: Counter, number: int, presented: Shown) -> Arrival | Refusal:
    """Take a certificate in place of the card and ask whose it is; ``number`` as in :func:`identify`."""
    certificate = counter.decoder.decode(presented) if isinstance(presented, Scanned) else presented
    if isinstance(certificate, Refusal):
        return certificate
    owner = counter.line.whose(certificate)
    if not isinstance(owner, Owner):
        return why_unknown(owner)
    shown = PersonShown(
        arrival=number,
        name=mask_name(owner.psn_name),
        sex="1" if int(owner.certno[-2]) % 2 else "2",
        age=_age(owner.certno, counter.today),
        certno=mask_number(owner.certno),
        card="",
        certificate=certificate.mdtrt_cert_type,
    )
    arrival = Arrival(owner=owner, valid_until="", shown=shown, certificate=certificate)
    return replace(arrival, shown=replace(shown, refusal=_refusal(counter, arrival)))


def ask_centre(counter: Counter, arrival: Arrival) -> PersonShown:
    """Return the person with what 1101 and 5206 tell: who it is and what is left, or that the centre refuses.

    When they tell nothing, what was known before may have been spent: only a refusal stands.
    """
    shown = arrival.shown
    own = _refusal(counter, arrival)
    if own is not None:
        return replace(shown, benefit=None, refusal=own)
    found = counter.line.person(arrival.owner, "")
    if isinstance(found, PersonRefused):
        return replace(shown, benefit=None, silent=False, refusal=found.refusal)
    if not isinstance(found, Known):
        return replace(shown, benefit=None, silent=True)
    return replace(
        shown,
        refusal=None,
        silent=False,
        psn_type=found.benefit.psn_type,
        insutype=found.insutype,
        insuplc_admdvs=found.owner.insuplc_admdvs,
        benefit=found.benefit,
        told=AccountTold(at=counter.at, benefit=found.benefit, schemes=found.schemes),
    )


def doubts_by_card(journal: Journal, certno: str) -> list[str]:
    """Return this person's open doubts that their card can resolve, oldest first."""
    return [
        folded.subject
        for folded in journal_view.unfinished_sales(journal, certno=certno)
        if folded.intent is not None and getattr(folded.intent, "card", None) is not None
    ]


def insured(arrival: Arrival | None) -> Insured:
    """Return who the sale is for, as the rules of drugs ask it."""
    return Insured(psn_name=arrival.owner.psn_name, certno=arrival.owner.certno) if arrival is not None else NOBODY


def _refusal(counter: Counter, arrival: Arrival) -> Refusal | None:
    owner, by_card = arrival.owner, arrival.certificate is None
    if by_card and arrival.valid_until < counter.today.replace("-", ""):
        return Refusal(refusals.CARD_EXPIRED, {"until": arrival.valid_until})
    if counter.journal.notes.hotlisted(*filter(None, (owner.card_no, owner.certno))):
        version = str(counter.line.hotlist().version)
        return Refusal(refusals.CARD_HOTLISTED if by_card else refusals.CERTIFICATE_LISTED, {"version": version})
    return None


def _age(certno: str, today: str) -> int:
    """Return the age in whole years: the citizen number holds the day of birth (GB 11643)."""
    born = certno[6:14]
    return int(today[:4]) - int(born[:4]) - (today[5:7] + today[8:10] < born[4:])
