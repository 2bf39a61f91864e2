"""``yibao settle --what-if PACK``: the journal's past settlements under a candidate pack, and whom that moves how much.

Memory does not grow with the journal: it is read in pages, what each person's year would stand at is kept in a temporary database
on disk, and of the changes only the largest are held.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from offline_queue.fold import Standing
from settlement.bill import Benefit
from settlement.errors import Refusal
from settlement.facts import SaleIntended
from settlement.money import format_yuan
from settlement.plain import one_line
from settlement.what_if import Moved, Repriced, Year, reprice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from offline_queue.fold import Folded
    from offline_queue.journal import Journal
    from settlement.policy import Policy

LARGEST = 20
_PAGE = 200
_STANDS = {Standing.ACCEPTED, Standing.PROVISIONAL}
_SIDES = ("pool", "account", "cash")
_TITLES = {"pool": "统筹及其他基金 · funds", "account": "账户 · accounts", "cash": "现金 · cash"}
Answer = dict[str, Any]


@dataclass(slots=True)
class Report:
    """What a candidate would have changed."""

    pack: str
    sales: int = 0
    """Settlements that stand, of the candidate's area."""
    changed: int = 0
    elsewhere: int = 0
    """Of other areas: not priced by this pack."""
    unknown: int = 0
    """Recorded without what the person's year stood at, by versions of before: not priced."""
    refused: Counter[str] = field(default_factory=Counter)
    """By code: the candidate does not say what these need."""
    more: Counter[str] = field(default_factory=Counter)
    less: Counter[str] = field(default_factory=Counter)
    people: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    """How many changes begin at each of the candidate's values."""
    _heap: list[tuple[int, int, Answer]] = field(default_factory=list)

    @property
    def largest(self) -> list[Answer]:
        """The largest changes, the largest first."""
        return [change for _, _, change in sorted(self._heap, reverse=True)]

    def change(self, order: int, folded: Folded, priced: Repriced) -> None:
        """Count one change."""
        self.changed += 1
        self.rules[priced.rule] += 1
        for side in _SIDES:
            moved_fen = getattr(priced.moved, side)
            (self.more if moved_fen > 0 else self.less)[side] += abs(moved_fen)
        kept = (priced.moved.size, -order, _change(folded, priced))
        (heapq.heappush if len(self._heap) < LARGEST else heapq.heappushpop)(self._heap, kept)

    def answer(self) -> Answer:
        """Return the report as JSON."""
        return {
            "outcome": "repriced",
            "pack": self.pack,
            "sales": self.sales,
            "changed": self.changed,
            "people": self.people,
            "moved": {side: {"more": format_yuan(self.more[side]), "less": format_yuan(self.less[side])} for side in _SIDES},
            "refused": dict(sorted(self.refused.items())),
            "elsewhere": self.elsewhere,
            "unknown": self.unknown,
            "rules": dict(self.rules.most_common()),
            "largest": self.largest,
        }


def what_if(journal: Journal, candidate: Policy, progress: Callable[[int, int], None]) -> Report:
    """Return what ``candidate`` would have changed of the settlements that stand; ``progress`` is told (records read, of)."""
    report = Report(pack=candidate.pack)
    # An unnamed database is a temporary file that SQLite removes; its cache is small whatever it grows to.
    with sqlite3.connect("") as years:
        years.execute("CREATE TABLE year (person BLOB, year TEXT, deductible, fund, account, PRIMARY KEY (person, year)) WITHOUT ROWID")
        years.execute("CREATE TABLE affected (person BLOB PRIMARY KEY) WITHOUT ROWID")
        for order, (folded, owner) in enumerate(_standing(journal, progress)):
            _one(report, order, folded, owner or folded.subject.encode(), candidate, years)
        report.people = years.execute("SELECT count(*) FROM affected").fetchone()[0]
    years.close()
    return report


