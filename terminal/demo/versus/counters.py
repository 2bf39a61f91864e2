"""The two counters: each serves the same customers on a stage of its own, while the same things go wrong."""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from settlement.money import format_yuan, parse_yuan
from terminal.demo.conversation import Message, Reply, Till, TillDied
from terminal.demo.stage import Stage
from terminal.demo.versus.customers import Customer, Fault
from terminal.demo.versus.judge import Believed, Row, rows_in_journal

_SHOP = "east"
_ELSEWHERE = "P99010000009"
_UP: dict[str, Any] = {}
_ONCE = {Fault.REPLY_LOST: "drop-reply", Fault.ERROR_AFTER_COMMIT: "error-reply", Fault.DELIVERED_TWICE: "double-request"}
"""Faults that the line does by itself, to the answer of one settlement."""
_KILL_S = 1.0
"""How long the answer is held back from a till that is about to die."""
_RESTART_S = 30
_RETRIES, _LOOKS, _TRIES = 2, 60, 3
_EVENING = "2026-03-02 23:30:00"
_TRANSIT_OVER = "2026-03-04 08:40:00"
"""When no request of the day can be under way any more."""
_DAY_AFTER = "2026-03-03"
"""Days are stated in their order: once this one is, all that the statement of the day before found is recorded."""


class Counter(ABC):
    """One counter, and the cashier at it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.believed = Believed()
        self._elsewhere: Till | None = None

    @property
    def fixmedins_code(self) -> str:
        """The institution that the counter belongs to."""
        return self.stage.shops[_SHOP].fixmedins_code

    def serve(self, customer: Customer) -> None:
        """Serve one customer, with the fault."""
        self.stage.set_clock(customer.at)
        if customer.fault in {Fault.LINE_CUT, Fault.CARD_PULLED}:
            self._cut()
        elif customer.fault in _ONCE:
            self.stage.bend_line({"mode": _ONCE[customer.fault], "infno": "2102", "times": 1})
        if customer.fault is Fault.TILL_KILLED:
            self._serve_and_die(customer)
        else:
            self._sell(customer)
        if customer.fault is not Fault.NONE:
            self._mend()

    def close(self) -> None:
        """Let everything go."""
        if self._elsewhere is not None:
            self._elsewhere.close()

    def finish(self) -> None:
        """Do what this counter does when the day is over."""
        self._end_day()
        self.read()

    @abstractmethod
    def read(self) -> None:
        """Have :attr:`believed` say what this counter has booked by now, and what it lists as open."""

    @abstractmethod
    def _end_day(self) -> None: ...

    @abstractmethod
    def _sell(self, customer: Customer) -> None: ...

    @abstractmethod
    def _serve_and_die(self, customer: Customer) -> None: ...

    def _cut(self) -> None:
        self.stage.bend_line({"mode": "refuse"})

    def _mend(self) -> None:
        self.stage.bend_line(_UP)

    def _between(self, customer: Customer) -> None:
        """Do what goes wrong between the preview and the settlement."""
        player = self.stage.cast[customer.role]
        if customer.fault is Fault.CARD_LOST:
            self.stage.report_loss(player)
        elif customer.fault is Fault.USED_ELSEWHERE:
            who = {"code": self.stage.phone(player)}
            command = sale_of(self.stage, customer.at, (("B002", customer.elsewhere),), who)
            if self._elsewhere is None:
                self._elsewhere = client_at(self.stage, self.stage.directory / "elsewhere", _ELSEWHERE, port=self.stage.centre_port)
            self._elsewhere.run(command, replies={"settle": "settle", "retry": "cash"})

    def _doomed(self, customer: Customer, till: Till) -> Callable[[], None]:
        """Hold back the answer of the next settlement, and kill the till once the line has its request; wait for that with the result."""
        rule = {"number": str(customer.number), "mode": "delay-reply", "infno": "2102", "seconds": _KILL_S, "times": 1}
        self.stage.bend_line(rule)
        return self.stage.when_bent(str(customer.number), till.kill).join


class Usual(Counter):
    """The trade's usual client (:mod:`simulator.usual_client`), without the rules named."""

    def __init__(self, stage: Stage, without: tuple[str, ...] = (), *, name: str = "usual") -> None:
        """Open it in the stage's directory ``name``."""
        super().__init__(stage)
        self._directory = stage.directory / name
        self._client = client_at(stage, self._directory, self.fixmedins_code, port=stage.line_port, without=without)

    def close(self) -> None:
        """End both clients."""
        self._client.close()
        super().close()

    def read(self) -> None:
        """Read what is stored."""
        kept = self._directory / "kept.jsonl"
        rows = map(json.loads, kept.read_text(encoding="utf-8").splitlines() if kept.exists() else [])
        newest = {row["msgid"]: row for row in rows}
        self.believed.rows = [_stored(row) for row in newest.values() if row["state"] == "settled"]

    def _end_day(self) -> None:
        """Have the operator type the corrections."""
        self._client.run({"do": "correct-by-hand", "at": _EVENING})

    def _sell(self, customer: Customer, *, seconds: int = 0) -> None:
        player = self.stage.cast[customer.role]
        who = {"card_no": player.card_no, "card_sn": player.card_sn}
        presses = iter(range(_RETRIES))

        def shown(_: Message) -> str:
            self._between(customer)
            return "settle"

        def pressed(_: Message) -> str:
            return "cash" if next(presses, None) is None else "retry"

        command = sale_of(self.stage, customer.later(seconds), customer.wanted, who)
        outcome = self._client.run(command, replies={"settle": shown, "retry": pressed})
        self.believed.goods_out.add(customer.number)
        if outcome.end["end"] == "cash":
            self.believed.cash_fen[customer.number] = customer.total_fen

    def _serve_and_die(self, customer: Customer) -> None:
        killed = self._doomed(customer, self._client)
        try:
            self._sell(customer)
        except TillDied:
            killed()
            self._mend()
            self._client.restart()
            recovered = self._client.run({"do": "recover", "at": customer.later(_RESTART_S)}).end["settled"]
            self.believed.goods_out.add(customer.number)
            if not recovered:
                # Nothing is known of it: it is rung up again.
                self._sell(customer, seconds=_RESTART_S)


