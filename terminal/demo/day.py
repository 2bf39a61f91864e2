"""The scripted day: what happens, scene by scene, and what must come of it.

Each scene says what it shows, plays it on the :class:`~terminal.demo.stage.Stage`, and checks the till's
answer: a scene that does not come out as written fails the demonstration.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from terminal.demo.conversation import Message, Outcome, Reply
from terminal.demo.stage import Stage, StageFailed

DOWN = {"mode": "refuse"}
UP: dict[str, Any] = {}


@dataclass(slots=True)
class Day:
    """The stage, what has been said, and what later scenes need of earlier ones."""

    stage: Stage
    narrate: Callable[[str], None]
    slips: list[str] = field(default_factory=list)
    subjects: dict[str, str] = field(default_factory=dict)
    """Settlement ids by the scene's word for them."""

    # --- the scenes --------------------------------------------------------------------------------

    def play(self) -> None:
        """Play the whole day."""
        self.morning()
        self.lost_card_on_line()
        self.line_cut()
        self.card_pulled()
        self.lost_card_off_line()
        self.area_that_forbids()
        self.line_back()
        self.lost_reply()
        self.till_killed()
        self.void()
        self.next_morning()

    def morning(self) -> None:
        """Sell on-line to everybody; each card gets an allowance."""
        self.scene("08:35", "联机结算：中心决定，结算后为卡写入脱机额度 / on-line sales; each card gets an allowance")
        self.sell("first", ("A001", 2), ("B001", 1), keep="first on-line")
        self.sell("second", ("A001", 1), ("Z001", 1))
        self.sell("torn", ("B002", 2))
        self.sell("killed", ("A001", 1))
        self.sell("lost", ("B001", 1))
        self.sell("elsewhere", ("A001", 3), shop="west")

    def lost_card_on_line(self) -> None:
        """Report a card lost; the centre refuses it at once, before any list has been fetched."""
        self.scene("10:00", "挂失：中心立即拒绝 / a card is reported lost: the centre refuses it at once")
        self.stage.report_loss(self.stage.cast["lost"])
        self.refuse("lost", ("A001", 1), code="SALE-CENTRE-REFUSED")
        self.wait_for_hotlist()

    def line_cut(self) -> None:
        """Cut the line: the allowance pays, once after a wrong PIN."""
        self.scene("10:30", "断线：卡内脱机额度支付，其中一次先输错密码 / line cut: the allowance pays, once after a wrong PIN")
        self.stage.bend_line(DOWN)
        self.sell("first", ("A001", 1), keep="first off-line", offline=True)
        wrong = "000000" if self.stage.cast["second"].pin != "000000" else "111111"
        self.sell("second", ("B001", 1), offline=True, pins=(wrong, self.stage.cast["second"].pin), replies={"PinRefused": "again"})

    def card_pulled(self) -> None:
        """Pull the card while it is written, put it back, and let the card itself say what happened."""
        self.scene("11:00", "写卡时拔卡，重新插入后由卡上记录查清 / card pulled during the write, re-inserted: the card proves it")
        player = self.stage.cast["torn"]

        def back(_: Message) -> str:
            self.stage.insert("east", player)
            return "again"

        pulled = {"write": 3, "when": "after"}
        outcome = self.sell(
            "torn", ("A001", 1), offline=True, fault=pulled, pins=(player.pin,) * 2, replies={"DoubtOpen": _in_turn(back, "goods-out")}
        )
        self.expect("DoubtOpen" in outcome.asked, "the pulled card is a doubt")

    def lost_card_off_line(self) -> None:
        """Refuse the lost card from the local list while the line is down."""
        self.scene("11:30", "挂失卡脱机也被拒绝 / the lost card is refused off-line too")
        self.refuse("lost", ("A001", 1), code="SALE-CARD-HOTLISTED")

    def area_that_forbids(self) -> None:
        """Sell for cash with a slip where the area forbids the account off-line."""
        self.scene("11:45", "不允许脱机的统筹区：收现金，开补结算凭条 / an area that forbids: cash and a slip")
        outcome = self.sell("elsewhere", ("B001", 2), shop="west", cash="OFFLINE-FORBIDDEN")
        self.subjects["slip"] = outcome.end["subject"]

    def line_back(self) -> None:
        """Void an off-line sale that still waits, mend the line and let the queue drain."""
        self.scene("13:00", "撤销一笔待上传的脱机结算；线路恢复，队列上传 / void one that waits; line back, queue drains")
        self.undo("first", "first off-line", end="Waiting")
        self.stage.bend_line(UP)
        self.drain()

    def lost_reply(self) -> None:
        """Lose the reply of a settlement that the centre executed: a query finds it."""
        self.scene("14:00", "应答丢失：查询查清，不重发 / a lost reply: found by query, never sent again")
        self.stage.bend_line({"mode": "drop-reply", "infno": "2102", "times": 1})
        outcome = self.sell(
            "second", ("B002", 1), replies={"DoubtOpen": _in_turn("goods-out", "again", "again", "again", "again", "again")}
        )
        self.expect("DoubtOpen" in outcome.asked, "the lost reply is a doubt")
        self.stage.bend_line(UP)

    def till_killed(self) -> None:
        """Kill the till while it waits for the answer; the restart takes it up."""
        self.scene("15:00", "等待应答时收款台断电，重启后查清 / the till is killed while it waits; the restart resolves it")
        self.stage.bend_line({"mode": "delay-reply", "infno": "2102", "seconds": 1.0, "times": 1})
        till = self.stage.tills["east"]
        player = self.stage.cast["killed"]
        self.stage.insert("east", player)
        killer = threading.Timer(0.6, till.kill)
        killer.start()
        try:
            till.run({"do": "sale", "lines": self.stage.lines(("A001", 2))}, pins=(player.pin,))
        except Exception as died:  # noqa: BLE001 - replaced below
            self.narrate(f"  （{type(died).__name__}）")
        killer.join()

    # --- how scenes are played ---------------------------------------------------------------------
