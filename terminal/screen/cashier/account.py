"""F9: what is known of a person's account and card, what this interface does not know, and what can be done with card or certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement import refusals
from settlement.errors import Refusal
from settlement.masks import mask_number
from settlement.money import format_yuan
from settlement.policy import Policy
from terminal.certificates import Certificate, Scanned, Shown, by_identity_number, type_of
from terminal.screen.account_news import AccountTold
from terminal.screen.cashier.mode import Mode, named_key
from terminal.screen.cashier.panels import ReadingMode, standing
from terminal.screen.cashier.pin_work import SeenMode
from terminal.screen.cashier.view import KeyView, Panel
from terminal.screen.literal import folded, literal, width
from terminal.screen.news import AccountRow
from terminal.screen.orders import ChangePin, Present, PutAside, ReadInside
from terminal.screen.paint import Column, Row, Span, pair, row, table
from terminal.screen.scan import normal
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier

_ELSEWHERE = "12333"
"""The hotline of the human-resources and social-security authorities."""
_SCANNED_MOST, _NUMBER_MOST = 4000, 18


class AccountMode(ReadingMode):
    """Balance, the year, schemes, the last settlements here; and a digit for each thing that can be done."""

    decides = True

    def __init__(self, till: Cashier, history: tuple[AccountRow, ...]) -> None:
        super().__init__(till)
        self._history = history

    @property
    def title(self) -> str:  # type: ignore[override]
        """Whose account."""
        person = self.till.person
        return f"{tr('Account')}  {literal(person.name)}" if person else tr("Account")

    def type(self, text: str) -> None:
        """Take a digit of the choices."""
        person = self.till.person
        by_card = person is not None and not person.certificate
        match text:
            case "1" if by_card:
                self.till.order(ReadInside())
            case "2" if by_card:
                self.till.order(ChangePin("change"))
            case "3" if person is None or by_card:
                self.till.enter(SeenMode(self.till, "activation"))
            case "6" if by_card:
                self.till.enter(SeenMode(self.till, "unblock"))
            case "7" if by_card:
                self.till.enter(SeenMode(self.till, "reload"))
            case "4":
                self.till.enter(ScanMode(self.till))
            case "5":
                self.till.enter(NumberMode(self.till))
            case "0" if person is not None and person.certificate:
                self.till.order(PutAside())

    def rows(self, columns: int) -> list[Row]:
        """Return what is known, what is not, and the history."""
        person = self.till.person
        if person is None:
            rows = said(tr("Put the card in first, or take another certificate:"), "attention", columns)
            return [*rows, row(""), *self._choices(columns, by_card=False, certificate=False)]
        rows = self._account(columns)
        rows += [row(""), *self._choices(columns, by_card=not person.certificate, certificate=bool(person.certificate))]
        unknown = tr("Pension, unemployment and work-injury accounts: ask {hotline}, not known here")
        rows += said(unknown.format(hotline=_ELSEWHERE), "dim", columns)
        history = self._settlements(columns)
        return [*rows, row(""), *history] if history else rows

    def _account(self, columns: int) -> list[Row]:
        person = self.till.person
        told = person.told if person is not None else None
        if told is None:
            return said(tr("The centre keeps the balance and does not answer now."), "attention", columns)
        old = person is not None and person.benefit is None
        rows = []
        if old:
            rows = said(
                tr("No answer now: this is of {at}, and may be spent since.").format(at=told.at[5:16].replace("T", " ")),
                "attention",
                columns,
            )
        return [*rows, *_told(told, columns, old=old)]

    def _choices(self, columns: int, *, by_card: bool, certificate: bool) -> list[Row]:
        choices = (
            ("1", tr("What is on the card (PIN)"), by_card),
            ("2", tr("Change the PIN"), by_card),
            ("3", tr("Activate a new card"), not certificate),
            ("4", tr("E-certificate"), not by_card),
            ("5", tr("Identity number"), not by_card),
            ("6", tr("Blocked PIN"), by_card),
            ("7", tr("Forgotten PIN"), by_card),
            ("0", tr("Put the certificate aside"), certificate),
        )
        return _packed([(digit, words) for digit, words, offered in choices if offered], columns)

    def _settlements(self, columns: int) -> list[Row]:
        heads = (
            Column(tr("Time")),
            Column(tr("Standing"), grows=True),
            Column(tr("Total"), align="right"),
            Column(tr("Account"), align="right"),
        )
        cells = [
            [
                Span(entry.at[5:16].replace("T", " "), "dim"),
                Span(standing(entry.words)),
                Span(format_yuan(entry.amount_fen)),
                Span(format_yuan(entry.account_fen), "account"),
            ]
            for entry in self._history
        ]
        return table(heads, cells, columns) if cells else []


def _packed(choices: list[tuple[str, str]], columns: int) -> list[Row]:
    """Return digits and their words, as many in a row as have room: what is known of the account stays on the screen."""
    rows: list[list[Span]] = []
    room = 0
    for digit, words in choices:
        wide = width(f" {digit}  {words}")
        if not rows or wide + 2 > room:
            rows.append([])
            room = columns
        elif rows[-1]:
            rows[-1].append(Span("  "))
            room -= 2
        rows[-1] += [Span(f" {digit} ", "key"), Span(f" {words}")]
        room -= wide
    return [row(*spans) for spans in rows]


def _told(told: AccountTold, columns: int, *, old: bool) -> list[Row]:
    benefit, dim = told.benefit, "dim" if old else ""
    rows = [
        pair(Span(tr("Account balance"), "dim"), Span(format_yuan(benefit.account_fen), dim or "account"), columns),
        pair(Span(tr("Deductible used this year"), "dim"), Span(format_yuan(benefit.deductible_used_fen), dim or "text"), columns),
        pair(Span(tr("Paid by the fund this year"), "dim"), Span(format_yuan(benefit.fund_paid_fen), dim or "fund"), columns),
    ]
    for scheme in told.schemes:
        words = tr("in force") if scheme.active else tr("paused")
        name = f"{scheme_word(scheme.insutype)} {literal(scheme.insutype)}"
        rows.append(pair(Span(name, "dim"), Span(words, dim or ("text" if scheme.active else "attention")), columns))
    return rows


def scheme_word(insutype: str) -> str:
    """Return the name of an insurance (interface section 4), what is not in the list as another one."""
    words = {
        "310": tr("Employee basic medical"),
        "320": tr("Civil servants' supplement"),
        "330": tr("Large-amount medical"),
        "340": tr("Retired cadres' medical"),
        "390": tr("Resident basic medical"),
        "410": tr("Long-term care"),
        "510": tr("Maternity"),
    }
    return words.get(insutype, tr("Other insurance"))


class CertificateMode(Mode):
    """A certificate is taken by the person's choice; nothing of what comes in is shown in full."""

    following = ""
    title = ""
    most = 0

    def __init__(self, till: Cashier) -> None:
        super().__init__(till)
        self._text = ""

    def type(self, text: str) -> None:
        """Take characters."""
        self._text = (self._text + normal(text))[: self.most]

    def erase(self) -> None:
        """Take the last character back."""
        self._text = self._text[:-1]

    def escape(self) -> None:
        """Forget it."""
        self._text = ""
        super().escape()

    def enter(self) -> None:
        """Have the centre asked whose it is, where the area settles by it."""
        shown = self.shown()
        self._text = ""
        if isinstance(shown, Refusal):
            self.till.refuse(shown)
            return
        policy = self.till.policy
        if isinstance(policy, Policy) and type_of(shown) not in policy.certificates:
            self.till.refuse(Refusal(refusals.CERTIFICATE_NOT_HERE, {"area": policy.admdvs, "type": type_of(shown)}))
            self.till.back()
            return
        self.till.order(Present(shown))

    def shown(self) -> Shown | Refusal:
        """Return what was taken, or why it is nothing."""
        raise NotImplementedError

    def words(self) -> str:
        """Return what to do."""
        raise NotImplementedError

    def sight(self) -> str:
        """Return what may be seen of it."""
        raise NotImplementedError

    @property
    def panel(self) -> Panel:
        """What is taken, and what is seen of it."""

        def paint(columns: int, height: int) -> list[Row]:
            del height
            rows = [row(""), row(Span(f"  {self.title}", "title")), row(""), row(Span(f"    {self.sight()}", "strong"), Span(" ", "caret"))]
            return [*rows, row(""), *(row(Span(f"  {line}", "dim")) for line in folded(self.words(), columns - 4))]

        return paint

    @property
    def keys(self) -> list[KeyView]:
        """Done or not."""
        return [named_key("Enter", tr("Done"), following=True), named_key("Esc", tr("Give up"))]


