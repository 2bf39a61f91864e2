"""One lane's way to the centre: envelope, sign-in and the meaning of what comes back.

What is frozen is the request; the envelope is made anew for every attempt. Signing in is shared by all
lanes: whoever is refused for it signs in once for all.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Literal

from config.clock import Clock
from config.log_file import Events
from config.settings import Settings
from nhsa import extension, session
from nhsa.envelope import Request
from nhsa.outcome import Accepted, Exchange, NoAnswer, NotSent, Outcome, Rejected, Retry, Unknown, Unreachable, classify
from offline_queue.gateways.dialects import Dialect, NoPath
from offline_queue.gateways.http import HttpGateway
from offline_queue.journal import Journal

_EVENTS = Events("line")
_NO_PATH = "NoPath "
LineState = Literal["up", "down", "unknown"]


@dataclass(slots=True)
class Line:
    """What the sender sees of the line, shared by its lanes."""

    clock: Clock
    state: LineState = "unknown"
    since: str = ""
    words: str = ""
    changed: threading.Event = field(default_factory=threading.Event)

    def saw(self, exchange: Exchange) -> None:
        """Draw the conclusion from one exchange."""
        match exchange:
            case NotSent():
                state: LineState = "down"
            case NoAnswer():
                state = "unknown"
            case _:
                state = "up"
        if state != self.state:
            _EVENTS.write("line", state=state, was=self.state)
            self.state, self.since = state, self.clock.now().isoformat(timespec="seconds")
            self.changed.set()


@dataclass(slots=True)
class SignOn:
    """The sign-in that all lanes share."""

    number: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Courier:
    """One connection and what is sent over it."""

    def __init__(self, settings: Settings, journal: Journal, clock: Clock, line: Line, sign_on: SignOn, dialect: Dialect) -> None:
        self._settings = settings
        self._journal = journal
        self._clock = clock
        self._line = line
        self._sign_on = sign_on
        self._dialect = dialect
        centre = settings.centre
        self._gateway = HttpGateway(centre.url, connect_s=centre.connect_s, exchange_s=centre.exchange_s, byte_cap=centre.byte_cap)

    def cut(self) -> None:
        """Send nothing any more; what is under way ends at once, as what it is."""
        self._gateway.cut()

    def close(self) -> None:
        """Cut, wait for what is under way, and let the connection go."""
        self._gateway.close()

    def ask(self, infno: str, content: dict[str, Any], *, insuplc_admdvs: str = "") -> Outcome:
        """Ask something that changes nothing that must not be asked twice; sign in when that is refused."""
        outcome = self.deliver(infno, self._journal.notes.issue_msgid(writer="sender"), content, insuplc_admdvs=insuplc_admdvs)
        if isinstance(outcome, Retry) and outcome.why == "sign_in" and isinstance(self.sign_in(), Accepted):
            msgid = self._journal.notes.issue_msgid(writer="sender")
            return self.deliver(infno, msgid, content, insuplc_admdvs=insuplc_admdvs)
        return outcome

    def deliver(self, infno: str, msgid: str, content: dict[str, Any], *, insuplc_admdvs: str = "", first_delivery: bool = True) -> Outcome:
        """Make one attempt under ``msgid`` and return what it proves."""
        if not self._sign_on.number and infno != "9001":
            signed = self.sign_in()
            if not isinstance(signed, Accepted):
                return _not_signed_in(signed)
        envelope = self._envelope(infno, msgid, content, insuplc_admdvs)
        exchange = self._exchange(infno, envelope)
        if not self._gateway.is_cut and not _is_unsendable(exchange):
            # What we cut ourselves, or never tried, says nothing of the line.
            self._line.saw(exchange)
        outcome = classify(
            infno,
            exchange,
            msgid=msgid,
            first_delivery=first_delivery,
            words=self._settings.centre.refusals,
            content=content,
            dedups_msgid=self._settings.centre.capabilities.dedups_msgid,
        )
        self._line.words = getattr(outcome, "words", "")
        return outcome

    def _exchange(self, infno: str, envelope: Request) -> Exchange:
        own = self._settings.centre.envelope
        body = envelope.encode(own.extra, input_as_text=own.input_as == "text")
        try:
            dressed = self._dialect.dress(infno, body, self._clock.now())
        except NoPath:
            return NotSent(why=f"{_NO_PATH}{infno}")
        return self._gateway.exchange(body, path=dressed.path, headers=dressed.headers)

    def sign_in(self) -> Outcome:
        """Sign in (9001), once for all lanes, and learn what the centre offers."""
        stale = self._sign_on.number
        with self._sign_on.lock:
            if self._sign_on.number != stale:
                return Accepted(output={})
            self._sign_on.number = ""
            content = session.sign_in_input(self._settings.counter.operator)
            outcome = self.deliver("9001", self._journal.notes.issue_msgid(writer="sender"), content)
            _EVENTS.write("sign-in", outcome=type(outcome).__name__, why=getattr(outcome, "why", ""))
            if not isinstance(outcome, Accepted):
                return outcome
            try:
                signed = session.read_sign_in(outcome.output)
                self._learn(signed.exp_content)
            except ValueError:
                # No sign-in, or an offer under another key than the one that was pinned: nothing is sent there.
                return Unknown(why="NoSignIn")
            self._sign_on.number = signed.sign_no
            return outcome

    def _learn(self, exp_content: str) -> None:
        """Believe an offer only under the key that was pinned when it was first made."""
        offer = extension.read_offer(exp_content)
        notes = self._journal.notes
        if offer is None:
            notes.centre(signed_time=notes.sender_status().signed_time, extension=False)
            return
        pinned = notes.get("centre key").get("public_key", "") or offer.public_key
        extension.verify(pinned, offer.signature, "time", offer.signed_time)
        notes.put("centre key", {"public_key": pinned})
        notes.centre(signed_time=offer.signed_time, extension=True)

    def _envelope(self, infno: str, msgid: str, content: dict[str, Any], insuplc_admdvs: str) -> Request:
        counter, envelope = self._settings.counter, self._settings.centre.envelope
        return Request(
            infno=infno,
            msgid=msgid,
            mdtrtarea_admvs=counter.admdvs,
            insuplc_admdvs=insuplc_admdvs,
            recer_sys_code=envelope.recer_sys_code,
            dev_no=envelope.dev_no,
            signtype=envelope.signtype,
            infver=envelope.infver,
            opter_type=envelope.opter_type,
            opter=counter.operator,
            opter_name=counter.operator_name,
            inf_time=self._clock.now().strftime("%Y-%m-%d %H:%M:%S"),
            fixmedins_code=counter.fixmedins_code,
            fixmedins_name=counter.fixmedins_name,
            sign_no=self._sign_on.number,
            input=content,
        )


def _is_unsendable(exchange: Exchange) -> bool:
    return isinstance(exchange, NotSent) and exchange.why.startswith(_NO_PATH)


def _not_signed_in(outcome: Outcome) -> Outcome:
    """Return what a failed sign-in means for the request that was not sent because of it."""
    match outcome:
        case Unreachable():
            return outcome
        case Rejected(words=words) | Retry(words=words):
            return Retry(why="sign_in", words=words)
        case _:
            # Only the sign-in is unknown; the request itself surely stayed here.
            return Retry(why="unsent", words=getattr(outcome, "why", ""))
