"""Reconciling with the centre: a day stated by 3201 and 3202, what differs explained, and doubts judged by it.

The statement of a day is a record of the journal (``day_stated``), written when all its answers are there: half a statement says nothing.
What stands at the centre alone is asked for by 5203 before anything is concluded from it. A lost answer is adopted; what nobody
wants becomes a record of its own (``stray_found``) that the till acts on. A doubt is judged *not done* when the files of every agency,
of each day on which it could have arrived, were cut after the last attempt and the longest transit, and do not name it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from config.clock import Clock
from config.regions import policy_for
from config.settings import Settings
from nhsa import codes, queries, statement
from nhsa.outcome import Accepted
from nhsa.settlement import Cleared, SetlInfo
from offline_queue.journal import DueRow, Entry, Journal
from offline_queue.journal.errors import NotDue
from offline_queue.journal.settled import SettledRow, subject_of
from offline_queue.sync.courier import Courier
from offline_queue.sync.delivery import Delivery
from offline_queue.sync.knowing import known_of
from settlement import by_hand
from settlement.bill import Venue
from settlement.errors import Refusal
from settlement.figures import Figures
from settlement.policy import Policy
from settlement.statement import (
    ADOPTED_LATER,
    BALANCED,
    RELEASED,
    Amounts,
    Difference,
    Group,
    Stated,
    Told,
    Totals,
    compare,
    explained,
    total_of,
)

_REFUND = {"2102": "2103", "2207": "2208"}
_NOT_THERE: dict[str, Any] = {"infno": "", "figures": None, "cleared": None}
_PACKED, _ROWS = "statement.zip", "statement.txt"
_ABSENT = "对账文件中没有这一笔（{days}，{cut} 生成）/ not in the centre's statements of {days}, cut at {cut}"
_TRANSIT_H = 24
"""Where no pack says how long a request may be under way."""


class Unanswered(Exception):
    """The centre did not answer all that a statement needs: nothing is concluded, and it is made again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One difference, and what 5203 says of the centre's row."""

    difference: Difference
    psn_no: str
    info: SetlInfo | None = None
    """None for a row of ours that is missing there, and where 5203 does not find it."""


