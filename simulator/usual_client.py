"""The trade's usual client at a counter of its own: a program that talks to the centre as public clients of the interface do.

Four rules make it what it is (:class:`Rule`; their sources stand in ``docs/versus.md``). Without a rule it does what a careful
client would do in that place, so that each can be judged alone. It shares no line with the product: ``python -m
simulator.usual_client --url … --dir DIR`` reads one JSON command a line and answers with questions (``ask``) and an ``end``.

``{"do": "sale", "at": …, "who": {…}, "lines": […]}`` · ``{"do": "recover", "at": …}`` after a restart · ``{"do": "correct-by-hand",
"at": …}``, the operator's evening. ``at`` is the time, ``yyyy-MM-dd HH:mm:ss``. Amounts are yuan as text, as on the wire.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Message = dict[str, Any]
_PLEASE_RETRY = "结算失败，请重试"
_SALE, _CORRECTION = "2102", "2601"
_ECERT, _CARD, _RESIDENT_ID = "01", "03", "01"
_NO_LIMIT = "999999"
_KEPT = "kept.jsonl"


class Rule(StrEnum):
    """What the usual client does about a call that fails."""

    STORES_ON_SUCCESS = "stores-only-on-success"
    """A settlement and its msgid are stored when the answer says that it succeeded. Without: the msgid is stored before it is sent."""
    PLEASE_RETRY = "please-retry"
    """No answer is told as a failure; the cashier presses again: a new msgid. Without: the centre is asked, and what it has is kept."""
    CORRECTS_BY_HAND = "corrects-by-hand"
    """2601 is typed by an operator, for a msgid that is stored. Without: the program sends it at once, while it knows the msgid."""
    ERROR_IS_FAILURE = "5xx-is-failure"
    """A status of 500 or more, or a body that is no answer, means that nothing was done. Without: it means as little as no answer."""


USUAL = frozenset(Rule)


class Failed(Exception):
    """The call certainly did nothing, as far as this client is concerned."""


class Unanswered(Exception):
    """The call was sent, and nobody knows what became of it."""


class Refused(Exception):
    """The centre said no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The counter, as the envelope names it."""

    url: str
    fixmedins_code: str
    admdvs: str
    patience_s: float


class Wire:
    """Calls to the centre."""

    def __init__(self, place: Place, rules: frozenset[Rule]) -> None:
        self._place = place
        self._rules = rules
        self._sequence = 0
        self._sign_no = ""

    @property
    def institution(self) -> str:
        """Return the code of the institution that the counter belongs to."""
        return self._place.fixmedins_code

    def next_msgid(self, at: str) -> str:
        """Return a new msgid: institution, time, sequence."""
        self._sequence += 1
        return f"{self._place.fixmedins_code}{''.join(filter(str.isdigit, at))}{self._sequence % 10_000:04d}"

    def call(self, infno: str, content: Message, *, at: str, msgid: str = "") -> Message:
        """Return the output of a call. Raises :class:`Failed`, :class:`Unanswered` and :class:`Refused`."""
        if not self._sign_no and infno != "9001":
            operator = {"opter_no": "usual", "mac": "00-00-00-00-00-00", "ip": "127.0.0.1"}
            self._sign_no = self.call("9001", {"signIn": operator}, at=at)["signinoutb"]["sign_no"]
        envelope = {
            "infno": infno,
            "msgid": msgid or self.next_msgid(at),
            "mdtrtarea_admvs": self._place.admdvs,
            "insuplc_admdvs": self._place.admdvs,
            "recer_sys_code": "FSI",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "usual",
            "opter_name": "演示",
            "inf_time": at,
            "fixmedins_code": self._place.fixmedins_code,
            "fixmedins_name": "演示药店",
            "sign_no": self._sign_no,
            "input": content,
        }
        answer = self._answer(self.post(urlsplit(self._place.url).path, envelope))
        if answer["infcode"]:
            raise Refused(answer["err_msg"])
        output: Message = answer["output"] or {}
        return output

    def post(self, path: str, members: Message) -> tuple[int, bytes]:
        """Return status and body. Raises :class:`Failed` when there is no line, :class:`Unanswered` when nothing comes back."""
        address = urlsplit(self._place.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=self._place.patience_s)
        try:
            connection.connect()
        except OSError as error:
            raise Failed(str(error)) from error
        try:
            connection.request("POST", path, json.dumps(members, ensure_ascii=False).encode(), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered(str(error)) from error
        finally:
            connection.close()

    def _answer(self, reply: tuple[int, bytes]) -> Message:
        status, body = reply
        no_answer = Failed if Rule.ERROR_IS_FAILURE in self._rules else Unanswered
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise no_answer(status)
        try:
            answer: Message = json.loads(body)
            return {"infcode": answer["infcode"], "err_msg": answer["err_msg"], "output": answer["output"]}
        except (ValueError, KeyError, TypeError) as error:
            raise no_answer(str(error)) from error


class Book:
    """What the client has stored: one row a line, the newest of a msgid counts."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / _KEPT

    def keep(self, row: Message) -> None:
        """Store a row, durably."""
        with self._path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            out.flush()
            os.fsync(out.fileno())

    def rows(self) -> list[Message]:
        """Return the newest row of each msgid, in the order of their first."""
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        return list({row["msgid"]: row for row in map(json.loads, lines)}.values())


