"""What the doctor found, as rows: state, words, and what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from terminal.screen.glyphs import Glyphs
from terminal.screen.literal import fit, literal, width
from terminal.screen.paint import Row, Span, row
from terminal.screen.technician.frame import prose
from terminal.screen.words import language, tr, trn

if TYPE_CHECKING:
    from terminal.finding import Finding

_SUBJECT = 12


def findings(found: Sequence[Finding], columns: int, glyphs: Glyphs) -> list[Row]:
    """Return every finding, the worst first, each with its remedy unless its own words say what to do."""
    order = {"fault": 0, "warning": 1, "ok": 2}
    ranked = sorted(found, key=lambda finding: order[finding.state])
    return [line for finding in ranked for line in _finding(finding, columns, glyphs)]


def summary(found: Sequence[Finding], glyphs: Glyphs) -> Span:
    """Return the verdict."""
    faults, warnings = (sum(finding.state == state for finding in found) for state in ("fault", "warning"))
    if faults:
        return Span(f"{glyphs.fault} {trn('{n} fault', '{n} faults', faults).format(n=faults)}", "fault")
    if warnings:
        return Span(f"{glyphs.attention} {tr('{n} to look at').format(n=warnings)}", "attention")
    return Span(f"{glyphs.ok} {tr('all well')}", "ok")


def _finding(finding: Finding, columns: int, glyphs: Glyphs) -> Iterator[Row]:
    shape, role = {
        "ok": (glyphs.ok, "ok"),
        "warning": (glyphs.attention, "attention"),
        "fault": (glyphs.fault, "fault"),
    }[finding.state]
    lead = f"{shape} {fit(subject_word(finding.subject), _SUBJECT)}"
    first, *more = prose(finding.zh if language() == "zh" else finding.en, columns - width(lead) - 1)
    yield row(Span(lead, role), Span(" "), *first.spans)
    for line in more:
        yield row(Span(" " * (width(lead) + 1)), *line.spans)
    remedy = "" if finding.state == "ok" or _says_what_to_do(finding) else remedy_of(finding.subject)
    if remedy:
        yield from prose(f"{glyphs.arrow} {remedy}", columns, indent=width(lead) + 1, role="notice")


def _says_what_to_do(finding: Finding) -> bool:
    """Whether its words are those of an error: these end with what to do and what not to do."""
    return finding.zh.startswith("[")


def subject_word(subject: str) -> str:
    """Return the name of what was looked at."""
    words = {
        "reader": tr("Reader"),
        "card": tr("Card"),
        "psam": "PSAM",
        "printer": tr("Printer"),
        "journal": tr("Journal"),
        "centre": tr("Centre"),
        "hotlist": tr("Hotlist"),
        "clock": tr("Clock"),
        "rules": tr("Rules"),
        "disk": tr("Disk"),
        "terminal": tr("Terminal"),
        "versions": tr("Versions"),
        "restored": tr("Restored"),
        "key": tr("Key"),
        "reserve": tr("Reserve"),
        "logs": tr("Logs"),
        "core": tr("Core dumps"),
        "crypto": tr("Algorithms"),
    }
    return words.get(subject, literal(subject))


def remedy_of(subject: str) -> str:
    """Return what to do about a finding whose own words do not say it."""
    remedies = {
        "printer": tr("See that the printer is on, has paper and is the one in the settings; slips wait and are printed later."),
        "journal": tr("Look at what is in doubt: filter by standing; the card or the centre closes it."),
        "centre": tr("See that the sender runs (yibao-sync status) and that the line is up; sales go on off-line meanwhile."),
        "hotlist": tr("Let the counter be on-line once: the sender fetches the list."),
        "clock": tr("Set the clock of this machine; do not settle off-line before."),
        "rules": tr("Put the area's rules for this day in place; nothing is settled without them."),
        "disk": tr("Free some space; the journal keeps a reserve for what has begun."),
        "terminal": tr("Enlarge the window, or use a terminal that speaks UTF-8 and draws lines one column wide."),
    }
    return remedies.get(subject, "")