@dataclass(slots=True)
class Statements:
    """States days and acts on what is found."""

    settings: Settings
    journal: Journal
    clock: Clock
    delivery: Delivery
    goes_on: Callable[[], bool] = field(default=lambda: True)
    """False when the sender is to end: nothing more is asked then."""
    restored_at: list[str] = field(init=False)
    """When the journal came back from a backup: until then anything in it may have been sent again."""

    def __post_init__(self) -> None:
        self.restored_at = [record.at for record in self.journal.records_of_kind("restored")] if self.journal.restored else []

    # --- a day -------------------------------------------------------------------------------------------

    def state(self, day: str, courier: Courier) -> bool:
        """Reconcile one day of the centre's time; return whether nothing is left. Raises :class:`Unanswered`: nothing was recorded."""
        upto, rows = self.journal.tip()[0], self._rows(day)
        stated = {group: self._totals(day, group, _of(rows, group), courier) for group in self._groups(rows)}
        asked_at, found, files = self._now(), list[Found](), list[dict[str, Any]]()
        for agency, clr_type in sorted({(group.setl_optins, group.clr_type) for group in stated}):
            mine = [row for row in rows if (row.group.setl_optins, row.group.clr_type) == (agency, clr_type)]
            told = self._details(day, agency, clr_type, mine, courier)
            files.append({"setl_optins": agency, "clr_type": clr_type, "cut_at": self._now(), "rows": len(told)})
            found += [self._looked_up(one, told, courier) for one in compare([row.stated for row in mine], _told(told), known=self._known)]
        groups = [self._group(day, group, result, rows, found, courier) for group, result in stated.items()]
        body = {
            "day": day,
            "at": asked_at,
            "upto": upto,
            "groups": groups,
            "files": files,
            "differences": [one.difference.body() for one in found],
            "balanced": not found and all(group["stmt_rslt"] == BALANCED for group in groups),
            "explained": all(BALANCED in {group["stmt_rslt"], group["explained"]} for group in groups),
        }
        self.journal.commit([Entry(kind="day_stated", subject=subject_of(day), body=body)])
        for one in found:
            self._act(one)
        if asked_at[:10] > day:
            self._list(day, [one for one in found if not one.difference.cause.automatic])
        return bool(body["balanced"])

    def _totals(self, day: str, group: Group, said: Totals, courier: Courier) -> statement.TotalsAnswer:
        return statement.read_totals(self._ask(courier, statement.TOTALS, statement.totals_input(group, day, said)))

    def _details(
        self, day: str, agency: str, clr_type: str, rows: Sequence[SettledRow], courier: Courier
    ) -> tuple[statement.ResultRow, ...]:
        code = self.settings.counter.fixmedins_code
        packed = statement.write_rows((statement.Row(psn_no=self._psn_no(row), stated=row.stated) for row in rows), _ROWS)
        as_numbers = self.settings.centre.statements.upload_as == "numbers"
        sent = self._ask(courier, statement.UPLOAD, statement.upload_input(packed, _PACKED, code, as_numbers=as_numbers))
        query = statement.details_input(
            statement.read_uploaded(sent).file_qury_no,
            setl_optins=agency,
            clr_type=clr_type,
            day=day,
            totals=total_of(row.stated for row in rows),
            cash_fen=sum(row.cash_fen for row in rows),
        )
        ready = statement.read_details(self._ask(courier, statement.DETAILS, query))
        wanted = statement.download_input(ready.file_qury_no, ready.filename, code)
        return statement.read_results(self._ask(courier, statement.DOWNLOAD, wanted)["file"])

    def _group(
        self, day: str, group: Group, result: statement.TotalsAnswer, rows: Sequence[SettledRow], found: Sequence[Found], courier: Courier
    ) -> dict[str, Any]:
        """Return one group's outcome; where it differs, whether the totals that the explanation gives are the centre's to the last fen."""
        said = _of(rows, group)
        again = ""
        if result.stmt_rslt != BALANCED:
            own = [one.difference for one in found if self._group_of(one, rows) == group]
            again = self._totals(day, group, explained(said, own), courier).stmt_rslt
        sums = {"count": said.count, **asdict(said.amounts)}
        return {**asdict(group), **sums, "stmt_rslt": result.stmt_rslt, "words": result.stmt_rslt_dscr, "explained": again}

    def _group_of(self, found: Found, rows: Sequence[SettledRow]) -> Group | None:
        mine = next((row.group for row in rows if row.stated.setl_id == found.difference.row.setl_id), None)
        return mine or (Group(**self._cleared(found.info)[0]) if found.info is not None else None)

    def _looked_up(self, difference: Difference, told: Sequence[statement.ResultRow], courier: Courier) -> Found:
        """Ask 5203 for what the centre has alone, or has otherwise: a file is not believed without it."""
        row = difference.row
        psn_no = next(one.psn_no for one in told if one.told.row.setl_id == row.setl_id)
        if difference.there is None:
            return Found(difference=difference, psn_no=psn_no)
        query = queries.settlement_query(psn_no=psn_no, mdtrt_id=row.mdtrt_id, setl_id=row.setl_id)
        infos = queries.read_settlements(self._ask(courier, "5203", query))
        info = next((one for one in infos if one.setl_id == row.setl_id), None)
        if info is None or row.amounts is not None:
            return Found(difference=difference, psn_no=psn_no, info=info)
        # The older form of the file has no amounts.
        there = replace(row, amounts=self._amounts(info))
        return Found(difference=replace(difference, there=there), psn_no=psn_no, info=info)

    # --- what follows ------------------------------------------------------------------------------------

    def _act(self, found: Found) -> None:
        cause, row, info = found.difference.cause, found.difference.row, found.info
        if info is None:
            return
        if cause == ADOPTED_LATER:
            owed = self.journal.due_row(row.msgid)
            if owed is not None:
                self._once(lambda: self.delivery.adopt(owed, info))
        elif cause.code in RELEASED or cause.action == "adopt-loss":
            self._stray(found, info)

    def _stray(self, found: Found, info: SetlInfo) -> None:
        if self.journal.is_settled(info.setl_id):
            return
        body = {"setl_id": info.setl_id, "cause": found.difference.cause.code, **self._as_there(found, info)}
        self.journal.commit([self._about("stray_found", found.difference.row.msgid, body, found)])

    def _list(self, day: str, found: Iterable[Found]) -> None:
        """Note what a person has to close, once each: what 5203 does not find either is asked again with the next statement."""
        own = {row.stated.setl_id: row for row in self.journal.settled_on(day)}
        for one in found:
            row, mine = one.difference.row, own.get(one.difference.row.setl_id)
            if self.journal.is_difference(row.setl_id) or (one.info is None and one.difference.there is not None):
                continue
            there = _movements(one.info.figures()) if one.info is not None else None
            body = {
                "day": day,
                "cause": one.difference.cause.code,
                "setl_id": row.setl_id,
                "msgid": row.msgid,
                "refund": row.refund,
                "here": self._as_here(mine) if mine is not None else None,
                "there": there,
                **(self._as_there(one, one.info) if one.info is not None else _NOT_THERE | {"mdtrt_id": row.mdtrt_id}),
            }
            self.journal.commit([self._about(by_hand.DIFFERENCE_FOUND, by_hand.subject_of(row.setl_id), body, one)])

    def _as_there(self, found: Found, info: SetlInfo) -> dict[str, Any]:
        """Return what 5203 says of a settlement or refund: what it is, its figures, and by what it is cleared."""
        group, setl_time = self._cleared(info)
        infno = "2207" if group["clr_type"] == codes.CLEARED_AS_OUTPATIENT else "2102"
        return {
            "mdtrt_id": info.mdtrt_id or found.difference.row.mdtrt_id,
            "infno": _REFUND[infno] if found.difference.row.refund else infno,
            "figures": asdict(info.figures()),
            "cleared": {**group, "setl_time": setl_time},
        }

    def _as_here(self, mine: SettledRow) -> dict[str, int]:
        """Return a row of ours with all that it moved: what is stated leaves the family's account out."""
        figures, amounts = self.journal.standing(mine.msgid).figures, mine.stated.amounts or Amounts()
        if figures is not None and figures.medfee_sumamt == amounts.total_fen:
            return _movements(figures)
        return by_hand.amounts_of(amounts.total_fen, amounts.fund_fen, amounts.account_fen, mine.cash_fen)

    def _about(self, kind: str, subject: str, body: dict[str, Any], found: Found) -> Entry:
        known = self._person(found.difference.row.msgid)
        certno = known.get("certno") or (found.info.certno if found.info is not None else "") or found.psn_no
        private = {**known, "psn_no": found.psn_no or known.get("psn_no", ""), "certno": certno}
        private.setdefault("insuplc_admdvs", self.settings.counter.admdvs)
        return Entry(kind=kind, subject=subject, body=body, private=private, owner=certno)

    def _once(self, write: Callable[[], None]) -> None:
        """Write what another lane may have written meanwhile."""
        try:
            write()
        except NotDue:
            return

    # --- doubts ------------------------------------------------------------------------------------------

    def judge(self, courier: Courier) -> int:
        """Close as not done what the centre's statements prove absent; return how many. Raises :class:`Unanswered`."""
        if self.journal.clock_doubt() is not None:
            # How long ago the last attempt was is not known.
            return 0
        judged = 0
        for row in self.journal.unresolved():
            if row.state == "unknown" and row.infno in codes.SETTLES and (window := self._window(row)) is not None:
                judged += self._judge(row, window, courier)
        return judged

    def judges(self) -> bool:
        """Whether a doubt has waited long enough to be judged."""
        waiting = (row for row in self.journal.unresolved() if row.state == "unknown" and row.infno in codes.SETTLES)
        return any(self._window(row) is not None for row in waiting)

    def _window(self, row: DueRow) -> tuple[datetime, datetime] | None:
        """Return when it was first sent, and when no copy can be under way any more; None while one can."""
        sent = [record.at for record in self.journal.records(row.msgid) if record.kind == "sending"] or [self.journal.record_at(row.seq).at]
        first, last = datetime.fromisoformat(min(sent)), datetime.fromisoformat(max(sent + self.restored_at))
        over = last + timedelta(hours=self._transit_h())
        return (first, over) if self.clock.now() > over else None

    def _judge(self, row: DueRow, window: tuple[datetime, datetime], courier: Courier) -> int:
        days = [day.strftime("%Y-%m-%d") for day in _days(*window)]
        cuts = []
        for day in days:
            if self._cut_after(day, window[1]) is None:
                self.state(day, courier)
            cut = self._cut_after(day, window[1])
            if cut is None:
                return 0
            cuts.append(cut)
        if self.journal.due_row(row.msgid) is None or self._named(row.msgid, days):
            return 0
        words = _ABSENT.format(days="、".join(days), cut=min(cuts))
        self._once(lambda: self.delivery.absent(row, words))
        return 1

    def _cut_after(self, day: str, moment: datetime) -> str | None:
        """Return when the files of a day were cut, if all agencies' were after ``moment``."""
        for record in reversed(self.journal.records(subject_of(day))):
            files = record.body["files"]
            agencies = {file["setl_optins"] for file in files}
            cuts: list[str] = [file["cut_at"] for file in files]
            if agencies >= set(self._agencies()) and all(datetime.fromisoformat(cut) > moment for cut in cuts):
                return min(cuts)
        return None

    def _named(self, msgid: str, days: Iterable[str]) -> bool:
        """Whether any statement of these days ever named a message: then it is no case of silence."""
        records = (record for day in days for record in self.journal.records(subject_of(day)))
        return any(row["msgid"] == msgid for record in records for row in record.body["differences"])

    # --- what is ours ------------------------------------------------------------------------------------

    def _rows(self, day: str) -> list[SettledRow]:
        return [
            replace(row, stated=replace(row.stated, amounts=self._as_stated(row.stated.amounts))) for row in self.journal.settled_on(day)
        ]

    def _groups(self, rows: Sequence[SettledRow]) -> list[Group]:
        """Return by what a day is stated: what was settled, and everything by which something could have been."""
        policy = self._policy()
        schemes = policy.schemes if policy is not None else codes.BASIC[:1]
        clr_type = codes.CLEARED_AT_PHARMACY if self.settings.counter.venue is Venue.PHARMACY else codes.CLEARED_AS_OUTPATIENT
        usual = {Group(insutype=scheme, clr_type=clr_type, setl_optins=agency) for scheme in schemes for agency in self._agencies()}
        return sorted(usual | {row.group for row in rows})

    def _agencies(self) -> tuple[str, ...]:
        return self.settings.centre.statements.agencies or (self.settings.counter.admdvs,)

    def _known(self, row: Stated) -> Any:  # noqa: ANN401 - Known, as compare() wants it
        return known_of(self.journal, row)

    def _cleared(self, info: SetlInfo) -> tuple[dict[str, str], str]:
        clr_type = codes.CLEARED_AT_PHARMACY if self.settings.counter.venue is Venue.PHARMACY else codes.CLEARED_AS_OUTPATIENT
        cleared: Cleared = info.cleared()
        body = cleared.body(insutype=codes.EMPLOYEE, clr_type=clr_type, setl_optins=self.settings.counter.admdvs, now=self._now())
        return {name: body[name] for name in ("insutype", "clr_type", "setl_optins")}, body["setl_time"]

    def _amounts(self, info: SetlInfo) -> Amounts | None:
        figures = info.figures()
        apart = Amounts(total_fen=figures.medfee_sumamt, fund_fen=figures.fund_pay_sumamt, account_fen=figures.acct_pay)
        return self._as_stated(apart)

    def _as_stated(self, amounts: Amounts | None) -> Amounts | None:
        """Return amounts as the centre states them: with the account in the fund where the area's fund contains it."""
        policy = self._policy()
        if amounts is None or policy is None or policy.fund_includes_account.value != "yes":
            return amounts
        return replace(amounts, fund_fen=amounts.fund_fen + amounts.account_fen)

    def _person(self, msgid: str) -> dict[str, Any]:
        for record in self.journal.records(msgid):
            if record.private is not None and record.private.get("certno"):
                return {name: value for name, value in record.private.items() if name != "input"}
        return {}

    def _psn_no(self, row: SettledRow) -> str:
        """Return whose a row is: of what was not made here, and a person closed, the difference says it."""
        records = [*self.journal.records(row.msgid), *self.journal.records(by_hand.subject_of(row.stated.setl_id))]
        told = (record.private for record in records if record.private is not None)
        return next((str(private["psn_no"]) for private in told if private.get("psn_no")), "")

    def _policy(self) -> Policy | None:
        directory = self.settings.regions.directory
        found = policy_for(self.settings.counter.admdvs, self._now(), directory=Path(directory) if directory else None)
        return None if isinstance(found, Refusal) else found

    def _transit_h(self) -> int:
        policy = self._policy()
        return policy.transit_h if policy is not None else _TRANSIT_H

    def _now(self) -> str:
        return self.clock.now().isoformat(timespec="seconds")

    def _ask(self, courier: Courier, infno: str, content: dict[str, Any]) -> dict[str, Any]:
        if not self.goes_on():
            raise Unanswered(infno)
        outcome = courier.ask(infno, content)
        if not isinstance(outcome, Accepted):
            words = getattr(outcome, "words", "") or getattr(outcome, "why", "")
            raise Unanswered(f"{infno} {words}".strip())
        return outcome.output


def _movements(figures: Figures) -> dict[str, int]:
    total_fen, fund_fen, account_fen, cash_fen = figures.movements()
    return by_hand.amounts_of(total_fen, fund_fen, account_fen, cash_fen)


def _told(rows: Iterable[statement.ResultRow]) -> list[Told]:
    return [row.told for row in rows]


def _of(rows: Iterable[SettledRow], group: Group) -> Totals:
    return total_of(row.stated for row in rows if row.group == group)


def _days(first: datetime, last: datetime) -> Iterable[datetime]:
    day = first
    while day.date() <= last.date():
        yield day
        day += timedelta(days=1)
