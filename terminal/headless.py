"""``yibao headless``: the till without a screen. One JSON command per line in, answers and questions out.

``{"do": "sale", "lines": […], "card": true}`` · ``{"do": "void", "subject": …}`` · ``{"do": "later", "slip":
…}`` · ``{"do": "catch-up"}``, and those of :mod:`terminal.headless_day` and :mod:`terminal.headless_visit`. A sale is a draft until it is
done; one that a kill left unfinished is said when the till opens, and ``{"do": "resume"}`` settles it. Every command ends with one line
``{"end": <final state>, …}``; what is asked in between is described in :mod:`terminal.headless_person`.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import platformdirs

from config import log_file
from config.log_file import Events
from settlement import refusals, reversal
from settlement.checkout.states import ClosedUnpaid, LeftInDoubt, LeftUnanswered, PaidInCash, Released, Settled, State
from settlement.errors import OperatorError, Refusal
from settlement.facts import CashReturned
from terminal import catch_up, drafts, headless_day, later, returns, sender_process, sold_codes
from terminal.bookkeeping import entries
from terminal.counter import Counter
from terminal.driver import Driver
from terminal.headless_person import HeadlessPerson, Pipe
from terminal.headless_visit import HeadlessVisits

Message = dict[str, Any]
_EVENTS = Events("till")
_COMMANDS: dict[str, dict[str, type]] = {
    "sale": {"lines": list},
    "register": {"department": str},
    "order": {"visit": dict, "lines": list},
    "resume": {},
    "void": {"subject": str},
    "later": {"slip": str},
    "hold": {},
    "recall": {"subject": str},
    "close": {"counted_fen": int},
    "reopen": {"why": str},
    "differences": {},
    "agree": {"subject": str, "how": str},
    "return": {"subject": str, "returned": dict},
    "resume-return": {"subject": str},
    "catch-up": {},
}
"""The commands, and the members that each must have."""
_MAY_HAVE: dict[str, type] = {"lines": list, "counted_fen": int, "next": str, "float_fen": int, "doctor": str, "fee_class": str}


def add_parser(commands: Any) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add the command to ``yibao``."""
    parser = commands.add_parser("headless", help="收款台，无界面 / the till without a screen")
    parser.add_argument("--data-dir", type=Path, default=Path(platformdirs.user_state_dir("yibao")))
    parser.add_argument("--no-sender", action="store_true", help="不启动发送进程 / leave the sender to somebody else")
    parser.set_defaults(run=run, log="till")


def run(wanted: argparse.Namespace) -> int:
    """Serve commands until the input ends."""
    pipe = Pipe(0, 1)
    person = HeadlessPerson(pipe)
    with Counter(wanted.data_dir) as counter, log_file.opened(wanted.data_dir, "till", counter.settings.log):
        # Nothing here waits for a first frame: all of the chain is walked before the first command.
        counter.check.complete()
        if not wanted.no_sender:
            sender_process.start(wanted.data_dir)
        driver = Driver(counter, person)
        unfinished = catch_up.run(counter, driver)
        _EVENTS.write("started", unfinished=len(unfinished), epoch=counter.journal.epoch)
        pipe.say({"end": "Open", "unfinished": unfinished, **headless_day.opening(counter)})
        while (line := pipe.line()) is not None:
            answer = _answer(line, counter, driver, person)
            _EVENTS.write("command", **{name: answer[name] for name in ("end", "subject", "code") if name in answer})
            pipe.say(answer)
        _EVENTS.write("ended")
    return 0


def _answer(line: bytearray, counter: Counter, driver: Driver, person: HeadlessPerson) -> Message:
    message = _read(line)
    if message is None:
        return {"end": "Misunderstood", "commands": {name: list(members) for name, members in _COMMANDS.items()}}
    try:
        return _do(message, counter, driver, person)
    except OperatorError as error:
        person.tell(error)
        return {"end": "Failed", "code": error.code}


