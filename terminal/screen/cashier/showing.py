"""From the cashier's model to what is shown: words, amounts and roles; the layout is the painting's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhsa.codes import E_CERTIFICATE
from settlement.bill import EPHEDRINE, RX, Split
from settlement.errors import Refusal
from settlement.money import format_scaled, format_yuan
from settlement.rule import RESIDENT
from terminal.open_bill import OpenLine
from terminal.screen import news
from terminal.screen.cashier.devices import strip_spans
from terminal.screen.cashier.selling import boxes
from terminal.screen.cashier.view import FindView, LineView, Number, PersonView, Share, StripItem, View
from terminal.screen.paint import Span
from terminal.screen.words import language, tr, trn

if TYPE_CHECKING:
    from offline_queue.catalogue.item import Item
    from terminal.screen.cashier.model import Cashier
    from terminal.screen.cashier.seller import Seller

_HOUR_S, _MINUTE_S = 3600, 60
_CLASS_ROLES = {"01": "fund", "02": "cash", "03": "own"}
_RETIRED = "12"


def view_of(till: Seller, *, safe: bool, count: int = 0) -> View:
    """Return what the screen of a shop shows; ``count`` is how many digits of a PIN were typed."""
    view, selling = base_view(till, safe=safe, count=count), till.selling
    own = till.mode is selling
    view.quantity = f"{'x' if safe else '×'}{selling.quantity if own else '1'}"
    view.finding = own and selling.finding
    view.finds, view.find_focus = [_found(item) for item in selling.found] if view.finding else [], selling.found_focus
    if not till.bill.empty:
        kinds, pieces = len(till.bill.lines), sum(boxes(line) for line in till.bill.lines)
        said = trn("{kinds} kind", "{kinds} kinds", kinds).format(kinds=kinds)
        view.counts = f"{said} {trn('{pieces} pc', '{pieces} pcs', pieces).format(pieces=pieces)}"
    return view


def base_view(till: Cashier, *, safe: bool, count: int) -> View:
    """Return what the screen of every counter shows."""
    home, mode = till.home, till.mode
    if hasattr(mode, "count"):
        mode.count = count
    view = blank(safe=safe)
    _place(view, till)
    own = mode is home
    view.query, view.typing = (home.query if own else ""), own and not till.dead
    view.prompt, view.panel = mode.prompt, mode.panel
    view.lines = [_line(till, line, place) for place, line in enumerate(till.bill.lines, 1)]
    view.focus, view.things = till.focus, home.wares.heading
    _person(view, till)
    _shares(view, till)
    view.number = mode.number or _number(till)
    view.message = (till.say_span(),)
    if not till.bill.empty:
        view.total_label, view.total = tr("Total"), format_yuan(till.bill.total_fen)
    if till.status.now:
        view.strip = strip_of(till.status)
    view.strip_end = tr("Receipt {number}").format(number=till.status.last_receipt) if till.status.last_receipt else ""
    view.keys = mode.keys
    if till.devices is not None:
        view.demonstration = strip_spans(till.devices, training=till.place is not None and till.place.training)
    return view


def blank(*, safe: bool) -> View:
    """Return the screen before anything is known: what the first frame shows."""
    from terminal.screen.cashier.first import first_view  # noqa: PLC0415 - one source for both, and this way round it is light

    return first_view(safe=safe)


def _place(view: View, till: Cashier) -> None:
    place = till.place
    if place is None:
        return
    view.shop, view.code = place.shop, place.fixmedins_code
    view.till, view.operator = tr("Till {number}").format(number=place.till), place.operator
    view.chips = tuple(chip for chip, on in ((tr("DEMO"), place.demonstration), (tr("TRAINING"), place.training)) if on)
    view.date, view.time = till.status.now[:10], till.status.now[11:16]


def _line(till: Cashier, line: OpenLine, number: int) -> LineView:
    shown = line.line
    details = [
        shown.spec,
        shown.prodentp_name,
        shown.manu_lotnum,
        tr("exp. {day}").format(day=shown.expy_end[2:7]) if shown.expy_end else "",
    ]
    attention = ""
    missing = till.home.lacking(line)
    if shown.full_pric_e6:
        attention = tr("was {price}").format(price=_price(shown.full_pric_e6))
    if RX in shown.controls and till.bill.papers.prescription is None:
        attention = tr("on prescription: # enters it")
    elif EPHEDRINE in shown.controls:
        attention = tr("sold by name, two packs")
    if missing:
        wanted = boxes(line)
        words = trn("{missing} of {boxes} traceability code missing", "{missing} of {boxes} traceability codes missing", wanted)
        attention = words.format(missing=missing, boxes=wanted)
    return LineView(
        number=str(number),
        charge_class=class_word(shown.chrgitm_lv),
        class_role=_CLASS_ROLES.get(shown.chrgitm_lv, "dim"),
        name=shown.name,
        count=format_scaled(shown.cnt_e4, 4).rstrip("0").rstrip("."),
        unit="",
        price=_price(shown.pric_e6),
        amount=format_yuan(shown.det_item_fee_sumamt),
        details=tuple(detail for detail in details if detail),
        attention=attention,
    )


def class_word(chrgitm_lv: str) -> str:
    """Return the letter of a charge class."""
    return {"01": tr("A"), "02": tr("B"), "03": tr("own")}.get(chrgitm_lv, chrgitm_lv)


def _price(pric_e6: int) -> str:
    whole, point, cents = format_scaled(pric_e6, 6).partition(".")
    return f"{whole}{point}{cents[:2]}{cents[2:].rstrip('0')}"


def _found(item: Item) -> FindView:
    return FindView(
        code=item.code,
        charge_class=class_word(item.chrgitm_lv),
        class_role=_CLASS_ROLES.get(item.chrgitm_lv, "dim"),
        name=item.name,
        spec=item.spec,
        price=_price(item.pric_e6),
    )


def _person(view: View, till: Cashier) -> None:
    view.person_title = tr("Insured person")
    person = till.person
    if person is None:
        view.card_words = (_card_words(till),)
        return
    sex = tr("male") if person.sex == "1" else tr("female")
    chip = ""
    if person.psn_type:
        chip = tr("retired") if person.psn_type[:2] == _RETIRED else tr("resident") if person.insutype == RESIDENT else tr("employee")
    rows: list[tuple[str, str, str]] = []
    if person.refusal is not None:
        rows.append((tr("This card cannot settle"), "F1", "fault"))
    elif person.balance_fen is not None:
        rows.append((tr("Account balance"), format_yuan(person.balance_fen), "account"))
    else:
        asked = tr("no answer, F5") if person.silent else tr("asking")
        rows.append((tr("Account balance"), asked if till.online else tr("after PIN"), "dim"))
    if person.benefit is not None:
        rows.append((tr("Deductible used"), format_yuan(person.benefit.deductible_used_fen), "text"))
    presented = (tr("Certificate"), certificate_word(person.certificate)) if person.certificate else (tr("Card"), person.card)
    rows += [(tr("ID"), person.certno, "text"), (*presented, "text")]
    if person.insuplc_admdvs:
        rows.append((tr("Insured at"), person.insuplc_admdvs, "text"))
    view.person = PersonView(name=person.name, about=f"{sex} {person.age}", chip=chip, rows=rows)


def certificate_word(mdtrt_cert_type: str) -> str:
    """Return what stands in place of the card, in words."""
    return tr("E-certificate") if mdtrt_cert_type == E_CERTIFICATE else tr("Identity number")


def _card_words(till: Cashier) -> Span:
    match till.card:
        case news.CardReading():
            return Span(tr("Reading the card ..."), "notice")
        case news.CardFailed(why):
            return Span(why.phrase.say(language(), why.details).happened, "fault")
        case _:
            # Only where F8 would do it.
            offered = till.mode is till.home and not till.dead
            return Span(tr("No card: insert one, or F8 for cash") if offered else tr("No card in the reader"), "dim")


def _shares(view: View, till: Cashier) -> None:
    view.split_title = tr("Who pays")
    split = till.split
    if isinstance(split, Split):
        figures = split.figures
        cash_fen = split.cash_due_fen
        view.shares = [
            Share(
                label=tr("Pooled fund"),
                amount=format_yuan(figures.fund_pay_sumamt),
                fen=figures.fund_pay_sumamt,
                role="fund",
                bar="bar_fund",
            ),
            Share(
                label=tr("Personal account"), amount=format_yuan(figures.acct_pay), fen=figures.acct_pay, role="account", bar="bar_account"
            ),
            Share(label=tr("Cash"), amount=format_yuan(cash_fen), fen=cash_fen, role="cash", bar="bar_cash"),
        ]
        parts = (
            (tr("Claimed"), figures.medfee_sumamt, "strong"),
            (tr("Full self-pay"), figures.fulamt_ownpay_amt, "own"),
            (tr("Over the limit"), figures.overlmt_selfpay, "own"),
            (tr("First self-pay"), figures.preselfpay_amt, "cash"),
            (tr("In scope"), figures.inscp_scp_amt, "text"),
            (tr("Outside the claim"), split.outside_fen, "cash"),
        )
        view.breakdown = [(label, format_yuan(fen), role) for label, fen, role in parts if fen]
        view.reminder_title = tr("Reminders")
        view.reminders = [
            ("attention", f"{_name(till, left.feedetl_sn)} {left.zh if language() == 'zh' else left.en}".strip()) for left in split.left_out
        ]
    else:
        view.split_words = (_no_split(till, split),)
    view.reminders[:0] = [("attention", words) for words in till.handed_over]
    if till.handed_over:
        view.reminder_title = tr("Reminders")
    for doubt in till.status.doubts:
        view.reminder_title = tr("Reminders")
        view.reminders.insert(0, ("attention", tr("In doubt {amount}, F5").format(amount=format_yuan(doubt.amount_fen))))
    for difference in till.status.differences:
        view.reminder_title = tr("Reminders")
        view.reminders.insert(0, ("attention", tr("To be agreed {amount}, F5").format(amount=format_yuan(difference.amount_fen))))
    for begun in till.status.returns:
        view.reminder_title = tr("Reminders")
        view.reminders.insert(0, ("attention", tr("Return not over {amount}, F5").format(amount=format_yuan(begun.amount_fen))))
    for one in till.status.centre_differs:
        view.reminder_title = tr("Reminders")
        view.reminders.insert(0, ("attention", tr("The centre differs {amount}, F5").format(amount=format_yuan(one.amount_fen))))
    unprinted = till.status.printer_why
    if unprinted is not None:
        view.reminder_title = tr("Reminders")
        view.reminders.append(("attention", unprinted.phrase.say(language(), unprinted.details).happened))


def _name(till: Cashier, sn: str) -> str:
    return next((line.goods.name for line in till.bill.lines if line.sn == sn), "")


def _no_split(till: Cashier, split: Refusal | None) -> Span:  # noqa: PLR0911 - one line a reason
    if isinstance(split, Refusal):
        return Span(split.phrase.say(language(), split.details).happened, "attention")
    if till.bill.empty:
        return Span(till.home.nothing_yet, "dim")
    if till.person is None:
        return Span(tr("No card in: all of it is cash"), "dim")
    if till.person.refusal is not None:
        return Span(tr("This card cannot settle: all of it is cash"), "attention")
    if till.online and till.person.silent:
        return Span(tr("The centre does not answer: F5 asks again, F8 asks after the PIN"), "attention")
    if till.online:
        return Span(tr("Asking the centre"), "notice")
    if till.person.certificate:
        return Span(tr("Line down: this certificate works on-line only, all of it is cash"), "attention")
    if till.status.offline.why is not None:
        return Span(till.status.offline.why.phrase.say(language(), till.status.offline.why.details).happened, "attention")
    if till.status.offline.allowed:
        return Span(_offline_words(till), "attention")
    return Span(tr("Line down: cash now, and a slip for later settlement"), "attention")


def _offline_words(till: Cashier) -> str:
    """Return what the card pays now, and the till's own headroom where the area limits that."""
    offline = till.status.offline
    limit = format_yuan(offline.floor_fen)
    words = tr("Line down: after the PIN the card's allowance pays, at most {limit} for a person").format(limit=limit)
    if offline.by_itself:
        words = tr("Line down: after the PIN the card debits itself, at most {limit} for a person").format(limit=limit)
    left = [tr("{sales} sales").format(sales=offline.left_sales)] if offline.left_sales is not None else []
    left += [format_yuan(offline.left_fen)] if offline.left_fen is not None else []
    if not left:
        return words
    if offline.short:
        return tr("{words}. Little is left for this till: {left}").format(words=words, left=", ".join(left))
    return tr("{words}. Left for this till: {left}").format(words=words, left=", ".join(left))