class ScanMode(CertificateMode):
    """An e-certificate: what the scanner reads is nobody's business but the component's."""

    most = _SCANNED_MOST

    def __init__(self, till: Cashier) -> None:
        super().__init__(till)
        self.title = tr("E-certificate")

    def shown(self) -> Shown | Refusal:
        """Hand over what was read, whatever it looks like."""
        return Scanned(self._text) if self._text else Refusal(refusals.ECERT_NOT_ONE)

    def sight(self) -> str:
        """Only how much came."""
        return "*" * min(len(self._text), 24)

    def words(self) -> str:
        """Return what to do."""
        return tr("Scan the code on the person's phone. It goes unread to the bureau's component; on-line only.")


class NumberMode(CertificateMode):
    """An identity number, typed from the certificate."""

    most = _NUMBER_MOST

    def __init__(self, till: Cashier) -> None:
        super().__init__(till)
        self.title = tr("Identity number")

    def shown(self) -> Shown | Refusal:
        """Check it."""
        checked: Certificate | Refusal = by_identity_number(self._text)
        return checked

    def sight(self) -> str:
        """Masked, as everywhere."""
        return mask_number(self._text) + "_" * (_NUMBER_MOST - len(self._text))

    def words(self) -> str:
        """Return what to do."""
        return tr("18 characters from the certificate that the person shows. The last one checks the others; on-line only.")


def said(text: str, role: str, columns: int) -> list[Row]:
    """Return a text in as many rows as it needs."""
    return [row(Span(line, role)) for line in folded(text, columns)]
