"""``yibao-journal``: what a technician reads, and the backup. ``restore`` alone writes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import platformdirs

from config.clock import SystemClock, clock_of
from config.crash import CrashReport
from config.entropy import SystemEntropy
from config.settings import Settings, settings_file
from config.telling import told
from offline_queue import care_command, doubts, drug_register, reconcile_command
from offline_queue.fold import Folded, Standing
from offline_queue.journal import Journal, Record
from offline_queue.journal.verify import verify
from settlement.by_hand import DifferenceClosed, How
from settlement.card_debit import DebitPlan
from settlement.errors import OperatorError, SettingsError
from settlement.facts import SaleIntended, VoidIntended
from settlement.figures import Figures
from settlement.money import format_yuan
from settlement.plain import one_line

OK, FOUND, CONFIGURATION = 0, 1, 3
SCHEMA = 1
_HIDDEN = "***"
_ALONE = frozenset({How.STANDS, How.GOODS_BACK, How.GOODS_OUT})
"""Closed so, a row of the centre's is right, and no sale or void of this journal is behind it."""


def main(arguments: list[str] | None = None) -> int:
    """Run ``yibao-journal``. 0 = fine, 1 = found a problem (or nothing), 3 = configuration, 74 = nobody read the answer."""
    return told(lambda: _main(arguments))