def _number(till: Cashier) -> Number:
    if isinstance(till.split, Split):
        return Number(label=tr("Cash due (yuan)"), amount=format_yuan(till.cash_due_fen), role="huge_cash", frame="frame_cash")
    if till.cash_due_fen != till.bill.total_fen and not till.settles_by_card():
        # Rounded down, and all of it is cash.
        return Number(label=tr("Cash due (yuan)"), amount=format_yuan(till.cash_due_fen), role="huge_cash", frame="frame_cash")
    return Number(label=tr("Total (yuan)"), amount=format_yuan(till.bill.total_fen))


def strip_of(status: news.Status) -> list[StripItem]:
    """Return the status strip: what is fine is plain, what is not says so in a word."""
    return [
        item
        for item in (
            _reader(status),
            _line_state(status),
            _queue(status),
            _hotlist(status),
            _printer(status),
            _holds(status),
            _open(status),
        )
        if item
    ]


def _reader(status: news.Status) -> StripItem:
    if status.reader == "fault":
        return StripItem(label=tr("Reader"), value=tr("fault"), short=tr("fault"), state="fault")
    word = tr("card in") if status.reader == "card" else tr("empty")
    return StripItem(label=tr("Reader"), value=word, short="" if status.reader == "empty" else word)


def _line_state(status: news.Status) -> StripItem:
    words = {"up": tr("up"), "down": tr("down"), "unknown": tr("not known"), "silent": tr("sender silent")}
    word = words[status.line]
    if status.line == "up":
        return StripItem(label=tr("Line"), value=word, short=word)
    state = "attention" if status.line == "unknown" else "fault"
    since = f" {status.line_since[11:16]}" if status.line == "down" and status.line_since else ""
    short = {"silent": tr("silent"), "unknown": "?"}.get(status.line, word)
    return StripItem(label=tr("Line"), value=f"{word}{since}", short=short, state=state)


