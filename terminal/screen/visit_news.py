"""What a clinic's desk tells its screen of visits, beside what every counter tells (:mod:`terminal.screen.news`). Values only."""

from __future__ import annotations

from dataclasses import dataclass

from terminal.open_visit import Registering


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One registration of a person at this till."""

    at: str
    registration: Registering
    queue: str = ""
    """Its queue number; empty while it is not settled."""
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorKnown:
    """What this till knows of the visits of the person whose card is in."""

    arrival: int
    """As in :class:`terminal.screen.news.PersonShown`."""
    today: tuple[Registered, ...] = ()
    """Today's, oldest first."""
    last: Registering | None = None
    """What was taken last and not cancelled, on any day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTaken:
    """How many have registered for one offer in this half-day."""

    key: tuple[str, str, str]
    """Department, doctor, fee class."""
    count: int


@dataclass(frozen=True, slots=True)
class QuotaTaken:
    """What of this half-day is taken, offer by offer; an offer that is not named has nobody yet."""

    offers: tuple[OfferTaken, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a visit's slip says beside its money."""

    registration: Registering
    visit_no: str
    """``ipt_otp_no``."""
    queue: str = ""
    """Queue number; empty for a charge of a visit that was registered before."""