def _one(report: Report, order: int, folded: Folded, person: bytes, candidate: Policy, years: sqlite3.Connection) -> None:
    sale, booked = folded.intent, folded.figures
    assert isinstance(sale, SaleIntended)
    assert booked is not None
    if sale.bill.admdvs != candidate.admdvs:
        report.elsewhere += 1
        return
    report.sales += 1
    benefit = _benefit(sale)
    if benefit is None:
        report.unknown += 1
        return
    key = (person, sale.bill.begntime[:4])
    found = years.execute("SELECT deductible, fund, account FROM year WHERE person = ? AND year = ?", key).fetchone()
    year = Year(deductible=found[0], fund=found[1], account=found[2]) if found else Year()
    priced = reprice(sale.bill, benefit, booked, folded.outside_fen, candidate, year)
    if isinstance(priced, Refusal):
        report.refused[priced.code] += 1
        return
    if priced.year != Year():
        values = (priced.year.deductible, priced.year.fund, priced.year.account)
        years.execute("INSERT OR REPLACE INTO year VALUES (?, ?, ?, ?, ?)", (*key, *values))
    if priced.moved != Moved():
        years.execute("INSERT OR IGNORE INTO affected VALUES (?)", (person,))
        report.change(order, folded, priced)


def _benefit(sale: SaleIntended) -> Benefit | None:
    """Return by what the sale was priced: off-line the card's allowance, which the split itself says."""
    if sale.benefit is None and sale.way != "online":
        return Benefit(psn_type="", deductible_used_fen=0, fund_paid_fen=0, account_fen=sale.figures.balc + sale.figures.acct_pay)
    return sale.benefit


def _standing(journal: Journal, progress: Callable[[int, int], None]) -> Iterator[tuple[Folded, bytes]]:
    """Walk the settlements that stand, oldest first, each with the keyed hash of its person."""
    total, _ = journal.tip()
    seq = 0
    while page := journal.records_after(seq, _PAGE):
        seq = page[-1].seq
        owners = {record.subject: record.owner for record in page if record.kind == SaleIntended.kind}
        for history in journal.histories(list(owners)):
            if history.folded.standing in _STANDS and history.folded.figures is not None:
                yield history.folded, owners[history.folded.subject]
        progress(seq, max(total, seq))


def _change(folded: Folded, priced: Repriced) -> Answer:
    """Return one change as JSON: the settlement by its receipt, never by its person."""
    assert isinstance(folded.intent, SaleIntended)
    assert folded.figures is not None
    sides = zip(_SIDES, folded.figures.movements()[1:], priced.figures.movements()[1:], strict=True)
    outside = {"pool": (0, 0), "account": (0, 0), "cash": (folded.outside_fen, priced.outside_fen)}
    return {
        "subject": folded.subject,
        "receipt": folded.receipt,
        "date": folded.intent.bill.begntime[:10],
        "was": folded.intent.pack,
        "rule": priced.rule,
        **{
            side: {"was": format_yuan(was + outside[side][0]), "would": format_yuan(would + outside[side][1])} for side, was, would in sides
        },
    }


def readable(answer: Answer) -> str:
    """Return the report as lines for a person, in both languages."""
    lines = [
        f"{answer['pack']}",
        f"  {'sales':<12}{answer['sales']:>10}  本统筹区有效结算 · settlements of the area that stand",
        f"  {'changed':<12}{answer['changed']:>10}  金额会变 · would have come out otherwise",
        f"  {'people':<12}{answer['people']:>10}  涉及人数 · people affected",
        *[f"  {'refused':<12}{number:>10}  {code}" for code, number in answer["refused"].items()],
        *(
            [f"  {'unknown':<12}{answer['unknown']:>10}  旧记录没有当时的待遇，未重算 · not priced: recorded without the person's year"]
            * bool(answer["unknown"])
        ),
        *([f"  {'elsewhere':<12}{answer['elsewhere']:>10}  其他统筹区，未重算 · not priced: of other areas"] * bool(answer["elsewhere"])),
    ]
    for side, moved in answer["moved"].items():
        lines.append(f"  {side:<12}{'+' + moved['more']:>14}{'-' + moved['less']:>14}  {_TITLES[side]}")
    lines += [f"  {number:>6} × {rule}" for rule, number in answer["rules"].items()]
    for change in answer["largest"]:
        moved = "  ".join(f"{side} {change[side]['was']} → {change[side]['would']}" for side in _SIDES)
        lines.append(f"  {change['date']}  {change['receipt'] or change['subject']}  {moved}  {change['rule']}")
    return "\n".join(map(one_line, lines)) + "\n"