def _queue(status: news.Status) -> StripItem:
    if not status.queue:
        return StripItem(label=tr("To send"), value="0", short="0")
    value = f"{status.queue} ({tr('oldest')} {age(status.oldest_s)})"
    short = str(status.queue)
    if status.set_aside:
        return StripItem(label=tr("To send"), value=f"{value} {tr('set aside')} {status.set_aside}", short=f"{short}!", state="fault")
    return StripItem(label=tr("To send"), value=value, short=short, state="attention")


def _hotlist(status: news.Status) -> StripItem:
    if status.hotlist_age_s is None:
        return StripItem(label=tr("Hotlist"), value=tr("none yet"), short=tr("nil"), state="attention")
    text, offline = age(status.hotlist_age_s), status.offline
    if offline.why is not None:
        # Nothing is paid by a card while the line is down: that is wrong only when it is.
        state = "attention" if status.line == "up" else "fault"
        return StripItem(label=tr("Hotlist"), value=f"{text} {tr('too old')}", short=tr("too old"), state=state)
    if status.line != "up" and offline.allowed and offline.until:
        # How long sales go on matters more now than how old the list is.
        until = f"{tr('until')} {offline.until}"
        return StripItem(label=tr("Hotlist"), value=f"{text} {until}", short=until, state="attention" if offline.stale else "ok")
    return StripItem(label=tr("Hotlist"), value=text, short=text, state="attention" if offline.stale else "ok")