class Client:
    """The counter's program. ``ask`` puts a question to the cashier and returns the answer."""

    def __init__(self, wire: Wire, book: Book, rules: frozenset[Rule], ask: Callable[[Message], str]) -> None:
        self._wire = wire
        self._book = book
        self._rules = rules
        self._ask = ask

    def sell(self, command: Message) -> Message:
        """Sell: preview, settle, and again for as long as the cashier presses; else the customer pays cash."""
        at = command["at"]
        while True:
            try:
                who = self._person(command["who"], at)
                sale = {"psn_no": who["psn_no"], "content": _content(command, who)}
                shown = self._wire.call("2101", sale["content"], at=at)["setlinfo"]
                if self._ask({"ask": "settle", "acct_pay": shown["acct_pay"], "psn_cash_pay": shown["psn_cash_pay"]}) != "settle":
                    return {"end": "cash"}
                row = self._settle(sale, at)
            except Refused as refused:
                return {"end": "cash", "why": str(refused)}
            except (Failed, Unanswered):
                row = None
            if row is not None:
                return {"end": "settled", **row}
            if self._ask({"ask": "retry", "words": _PLEASE_RETRY}) != "retry":
                return {"end": "cash"}

    def recover(self, at: str) -> Message:
        """Look after a restart for what was begun, and return what turned out to be settled."""
        found = [self._resolve(row, at) for row in self._begun()]
        return {"end": "recovered", "settled": [row for row in found if row is not None]}

    def correct_by_hand(self, at: str) -> Message:
        """Type 2601 for every msgid that is stored and has no end (the operator's evening)."""
        begun = self._begun() if Rule.CORRECTS_BY_HAND in self._rules else []
        return {"end": "corrected", "msgids": [row["msgid"] for row in begun if self._undo(row, at)]}

    def _settle(self, sale: Message, at: str) -> Message | None:
        """Send one 2102 under a new msgid; the row that is kept of it, None when it failed. Raises :class:`Refused`."""
        row = {"msgid": self._wire.next_msgid(at), "psn_no": sale["psn_no"], "state": "begun", "begntime": at}
        if Rule.STORES_ON_SUCCESS not in self._rules:
            self._book.keep(row)
        try:
            settled = self._wire.call(_SALE, sale["content"], at=at, msgid=row["msgid"])["setlinfo"]
        except Unanswered:
            return self._resolve(row, at)
        except (Failed, Refused):
            self._end(row, "failed")
            raise
        return self._settled(row, settled)

    def _resolve(self, row: Message, at: str) -> Message | None:
        """Do what is done about a call of unknown outcome: ask, or undo, or nothing."""
        if Rule.PLEASE_RETRY not in self._rules:
            found = self._asked(row, at)
            if found is not None:
                return self._settled(row, found)
        if Rule.CORRECTS_BY_HAND not in self._rules:
            self._undo(row, at)
        return None

    def _asked(self, row: Message, at: str) -> Message | None:
        """Ask what the centre has under the msgid (5201, then 5203). Raises what a call raises."""
        window = {"begntime": f"{at[:10]} 00:00:00", "endtime": f"{at[:10]} 23:59:59"}
        visits = self._wire.call("5201", {"data": {"psn_no": row["psn_no"], **window}}, at=at)["mdtrtinfo"]
        for visit in visits:
            asked = {"psn_no": row["psn_no"], "mdtrt_id": visit["mdtrt_id"], "setl_id": visit["setl_id"]}
            found = self._wire.call("5203", {"data": asked}, at=at)["setlinfo"]
            for one in found if isinstance(found, list) else [found]:
                if one["medins_setl_id"] == row["msgid"]:
                    return dict(one)
        return None

    def _undo(self, row: Message, at: str) -> bool:
        """Send 2601; False when it did not succeed."""
        wanted = {"psn_no": row["psn_no"], "omsgid": row["msgid"], "oinfno": _SALE}
        try:
            self._wire.call(_CORRECTION, {"data": wanted}, at=at)
        except (Failed, Unanswered, Refused):
            return False
        self._end(row, "undone")
        return True

    def _settled(self, row: Message, setlinfo: Message) -> Message:
        amounts = {name: setlinfo[name] for name in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")}
        # A query spells the cash otherwise.
        amounts["psn_cash_pay"] = setlinfo["psn_cash_pay"] if "psn_cash_pay" in setlinfo else setlinfo["cash_payamt"]
        kept = {**row, "state": "settled", "setl_id": setlinfo["setl_id"], **amounts}
        self._book.keep(kept)
        return kept

    def _end(self, row: Message, state: str) -> None:
        if Rule.STORES_ON_SUCCESS not in self._rules:
            self._book.keep({**row, "state": state})

    def _begun(self) -> list[Message]:
        return [row for row in self._book.rows() if row["state"] == "begun"]

    def _person(self, who: Message, at: str) -> Message:
        """Ask who it is (1101), by card or by the code of an e-certificate."""
        shown = {"mdtrt_cert_type": _CARD, "mdtrt_cert_no": who.get("card_no", ""), "card_sn": who.get("card_sn", "")}
        if "code" in who:
            shown = {"mdtrt_cert_type": _ECERT, "mdtrt_cert_no": self._decoded(who["code"])}
        found = self._wire.call("1101", {"data": {**shown, "psn_cert_type": _RESIDENT_ID}}, at=at)
        return {**shown, "psn_no": found["baseinfo"]["psn_no"], "insutype": found["insuinfo"][0]["insutype"]}

    def _decoded(self, code: str) -> str:
        _, body = self._wire.post("/ecert/decode", {"scanned": code, "fixmedins_code": self._wire.institution})
        return str(json.loads(body)["ecToken"])


def _content(command: Message, who: Message) -> Message:
    """Return the input of 2101 and 2102."""
    head = {
        "psn_no": who["psn_no"],
        "mdtrt_cert_type": who["mdtrt_cert_type"],
        "mdtrt_cert_no": who["mdtrt_cert_no"],
        "begntime": command["at"],
        "medfee_sumamt": command["total"],
        "insutype": who["insutype"],
        "acct_used_flag": "1",
        "med_type": "41",
    }
    return {"druginfo": head, "drugdetail": [_detail(line, command["at"]) for line in command["lines"]]}


def _detail(line: Message, at: str) -> Message:
    classed = {
        "name": line["name"],
        "chrgitm_lv": line["chrgitm_lv"],
        "selfpay_prop": line["selfpay_prop"],
        "pric_uplmt_amt": _NO_LIMIT,
        "goods_kind": line["goods_kind"],
    }
    return {
        "feedetl_sn": line["feedetl_sn"],
        "fee_ocur_time": at,
        "med_list_codg": line["medins_list_codg"],
        "medins_list_codg": line["medins_list_codg"],
        "det_item_fee_sumamt": line["sumamt"],
        "cnt": line["cnt"],
        "pric": line["pric"],
        "expContent": json.dumps(classed, ensure_ascii=False),
    }


def _say(message: Message) -> None:
    sys.stdout.write(json.dumps(message, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _asked_cashier(question: Message) -> str:
    _say(question)
    return str(json.loads(sys.stdin.readline() or '{"answer": ""}')["answer"])


def _answers(client: Client, lines: Iterator[str]) -> Iterator[Message]:
    for line in lines:
        command: Message = json.loads(line)
        match command["do"]:
            case "sale":
                yield client.sell(command)
            case "recover":
                yield client.recover(command["at"])
            case "correct-by-hand":
                yield client.correct_by_hand(command["at"])


def main(arguments: list[str] | None = None) -> int:
    """Serve commands until the input ends."""
    parser = argparse.ArgumentParser(prog="python -m simulator.usual_client", description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--url", required=True)
    parser.add_argument("--dir", required=True, type=Path)
    parser.add_argument("--fixmedins-code", required=True)
    parser.add_argument("--admdvs", required=True)
    parser.add_argument("--patience-s", type=float, default=30.0, help="so long that a slow machine loses no answer by itself")
    parser.add_argument("--without", action="append", default=[], type=Rule, choices=list(Rule), metavar="RULE")
    wanted = parser.parse_args(arguments)
    place = Place(url=wanted.url, fixmedins_code=wanted.fixmedins_code, admdvs=wanted.admdvs, patience_s=wanted.patience_s)
    rules = USUAL - frozenset(wanted.without)
    wanted.dir.mkdir(parents=True, exist_ok=True)
    client = Client(Wire(place, rules), Book(wanted.dir), rules, _asked_cashier)
    _say({"end": "open"})
    for answer in _answers(client, iter(sys.stdin.readline, "")):
        _say(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
