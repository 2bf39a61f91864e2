"""A settlement's story as rows: head, timeline, amounts, lines, request. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from settlement.money import format_yuan
from terminal.screen.blame_words import because_of
from terminal.screen.glyphs import Glyphs
from terminal.screen.literal import fit, literal, right, width
from terminal.screen.paint import Row, Span, row
from terminal.screen.technician.frame import Group, amount, flow, labelled, prose, standing_mark
from terminal.screen.technician.story import Figure, Moment, Step, Story, yuan
from terminal.screen.technician.words import RESET, writer_word
from terminal.screen.words import tr, trn

_STEP_INDENT = 6
_AMOUNT = 12


def head(story: Story, columns: int, glyphs: Glyphs) -> list[Row]:
    """Return what it is and where it stands, above the timeline."""
    mark = standing_mark(story.standing, glyphs)
    groups: list[Group] = [labelled(tr("Number"), story.subject, "strong"), [Span(f"{mark.shape} {mark.word}", mark.role)]]
    groups += [[Span(tr("Off-line"), "attention")]] if story.offline else []
    groups += [labelled(tr("Receipt"), story.receipt, "strong")] if story.receipt else []
    groups += [labelled(tr("Person"), f"{story.person} {story.card}".strip())] if story.person or story.card else []
    groups += [labelled(tr("Centre's number"), story.setl_id)] if story.setl_id else []
    groups += [labelled(tr("Visit"), story.mdtrt_id)] if story.mdtrt_id else []
    groups += [labelled(tr("Queue"), owed_word(story.owed), "attention")] if story.owed else []
    groups += [labelled(tr("Belongs to"), subject[-6:], "notice") for subject in story.related]
    return flow(groups, columns)


def owed_word(state: str) -> str:
    """Return what the state of an owed request means."""
    words = {"waiting": tr("waits"), "begun": tr("being sent"), "unknown": tr("asking what became of it"), "set_aside": tr("set aside")}
    return words.get(state, literal(state))


def body(story: Story, columns: int, glyphs: Glyphs, *, steps: bool) -> list[Row]:
    """Return everything that scrolls; ``steps``: every exchange with the cards, not only those that did not end as they should."""
    rows = [_title(tr("Timeline"))]
    day = ""
    for moment in story.moments:
        if moment.at[:10] != day:
            day = moment.at[:10]
            rows.append(row(Span(day, "dim")))
        rows += _moment(moment, columns, glyphs, steps=steps)
    rows += [Row(), *_figures(story, columns)] if story.figures else []
    rows += [Row(), *_lines(story, columns)] if story.lines else []
    rows += [Row(), *_request(story, columns)] if story.request else []
    return rows


def _title(text: str) -> Row:
    return row(Span(text, "title"))


def _moment(moment: Moment, columns: int, glyphs: Glyphs, *, steps: bool) -> Iterator[Row]:
    told = moment.told
    shapes = {"ok": glyphs.ok, "attention": glyphs.attention, "fault": glyphs.fault, "notice": glyphs.arrow}
    shape = shapes.get(told.state, glyphs.dot)
    role = {"plain": "text", "notice": "notice"}.get(told.state, told.state)
    number = f"#{moment.seq}"
    time = Span(f"{moment.at[11:]} ", "attention" if moment.back or moment.set_s else "dim")
    lead = [time, Span(fit(writer_word(moment.writer), 8), "dim"), Span(f"{shape} ", role if told.state != "plain" else "dim")]
    used = sum(width(span.text) for span in lead)
    first, *more = prose(told.text, columns - used - len(number) - 1, role=role)
    words = Span(first.text, role)
    gap = columns - used - width(first.text) - len(number)
    yield row(*lead, words, Span(" " * max(gap, 1)), Span(number, "dim"))
    for line in more:
        yield row(Span(" " * used), Span(line.text, role))
    if clock := _clock_word(moment):
        yield from prose(clock, columns, indent=used, role="attention")
    for detail in told.details:
        yield from prose(detail, columns, indent=used, role="dim" if told.state == "plain" else "text")
    for step in moment.steps:
        if steps or not step.usual:
            yield _step(step, columns)


def _clock_word(moment: Moment) -> str:
    """Return what is to be said of the clock; empty when it went on as time did."""
    if not moment.set_s:
        return tr("The clock went back here; the order is that of the numbers.") if moment.back else ""
    span = span_of(abs(moment.set_s))
    if moment.set_s > 0:
        return tr("The clock was set forward by {span} before this; the order is that of the numbers.").format(span=span)
    return tr("The clock was set back by {span} before this; the order is that of the numbers.").format(span=span)


def span_of(seconds: int) -> str:
    """Return a length of time in days, hours, minutes and seconds."""
    days, rest = divmod(seconds, 86_400)
    time = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return trn("{n} day {time}", "{n} days {time}", days).format(n=days, time=time) if days else time


def _step(step: Step, columns: int) -> Row:
    role = "dim" if step.usual else "fault" if not step.sw else "attention"
    slot = tr("card") if step.slot == "card" else literal(step.slot.upper())
    spans = [
        Span(right(f"{step.at_ms} ms", _STEP_INDENT + 8), "dim"),
        Span(f"  {fit(slot, 5)}", "dim"),
        Span(f" {fit(f'{literal(step.name)} {literal(step.parameters)}', 27)}", "dim" if step.usual else "text"),
        Span(f"{right(str(step.sent), 3)}→{right(str(step.received), 3)}  ", "dim"),
    ]
    return row(*spans, Span(fit(status_word(step), columns - sum(width(span.text) for span in spans)), role))


def status_word(step: Step) -> str:
    """Return a status word with what it means, where that is not how it should end."""
    if not step.sw:
        return "ATR" if step.name == RESET else tr("contact lost")
    if step.sw.startswith("63C"):
        left = int(step.sw[3], 16)
        return f"{step.sw} {trn('{n} try left', '{n} tries left', left).format(n=left)}"
    words = {
        "6581": tr("memory failure"),
        "6982": tr("not authorised"),
        "6983": tr("blocked"),
        "6A82": tr("no such file"),
        "6A83": tr("no such record"),
    }
    return f"{literal(step.sw)} {words.get(step.sw, '')}".rstrip()


def _figures(story: Story, columns: int) -> Iterator[Row]:
    yield _title(tr("Amounts"))
    both = any(figure.centre_fen is not None for figure in story.figures)
    names = max(width(_label(figure)) for figure in story.figures)
    titles = [Span(" " * names), Span(right(tr("till"), _AMOUNT), "dim")]
    yield row(*titles, *([Span(right(tr("centre"), _AMOUNT), "dim")] if both else []))
    for figure in story.figures:
        differs = both and figure.till_fen is not None and figure.till_fen != figure.centre_fen
        role = "attention" if differs else "text"
        spans = [Span(fit(_label(figure), names), "dim"), Span(right(yuan(figure.till_fen), _AMOUNT), role)]
        spans += [Span(right(yuan(figure.centre_fen), _AMOUNT), role)] if both else []
        spans += [Span(f"  {tr('differs')}", "attention")] if differs else []
        yield row(*spans)
    if story.because is not None:
        yield from prose(because_of(story.because), columns, role="attention")
    if story.outside_fen:
        yield from flow([amount(tr("outside the claim"), story.outside_fen, "own")], columns)


def _label(figure: Figure) -> str:
    return f"{figure_word(figure.name)} {figure.name}"


def figure_word(name: str) -> str:
    """Return what a national name of an amount means."""
    words = {
        "medfee_sumamt": tr("Total of the claim"),
        "fulamt_ownpay_amt": tr("Self-paid in full"),
        "overlmt_selfpay": tr("Above the price limit"),
        "preselfpay_amt": tr("First self-paid"),
        "inscp_scp_amt": tr("Within the scope"),
        "act_pay_dedc": tr("Deductible"),
        "fund_pay_sumamt": tr("Funds together"),
        "hifp_pay": tr("Pooled fund"),
        "acct_pay": tr("Personal account"),
        "acct_mulaid_pay": tr("Family account"),
        "psn_cash_pay": tr("Cash of the claim"),
        "balc": tr("Account's balance"),
    }
    return words.get(name, name)


def _lines(story: Story, columns: int) -> Iterator[Row]:
    yield _title(tr("Lines"))
    classes = {"01": tr("A"), "02": tr("B"), "03": tr("own")}
    widest = max(width(word) for word in classes.values())
    for level, name, fen in story.lines:
        value = format_yuan(fen)
        room = columns - widest - 2 - len(value) - 1
        yield row(
            Span(f"{fit(classes.get(level, literal(level)), widest)}  ", "dim"),
            Span(fit(literal(name), room)),
            Span(" "),
            Span(value, "strong"),
        )


def _request(story: Story, columns: int) -> Iterator[Row]:
    yield row(Span(tr("Request"), "title"), Span(f"  {tr('as frozen, personal members hidden')}", "dim"))
    names = min(max(width(name) for name, _ in story.request), columns // 2)
    for name, value in story.request:
        yield row(Span(f"{fit(literal(name), names)}  ", "dim"), Span(fit(literal(value), columns - names - 2)))