def _printer(status: news.Status) -> StripItem:
    match status.printer:
        case "waiting":
            words = {"PRINTER-NO-PAPER": (tr("no paper"), tr("paper")), "PRINTER-ABSENT": (tr("not there"), tr("off"))}
            word, short = words.get(status.printer_why.code if status.printer_why else "", (tr("fault"), tr("off")))
            jobs = tr("{jobs} waiting").format(jobs=status.printer_jobs)
            return StripItem(label=tr("Printer"), value=f"{word} {jobs}", short=short, state="fault")
        case "none":
            return StripItem(label=tr("Printer"), value=tr("none set up"), short=tr("none"))
        case _:
            older = tr("{count} older not printed").format(count=status.printer_older) if status.printer_older else ""
            return StripItem(label=tr("Printer"), value=f"{tr('ready')} {older}".rstrip(), short="")


def _holds(status: news.Status) -> StripItem | None:
    """Return how many bills were put aside; F7 on an empty bill recalls one."""
    return StripItem(label=tr("On hold"), value=str(status.holds), short=str(status.holds)) if status.holds else None


def _open(status: news.Status) -> StripItem | None:
    """Return what of settlements is open: in doubt, with figures that nobody has agreed to, or a return that is not over."""
    amounts_fen = [one.amount_fen for one in status.doubts] + [one.amount_fen for one in status.differences]
    amounts_fen += [one.amount_fen for one in status.returns] + [abs(one.amount_fen) for one in status.centre_differs]
    if not amounts_fen:
        return None
    owned = ((status.doubts, tr("In doubt")), (status.differences, tr("Differs")), (status.returns, tr("Return")))
    kinds = (*owned, (status.centre_differs, tr("Statement")))
    labels = [label for some, label in kinds if some]
    label = labels[0] if len(labels) == 1 else tr("Open")
    count, total = str(len(amounts_fen)), format_yuan(sum(amounts_fen))
    return StripItem(label=label, value=f"{count} {total}", short=count, state="attention")


def age(seconds: int) -> str:
    """Return a time span in one unit: what a glance needs."""
    if seconds < _MINUTE_S:
        return tr("{n}s").format(n=seconds)
    if seconds < _HOUR_S:
        return tr("{n}min").format(n=seconds // _MINUTE_S)
    return tr("{n}h").format(n=seconds // _HOUR_S)