def _read(line: bytearray) -> Message | None:
    """Return the command in ``line``, None when it is none: nothing is done then."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    if not isinstance(message, dict) or message.get("do") not in _COMMANDS:
        return None
    members = {**_COMMANDS[message["do"]], **{name: kind for name, kind in _MAY_HAVE.items() if name in message}}
    whole = all(isinstance(message.get(name), kind) for name, kind in members.items())
    whole = whole and all(isinstance(row, dict) for row in message.get("lines", []))
    return message if whole and message.get("counted_fen", 0) >= 0 else None


def _do(message: Message, counter: Counter, driver: Driver, person: HeadlessPerson) -> Message:
    match message["do"]:
        case "sale" | "resume" | "register" | "order":
            return _sell(message, counter, driver, person)
        case "hold" | "recall" | "close" | "reopen" | "differences" | "agree":
            return headless_day.serve(message, counter, person)
        case "void":
            return _voided(driver.void(message["subject"]), person)
        case "return" | "resume-return":
            return _return(message, counter, driver, person)
        case "later":
            return _later(message["slip"], counter, driver, person)
        case _:
            return {"end": "Open", "unfinished": catch_up.run(counter, driver)}


def _sell(message: Message, counter: Counter, driver: Driver, person: HeadlessPerson) -> Message:
    catch_up.run(counter, driver)
    policy = counter.policy()
    if isinstance(policy, Refusal):
        person.tell(policy)
        return {"end": "Failed", "code": policy.code}
    visits = HeadlessVisits(counter)
    open_bill = visits.bill_of(message) if message["do"] in {"register", "order"} else headless_day.bill_of(message, counter)
    if isinstance(open_bill, Refusal):
        person.tell(open_bill)
        return {"end": "Failed", "code": open_bill.code}
    bill = open_bill.bill(counter.settings.counter, counter.at)
    sold = sold_codes.refusal(counter.journal, bill)
    if sold is not None:
        person.tell(sold)
        return {"end": "Failed", "code": sold.code}
    by_card = message.get("card", True)
    sale = visits.sale_of(open_bill, policy, by_card=by_card)
    if isinstance(sale, Refusal):
        person.tell(sale)
        return {"end": "Failed", "code": sale.code}
    ended = driver.sell(sale, by_card=by_card)
    drafts.clear(counter.journal)
    return _ended(ended)


def _return(message: Message, counter: Counter, driver: Driver, person: HeadlessPerson) -> Message:
    if message["do"] == "return":
        ended = returns.begin(counter, driver, message["subject"], message["returned"])
    else:
        ended = returns.resume(counter, driver, message["subject"])
    if isinstance(ended, Refusal):
        person.tell(ended)
        return {"end": "Failed", "code": ended.code}
    return {"end": "Returned", "subject": ended.subject, "stage": ended.stage, "void": ended.void, "sale": ended.sale}


def _later(slip: str, counter: Counter, driver: Driver, person: HeadlessPerson) -> Message:
    catch_up.run(counter, driver)
    back_fen = later.cash_due_back_fen(counter, slip)
    if back_fen:
        returned = CashReturned(subject=slip, amount_fen=back_fen)
        counter.journal.commit(entries((returned,), None))
        return {"end": "CashReturned", "subject": slip, "amount_fen": back_fen}
    sale = later.sale_of(counter, slip)
    if isinstance(sale, Refusal):
        person.tell(sale)
        return {"end": "Failed", "code": sale.code}
    return _ended(driver.sell(sale))


def _ended(state: State) -> Message:
    end: Message = {"end": type(state).__name__}
    match state:
        case Settled():
            end |= {"subject": state.subject, "figures": asdict(state.figures), "outside_fen": state.outside_fen}
        case Released():
            end |= {"subject": state.subject, "void": state.void_id}
        case PaidInCash():
            end |= {"subject": state.subject, "amount_fen": state.amount_fen}
        case ClosedUnpaid():
            end |= {"subject": state.subject}
        case LeftInDoubt():
            end |= {"subject": state.doubt.intent.subject, "code": refusals.IN_DOUBT.code}
        case LeftUnanswered():
            end |= {"subject": state.subject, "code": refusals.UNANSWERED.code}
    return end


def _voided(state: reversal.State, person: HeadlessPerson) -> Message:
    end: Message = {"end": type(state).__name__}
    match state:
        case reversal.Voided():
            end |= {"subject": state.subject, "cash_back_fen": state.cash_back_fen}
        case reversal.Waiting() | reversal.InDoubt():
            end |= {"subject": state.subject}
        case reversal.NotVoided():
            person.tell(state.refusal)
            end |= {"code": state.refusal.code}
    return end