def _main(arguments: list[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="yibao-journal", description="本机账本 / the local journal")
    commands = parser.add_subparsers(dest="command", required=True)
    directory = Path(platformdirs.user_state_dir("yibao"))
    words = {
        "list": "结算一览 / the settlements",
        "show": "一笔结算的全部记录 / everything about one settlement",
        "verify": "校验 / is it what was written",
        "export": "导出 / everything, folded",
        "doubts": "存疑一览：知道什么、还能问什么、可以做什么 / what is in doubt, and the only safe things to do",
        "reconcile": "对账结果 / what reconciling with the centre found",
        "register": "含麻黄碱类复方制剂登记 / the register of ephedrine compounds",
    }
    for name, text in words.items():
        command = commands.add_parser(name, help=text)
        command.add_argument("--data-dir", type=Path, default=directory)
        command.add_argument("--json", action="store_true")
        if name == "show":
            command.add_argument("subject", help="结算编号，或其末六位 / its number, or the last six digits")
        if name == "reconcile":
            command.add_argument("--day", default="", metavar="YYYY-MM-DD", help="哪一天，不写为最近 / without it the last one")
        if name in {"show", "export", "register"}:
            command.add_argument("--reveal", action="store_true", help="不遮盖个人信息 / do not mask personal fields")
        command.set_defaults(run=_read)
    care_command.add_parsers(commands, directory)
    wanted = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = wanted.run
    with CrashReport(wanted.data_dir, "commands") as crash:
        try:
            return run(wanted)
        except OperatorError as error:
            sys.stderr.write(f"{error.say('zh')}\n{error.say('en')}\n")
            return CONFIGURATION if isinstance(error, SettingsError) else FOUND
    return crash.code


def _read(wanted: argparse.Namespace) -> int:
    with Journal(wanted.data_dir, role="reader", clock=SystemClock(), entropy=SystemEntropy(), counter=None) as journal:
        return _COMMANDS[wanted.command](journal, wanted)


def export(journal: Journal, *, reveal: bool) -> dict[str, Any]:
    """Return every settlement folded, what the cards were debited, what waits and what is in doubt."""
    states = list(journal.folded())
    sales = [state for state in states if isinstance(state.intent, SaleIntended)]
    closed = [record.body for record in journal.records_of_kind(DifferenceClosed.kind)]
    count, head = journal.tip()
    return {
        "schema": SCHEMA,
        "till": f"{journal.identity.fixmedins_code}/{journal.identity.till}",
        "count": count,
        "head": head,
        "queue": len(journal.owed()),
        "settlements": [_settlement(state) for state in states if state.intent is not None and state.figures is not None],
        "debits": [_debit(journal, sale, reveal=reveal) for sale in sales if sale.done and sale.offline],
        "doubts": [
            {"subject": state.subject, "amount_fen": _movements(state)["total_fen"], "goods_released": state.goods_released}
            for state in states
            if state.standing is Standing.IN_DOUBT or (state.intent is not None and state.standing is Standing.PENDING)
        ],
        "differences": [
            {"subject": state.subject, "amount_fen": _movements(state)["total_fen"], "agreed": state.difference_agreed}
            for state in states
            if state.not_agreed
        ],
        "stood_alone": [*_strays(journal), *(_by_hand(body) for body in closed if body["how"] in _ALONE)],
        "claimed": [body["row"]["msgid"] for body in closed if body["how"] == How.CLAIMED],
        "slips": [
            {
                "subject": state.subject,
                "amount_fen": state.outside_fen,
                "redeemed_by": state.redeemed_by,
                "returned_fen": state.cash_returned_fen,
            }
            for state in states
            if state.standing is Standing.CASH
        ],
        "receivables": [
            {"subject": s.subject, "amount_fen": s.receivable_fen + s.difference_fen}
            for s in states
            if s.receivable_fen or s.difference_fen
        ],
    }


def _settlement(state: Folded) -> dict[str, Any]:
    return {
        "infno": state.infno,
        "msgid": state.subject,
        "original": state.original,
        "releases": state.intent.setl_id if isinstance(state.intent, VoidIntended) else "",
        "standing": str(state.standing),
        "done": state.done and state.standing is not Standing.REJECTED,
        "offline": state.offline,
        "receipt": state.receipt,
        "at": state.at,
        "setl_id": state.setl_id,
        "movements": _movements(state),
        "outside_fen": state.outside_fen,
        "words": state.words,
    }


def _strays(journal: Journal) -> list[dict[str, Any]]:
    """Return what statements found at the centre alone: released there since, unless it was adopted."""
    found = ((record.subject, record.body) for record in journal.records_of_kind("stray_found"))
    return [_alone(msgid, body, adopted=body["cause"] == "written-off") for msgid, body in found]


def _by_hand(closed: dict[str, Any]) -> dict[str, Any]:
    """Return what a person said stands at the centre, and has no sale or void here."""
    return _alone(closed["row"]["msgid"], closed["row"], adopted=False)


def _alone(msgid: str, body: dict[str, Any], *, adopted: bool) -> dict[str, Any]:
    total, fund, account, cash = Figures(**body["figures"]).movements()
    return {
        "infno": body["infno"],
        "msgid": msgid,
        "setl_id": body["setl_id"],
        "cause": body["cause"],
        "adopted": adopted,
        "movements": {"total_fen": total, "fund_fen": fund, "account_fen": account, "cash_fen": cash},
    }


def _movements(state: Folded) -> dict[str, int]:
    total, fund, account, cash = (state.figures or Figures(medfee_sumamt=0)).movements()
    return {"total_fen": total, "fund_fen": fund, "account_fen": account, "cash_fen": cash}


def _debit(journal: Journal, sale: Folded, *, reveal: bool) -> dict[str, Any]:
    assert isinstance(sale.intent, SaleIntended)
    assert sale.intent.card is not None
    private = next((record.private for record in journal.records(sale.subject) if "certno" in (record.private or {})), None) or {}
    card_no, plan = private.get("card_no", ""), sale.intent.card
    # A card that debits by itself has no generations: its sequence counts on its own.
    generation, counter = (None, plan.sequence) if isinstance(plan, DebitPlan) else (plan.before.generation, plan.counter_after)
    return {
        "msgid": sale.subject,
        "card_no": card_no if reveal else _HIDDEN,
        "generation": generation,
        "counter": counter,
        "debit_fen": plan.debit_fen,
        "accepted": sale.answer == "accepted",
    }


def _export(journal: Journal, wanted: argparse.Namespace) -> int:
    _write(export(journal, reveal=wanted.reveal))
    return OK


def _register(journal: Journal, wanted: argparse.Namespace) -> int:
    found = [row if wanted.reveal else replace(row, buyer=row.masked[0], certno=row.masked[1]) for row in drug_register.rows(journal)]
    if wanted.json:
        _write({"schema": SCHEMA, "register": [asdict(row) for row in found]})
        return OK
    for row in found:
        goods = f"{row.name} {row.spec} × {row.quantity}  {row.prodentp_name}  {row.manu_lotnum}"
        sys.stdout.write(one_line(f"{row.at}  {row.subject[-6:]}  {goods}  {row.buyer}  {row.certno}") + "\n")
    return OK


def _list(journal: Journal, wanted: argparse.Namespace) -> int:
    states = [state for state in journal.folded() if state.intent is not None or state.standing is Standing.CASH]
    if wanted.json:
        _write({"schema": SCHEMA, "settlements": [_settlement(state) for state in states]})
        return OK
    for state in states:
        amount = format_yuan(_movements(state)["total_fen"] or state.outside_fen)
        mark = "脱机" if state.offline else "    "
        sys.stdout.write(
            f"{state.subject}  {state.infno or 'slip'}  {amount:>12}  {mark}  {one_line(state.receipt):<14} {state.standing}\n"
        )
    return OK


def _show(journal: Journal, wanted: argparse.Namespace) -> int:
    subjects = [subject for subject in journal.subjects() if subject.endswith(wanted.subject)]
    if len(subjects) != 1:
        found = one_line("、".join(subjects)) or "—"
        sys.stderr.write(f"没有唯一的一笔：{found}。没有改动任何记录。 / Not exactly one settlement: {found}. Nothing was changed.\n")
        return FOUND
    records = journal.records(subjects[0])
    if wanted.json:
        shown = [_record(record, reveal=wanted.reveal) for record in records]
        folded = journal.standing(subjects[0])
        _write({"schema": SCHEMA, "subject": subjects[0], "standing": str(folded.standing), "records": shown})
        return OK
    sys.stdout.write("\n".join(_timeline(records)) + "\n")
    sys.stdout.write(f"= {journal.standing(subjects[0]).standing}\n")
    return OK


def _record(record: Record, *, reveal: bool) -> dict[str, Any]:
    shown = asdict(record)
    shown["owner"] = record.owner.hex()
    if not reveal and record.private is not None:
        shown["private"] = dict.fromkeys(record.private, _HIDDEN)
    return shown


def _timeline(records: list[Record]) -> Iterator[str]:
    for record in records:
        body = record.body
        words = " ".join(str(body[key]) for key in ("way", "outcome", "found_by", "why", "receipt", "words", "amount_fen") if body.get(key))
        yield f"{record.seq:>6}  {record.at}  {record.writer:<6}  {record.kind:<18} {one_line(words)}"


def _verify(journal: Journal, wanted: argparse.Namespace) -> int:
    result = verify(journal)
    if wanted.json:
        _write({"schema": SCHEMA, "count": result.count, "head": result.head, "faults": list(result.faults)})
    else:
        sys.stdout.write(f"{result.count} 条记录 / records, {result.head[:16]}\n")
        for fault in result.faults:
            sys.stdout.write(f"✗ {one_line(fault)}\n")
        if result.faults:
            sys.stdout.write("保留数据目录原样，不要再结算。 / Keep the data directory as it is and stop settling.\n")
    return FOUND if result.faults else OK


def _reconcile(journal: Journal, wanted: argparse.Namespace) -> int:
    found = reconcile_command.reconciled(journal, wanted.day or reconcile_command.last_day(journal))
    if wanted.json:
        _write(found)
    else:
        sys.stdout.write(reconcile_command.said(found))
    stated = found["statement"]
    return OK if stated is not None and stated["balanced"] and not found["standing_alone"] else FOUND


def _doubts(journal: Journal, wanted: argparse.Namespace) -> int:
    settings = _settings_of(wanted.data_dir)
    directory = Path(settings.regions.directory) if settings is not None and settings.regions.directory else None
    clock = SystemClock() if settings is None else clock_of(settings.clock.file)
    found = doubts.resolutions(journal, clock.now(), directory)
    if wanted.json:
        _write({"schema": SCHEMA, "doubts": [doubts.told(one) for one in found]})
        return FOUND if found else OK
    sys.stdout.write("没有存疑 / nothing is in doubt\n" if not found else doubts.said(found, "zh") + "\n" + doubts.said(found, "en"))
    return FOUND if found else OK


def _settings_of(directory: Path) -> Settings | None:
    """Return the counter's settings where they stand beside its journal: a journal alone is read by the shipped packs."""
    try:
        return Settings.load(settings_file(directory))
    except SettingsError:
        return None


_COMMANDS: dict[str, Callable[[Journal, argparse.Namespace], int]] = {
    "list": _list,
    "show": _show,
    "verify": _verify,
    "export": _export,
    "register": _register,
    "reconcile": _reconcile,
    "doubts": _doubts,
}


def _write(content: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False) + "\n")
