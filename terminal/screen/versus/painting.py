"""What stands on the screen of two counters: what each works by, its last customers, and its wrong money in the last row. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from settlement.money import format_yuan
from terminal.demo.versus.customers import Customer, Fault
from terminal.demo.versus.judge import Wrong
from terminal.demo.versus.live import Seen
from terminal.screen.glyphs import Glyphs
from terminal.screen.literal import folded, literal
from terminal.screen.paint import Column, Row, Span, boxed, row, spread, table
from terminal.screen.technician.frame import Group, flow
from terminal.screen.words import tr, trn

BY_KEY = dict(zip("12345678", (fault for fault in Fault if fault is not Fault.NONE), strict=True))
"""Digit → what goes wrong while the next customer is served."""
_PER = 1000
_NARROW = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All that is painted."""

    seed: str
    centre: str
    usual: Seen
    ours: Seen
    said: str = ""
    """Why the last key did nothing."""


def fault_word(fault: Fault) -> str:
    """Return what goes wrong, in a word."""
    return {
        Fault.NONE: tr("nothing"),
        Fault.REPLY_LOST: tr("reply lost"),
        Fault.ERROR_AFTER_COMMIT: tr("settled, 502"),
        Fault.DELIVERED_TWICE: tr("sent twice"),
        Fault.CARD_PULLED: tr("card pulled"),
        Fault.LINE_CUT: tr("line cut"),
        Fault.TILL_KILLED: tr("till killed"),
        Fault.USED_ELSEWHERE: tr("used elsewhere"),
        Fault.CARD_LOST: tr("reported lost"),
    }[fault]


def paint(shown: Shown, columns: int, rows: int, *, safe: bool) -> list[Row]:
    """Return the screen: header, two counters, keys, and the count of wrong money of each."""
    glyphs = Glyphs(safe=safe)
    left = columns // 2
    keys = _keys(shown, columns)
    height = rows - 2 - len(keys)
    both = (
        _counter(shown.usual, tr("The usual client"), _usual_rules(), left, height, glyphs),
        _counter(shown.ours, tr("Ours"), _our_rules(), columns - left, height, glyphs, until=tr("The daily file finds it: F10")),
    )
    body = [Row((*one.spans, *other.spans)) for one, other in zip(*both, strict=True)]
    counts = [_count(seen, place, glyphs) for seen, place in ((shown.usual, left), (shown.ours, columns - left))]
    return [_header(shown, columns), *body, *keys, Row((*counts[0].spans, *counts[1].spans), "raised")]


def _header(shown: Shown, columns: int) -> Row:
    met = tr("seed {seed}, centre {centre}").format(seed=shown.seed, centre=shown.centre)
    left = [Span(f" {tr('Wrong money')} ", "chip"), Span(f" {tr('the same customers and faults, twice')}", "strong")]
    return spread(left, [Span(f"{literal(met)} ", "dim")], columns, "raised")


def _usual_rules() -> str:
    return tr("Stores on success only; no answer = press again; corrects by hand in the evening; 5xx = failed.")


def _our_rules() -> str:
    return tr("Records, then sends; unknown = asks; the daily file judges; off-line from the card's allowance.")


def _counter(seen: Seen, title: str, rules: str, columns: int, height: int, glyphs: Glyphs, *, until: str = "") -> list[Row]:
    """Return one side in its frame; ``until`` says what is still to come for money that is wrong now."""
    inside = columns - 4
    head = [row(Span(line, "dim")) for line in folded(rules, inside)]
    now = _now(seen, until if seen.counted else "", inside)
    room = max(height - 2 - len(head) - len(now) - 1, 0)
    wrong = {one.number: one for one in seen.wrong}
    last = seen.served[-room:] if room else ()
    cells = [_customer(customer, wrong, seen, glyphs) for customer in last]
    heads = (
        Column("", align="right"),
        Column("", grows=True),
        Column(""),
        Column("", align="right"),
    )
    lines = table(heads, cells, inside)[1:]
    title = f"{title} ({trn('{n} customer', '{n} customers', len(seen.served)).format(n=len(seen.served))})"
    frame = "frame_fault" if seen.counted else "frame_ok" if seen.served else "frame"
    return boxed([*head, row(""), *lines, *now], title, columns, height, role=frame, safe=glyphs.safe)


def _customer(customer: Customer, wrong: dict[int, Wrong], seen: Seen, glyphs: Glyphs) -> list[Span]:
    number = Span(str(customer.number + 1), "dim")
    fault = Span(fault_word(customer.fault), "dim" if customer.fault is Fault.NONE else "text")
    if customer.number in seen.open:
        return [number, fault, Span(f"{glyphs.unknown} {tr('in doubt')}", "notice"), Span("")]
    if customer.number in wrong:
        return [number, fault, Span(f"{glyphs.fault} {tr('wrong')}", "fault"), Span(format_yuan(wrong[customer.number].fen), "fault")]
    return [number, fault, Span(f"{glyphs.ok} {tr('right')}", "ok"), Span("")]


def _now(seen: Seen, until: str, columns: int) -> list[Row]:
    """Return what this side does now, or else waits for."""
    if seen.failed:
        return [row(Span(line, "fault")) for line in folded(literal(seen.failed), columns)]
    if seen.serving is not None:
        words = tr("{number} is served: {fault}").format(number=seen.serving.number + 1, fault=fault_word(seen.serving.fault))
        return [row(Span(line, "notice")) for line in folded(words, columns)]
    words = {
        "opening": tr("Centre, line and counter are started"),
        "closing": tr("The day is ended and compared"),
        "over": tr("The day is over"),
        "waiting": until,
    }.get(seen.step, "")
    return [row(Span(line, "notice")) for line in folded(words, columns)] if words else []


def _count(seen: Seen, columns: int, glyphs: Glyphs) -> Row:
    """Return the last row's half: wrong settlements, their sum, and how many that is of 1,000."""
    wrong = [one.fen for one in seen.counted]
    role = "fault" if wrong else "ok"
    mark = glyphs.fault if wrong else glyphs.ok
    count = tr("{mark} wrong {n}").format(mark=mark, n=len(wrong))
    served = len(seen.served)
    per = tr("{n} of 1,000").format(n=(2 * _PER * len(wrong) + served) // (2 * served)) if served else ""
    return spread([Span(f" {count}", role), Span(f"  {per}", "dim")], [Span(f"￥{format_yuan(sum(wrong))} ", role)], columns)


def _keys(shown: Shown, columns: int) -> list[Row]:
    """Return the keys, as many rows of them as it takes, and what the last one could not do."""
    over = any(seen.step in {"closing", "over", "failed"} for seen in (shown.usual, shown.ours))
    groups: list[Group] = []
    if not over:
        groups.append(_key("Enter", tr("a customer"), following=True))
        groups += [_key(key, fault_word(fault)) for key, fault in BY_KEY.items()]
        groups.append(_key("F10", tr("end the day")))
    groups.append(_key("Esc", tr("leave"), following=over))
    rows = flow(groups, columns, gap=1 if columns < _NARROW else 2)
    return [*rows, *(row(Span(line, "attention")) for line in folded(shown.said, columns))] if shown.said else rows


def _key(name: str, word: str, *, following: bool = False) -> Group:
    return [Span(f" {name} ", "key_next" if following else "key"), Span(f" {word}")]