class Ours(Counter):
    """The till and the sender of this product."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._till = stage.tills[_SHOP]

    def read(self) -> None:
        """Read the journal."""
        journal = self.stage.journal_export(_SHOP)
        self.believed.rows = rows_in_journal(journal)
        self.believed.open = [doubt["subject"] for doubt in journal["doubts"]] + ["queue"] * journal["queue"]

    def _end_day(self) -> None:
        """Let the queue drain and the time come in which the day is reconciled for good."""
        self._drain()
        self.stage.set_clock(_TRANSIT_OVER)
        self.stage.until("the day is reconciled", self._reconciled)

    def _cut(self) -> None:
        super()._cut()
        self._until_line("down")

    def _mend(self) -> None:
        super()._mend()
        self._until_line("up")
        self._drain()

    def _until_line(self, state: str) -> None:
        self.stage.until(f"the line is {state}", lambda: self.stage.sync_status(_SHOP)["line"]["state"] == state)

    def _drain(self) -> None:
        self.stage.until("the queue is empty", lambda: not self.stage.sync_status(_SHOP)["queue"])

    def _reconciled(self) -> bool:
        """Whether the day is over for the journal: what its statements found is acted on and delivered."""
        self._till.run({"do": "catch-up"}, replies={"DoubtOpen": "goods-out"})
        return self.stage.reconciled(_SHOP, _DAY_AFTER) and not self.stage.sync_status(_SHOP)["queue"]

    def _sell(self, customer: Customer) -> None:
        player = self.stage.cast[customer.role]
        fault = {"write": customer.pull[0], "when": customer.pull[1]} if customer.fault is Fault.CARD_PULLED else None
        for attempt in range(_TRIES):
            self.stage.insert(_SHOP, player, fault=None if attempt else fault)
            command = {"do": "sale", "lines": self.stage.lines(*customer.wanted)}
            outcome = self._till.run(command, pins=(player.pin,) * _TRIES, replies=self._replies(customer, first=not attempt))
            self.stage.insert(_SHOP, None)
            if self._ended(customer, outcome.end):
                return

    def _replies(self, customer: Customer, *, first: bool) -> dict[str, Reply]:
        looks = iter(range(_LOOKS))

        def quoted(_: Message) -> str:
            if first:
                self._between(customer)
            return "settle"

        def doubted(question: Message) -> str:
            if customer.fault is Fault.CARD_PULLED:
                self.stage.insert(_SHOP, self.stage.cast[customer.role])
            if question["goods_released"] is None and question["found"]:
                self.believed.goods_out.add(customer.number)
                return "goods-out"
            return "leave" if next(looks, None) is None else "again"

        return {"Quoted": quoted, "DoubtOpen": doubted}

    def _ended(self, customer: Customer, end: Message) -> bool:
        """Note how a sale ended; False = the customer is still there, and it is rung up again."""
        match end["end"]:
            case "Settled":
                self.believed.goods_out.add(customer.number)
            case "PaidInCash":
                self.believed.goods_out.add(customer.number)
                self.believed.cash_fen[customer.number] = end["amount_fen"]
            case "LeftInDoubt":
                pass
            case _:
                return False
        return True

    def _serve_and_die(self, customer: Customer) -> None:
        killed = self._doomed(customer, self._till)
        try:
            self._sell(customer)
        except TillDied:
            killed()
            self.stage.insert(_SHOP, None)
            self._drain()
            self._till.restart(replies={"DoubtOpen": "goods-out"})
            self.believed.goods_out.add(customer.number)


def client_at(stage: Stage, directory: Path, fixmedins_code: str, *, port: str, without: tuple[str, ...] = ()) -> Till:
    """Start the usual client at a counter of ``fixmedins_code``."""
    url = f"http://127.0.0.1:{port}/fsi/api/callService"
    place = ("--url", url, "--dir", str(directory), "--fixmedins-code", fixmedins_code, "--admdvs", stage.shops[_SHOP].admdvs)
    less = [part for rule in without for part in ("--without", rule)]
    client = Till([sys.executable, "-m", "simulator.usual_client", *place, *less])
    client.open()
    return client


def sale_of(stage: Stage, at: str, wanted: tuple[tuple[str, int], ...], who: dict[str, str]) -> Message:
    """Return the usual client's command for a sale."""
    lines = stage.lines(*wanted)
    sums = [parse_yuan(line["pric"]) * int(line["cnt"]) for line in lines]
    rows = [line | {"sumamt": format_yuan(fen)} for line, fen in zip(lines, sums, strict=True)]
    return {"do": "sale", "at": at, "who": who, "lines": rows, "total": format_yuan(sum(sums))}


def _stored(row: Message) -> Row:
    fund, account, cash = (parse_yuan(f"{row[name]}") for name in ("fund_pay_sumamt", "acct_pay", "psn_cash_pay"))
    return Row(msgid=row["msgid"], sign=1, fund_fen=fund, account_fen=account, cash_fen=cash)
