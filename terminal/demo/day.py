"""The scripted day: what happens, scene by scene, and what must come of it.

Each scene says what it shows, plays it on the :class:`~terminal.demo.stage.Stage`, and checks the till's
answer: a scene that does not come out as written fails the demonstration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from terminal.demo.clinic_morning import ClinicMorning
from terminal.demo.conversation import Message, Outcome, Reply, TillDied
from terminal.demo.stage import Stage, StageFailed

DOWN = {"mode": "refuse"}
UP: dict[str, Any] = {}
_LOOKS_MAX = 50


@dataclass(slots=True)
class Day:
    """The stage, where words and slips go, and what later scenes need of earlier ones."""

    stage: Stage
    narrate: Callable[[str], None]
    show_slip: Callable[[str], None]
    date: str = "2026-03-02"
    subjects: dict[str, str] = field(default_factory=dict)
    """Settlement ids by the scene's word for them."""

    def play(self) -> None:
        """Play the whole day and the next morning."""
        self.morning()
        ClinicMorning(self).play()
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

    # --- the scenes ----------------------------------------------------------------------------------

    def morning(self) -> None:
        """Sell on-line to everybody; each card gets an allowance."""
        self.scene("08:35", "联机结算，结算后写入脱机额度", "on-line sales; each card gets an allowance")
        self.sell("first", ("A001", 2), ("B001", 1), keep="first on-line")
        self.sell("second", ("A001", 1), ("Z001", 1))
        self.sell("torn", ("B002", 2))
        self.sell("killed", ("A001", 1))
        self.sell("lost", ("B001", 1))
        self.sell("elsewhere", ("A001", 3), shop="west")

    def lost_card_on_line(self) -> None:
        """Report a card lost; the centre refuses it at once, before the counter has the new list."""
        self.scene("10:00", "挂失：中心立即拒绝", "a card is reported lost; the centre refuses it at once")
        held = self.stage.sync_status("east")["hotlist"]["version"]
        self.stage.bend_line({"mode": "error-reply", "infno": "YX03"})
        self.stage.report_loss(self.stage.cast["lost"])
        self.refuse("lost", ("A001", 1), code="SALE-CENTRE-REFUSED")
        self.stage.bend_line(UP)
        self.stage.until("the new hotlist", lambda: self.stage.sync_status("east")["hotlist"]["version"] > held)

    def line_cut(self) -> None:
        """Cut the line: the allowance pays, once after a wrong PIN."""
        self.scene("10:30", "断线：卡内脱机额度支付，其中一次先输错密码", "line cut: the allowance pays, once after a wrong PIN")
        self.stage.bend_line(DOWN)
        self.sell("first", ("A001", 1), keep="first off-line", way="allowance")
        right = self.stage.cast["second"].pin
        wrong = "000000" if right != "000000" else "111111"
        outcome = self.sell("second", ("B001", 1), way="allowance", pins=(wrong, right), replies={"PinRefused": "again"})
        self.expect("PinRefused" in outcome.asked, "the wrong PIN is refused and asked again by a person")

    def card_pulled(self) -> None:
        """Pull the card while it is written, put it back, and let the card itself say what happened."""
        self.scene("11:00", "写卡时拔卡，重新插入后由卡上记录查清", "card pulled during the write; re-inserted, it proves what happened")
        player = self.stage.cast["torn"]

        def back(_: Message) -> str:
            self.stage.insert("east", player)
            return "again"

        outcome = self.sell(
            "torn",
            ("A001", 1),
            fault={"write": 3, "when": "after"},
            pins=(player.pin, player.pin),
            replies={"DoubtOpen": _in_turn(back, "goods-out")},
        )
        self.expect("DoubtOpen" in outcome.asked, "the pulled card is a doubt")

    def lost_card_off_line(self) -> None:
        """Refuse the lost card from the local list while the line is down."""
        self.scene("11:30", "挂失卡脱机也被拒绝", "the lost card is refused off-line too")
        self.refuse("lost", ("A001", 1), code="SALE-CARD-HOTLISTED")

    def area_that_forbids(self) -> None:
        """Sell for cash with a slip where the area forbids the account off-line."""
        self.scene("11:45", "不允许脱机的统筹区：收现金，开补结算凭条", "an area that forbids: cash and a slip for later settlement")
        outcome = self._sale("elsewhere", ("B001", 2), shop="west")
        self.expect(outcome.end["end"] == "PaidInCash", "cash is taken")
        self.subjects["slip"] = outcome.end["subject"]

    def line_back(self) -> None:
        """Void an off-line sale that still waits, mend the line and let the queue drain."""
        self.scene(
            "13:00", "撤销一笔待上传的脱机结算；线路恢复，队列上传", "void one that still waits; the line comes back and the queue drains"
        )
        self.undo("first", "first off-line", end="Waiting")
        self.stage.bend_line(UP)
        self.drain()
        caught_up = self.stage.tills["east"].run({"do": "catch-up"})
        self.show(caught_up)
        self.expect(len(caught_up.slips) == 1, "the void is booked and its slip printed late")

    def lost_reply(self) -> None:
        """Lose the reply of a settlement that the centre executed: a query finds it."""
        self.scene("14:00", "应答丢失：只查询，不重发", "a lost reply: found by query, never sent again")
        self.stage.bend_line({"mode": "drop-reply", "infno": "2102", "times": 1})
        outcome = self.sell("second", ("B002", 1), replies={"DoubtOpen": self.found_by_query()})
        self.expect("DoubtOpen" in outcome.asked, "the lost reply is a doubt")
        self.stage.bend_line(UP)

    def till_killed(self) -> None:
        """Kill the till while it waits for the answer; the restart takes it up."""
        self.scene("15:00", "等待应答时收款台断电，重启后查清", "the till is killed while it waits; the restart resolves it")
        self.stage.bend_line({"mode": "delay-reply", "infno": "2102", "seconds": 1.0, "times": 1})
        player, till = self.stage.cast["killed"], self.stage.tills["east"]
        self.stage.insert("east", player)
        sale = {"do": "sale", "lines": self.stage.lines(("A001", 2))}

        def settle(_: Message) -> str:
            self.stage.later(0.4, till.kill)
            return "settle"

        try:
            till.run(sale, pins=(player.pin,), replies={"Quoted": settle})
        except TillDied:
            self.narrate("        （till: kill -9）")
        else:
            self.expect(holds=False, what="the kill ends the till")
        self.drain()
        found = till.restart(replies={"DoubtOpen": "goods-out"})
        self.show(found)
        self.expect(found.end["unfinished"] == [] and found.slips != [], "the restart books what the centre accepted")
        self.stage.bend_line(UP)

    def void(self) -> None:
        """Void a sale of the morning, against the card and its PIN."""
        self.scene("16:00", "当日撤销", "a void of the same day")
        self.undo("first", "first on-line", end="Voided")

    def next_morning(self) -> None:
        """Settle the cash slip later, and give a card its allowance again."""
        self.date = "2026-03-03"
        self.scene("08:40", "次日：凭条补结算", "the next morning: the cash slip is settled later")
        player = self.stage.cast["elsewhere"]
        self.stage.insert("west", player)
        outcome = self.stage.tills["west"].run({"do": "later", "slip": self.subjects["slip"]}, pins=(player.pin,))
        self.stage.insert("west", None)
        self.show(outcome)
        self.expect(outcome.end["end"] == "Settled", "the slip is settled")
        self.sell("first", ("B002", 1))
        self.drain()

    # --- how scenes are played -----------------------------------------------------------------------

    def scene(self, time: str, zh: str, en: str) -> None:
        """Set the clock and say what comes."""
        self.stage.set_clock(f"{self.date} {time}:00")
        self.narrate(f"{self.date} {time}  {zh} / {en}")

    def sell(
        self,
        role: str,
        *wanted: tuple[str, int],
        way: str = "",
        keep: str = "",
        shop: str = "east",
        fault: dict[str, Any] | None = None,
        pins: tuple[str, ...] = (),
        replies: dict[str, Reply] | None = None,
    ) -> Outcome:
        """Sell by card and expect a settlement."""
        outcome = self._sale(role, *wanted, shop=shop, fault=fault, pins=pins, replies=replies)
        self.settled(role, outcome, way=way)
        if keep:
            self.subjects[keep] = outcome.end["subject"]
        return outcome

    def refuse(self, role: str, *wanted: tuple[str, int], code: str) -> None:
        """Try to sell by card and expect a refusal; the customer does not buy."""
        outcome = self._sale(role, *wanted, replies={"SelfPayOffered": "cancel"})
        refused = [message["code"] for message in outcome.said if message.get("ask") == "SelfPayOffered"]
        self.expect(refused == [code], f"{role}: {code}, not {refused or outcome.end}")
        self.narrate(f"        {refused[0]}")

    def undo(self, role: str, kept: str, *, end: str, shop: str = "east") -> None:
        """Void a settlement against its card and PIN."""
        outcome = self.ask(role, {"do": "void", "subject": self.subjects[kept]}, shop=shop)
        self.expect(outcome.end["end"] == end, f"{role}: {end}, not {outcome.end} {outcome.told}")

    def drain(self) -> None:
        """Wait until the senders owe nothing."""
        self.stage.until("the queues are empty", lambda: not any(self.stage.sync_status(shop)["queue"] for shop in self.stage.shops))

    def show(self, outcome: Outcome) -> None:
        """Show the slips of an outcome."""
        for slip in outcome.slips:
            self.show_slip(slip)

    def expect(self, holds: bool, what: str) -> None:  # noqa: FBT001 - a condition, as in assert
        """Fail the day unless ``holds``."""
        if not holds:
            raise StageFailed(what)

    def _sale(
        self,
        role: str,
        *wanted: tuple[str, int],
        shop: str = "east",
        fault: dict[str, Any] | None = None,
        pins: tuple[str, ...] = (),
        replies: dict[str, Reply] | None = None,
    ) -> Outcome:
        command = {"do": "sale", "lines": self.stage.lines(*wanted)}
        return self.ask(role, command, shop=shop, fault=fault, pins=pins, replies=replies)

    def ask(
        self,
        role: str,
        command: Message,
        *,
        shop: str,
        fault: dict[str, Any] | None = None,
        pins: tuple[str, ...] = (),
        replies: dict[str, Reply] | None = None,
    ) -> Outcome:
        """Give a command with somebody's card in the reader, take the card out and show the slips."""
        player = self.stage.cast[role]
        self.stage.insert(shop, player, fault=fault)
        outcome = self.stage.tills[shop].run(command, pins=pins or (player.pin,), replies=replies)
        self.stage.insert(shop, None)
        self.show(outcome)
        return outcome

    def settled(self, role: str, outcome: Outcome, *, way: str = "") -> None:
        """Expect a settlement, and its way where one is named."""
        self.expect(outcome.end["end"] == "Settled", f"{role}: settled, not {outcome.end} {outcome.told}")
        ways = [message["way"] for message in outcome.said if message.get("ask") == "Quoted"]
        self.expect(not way or ways[-1:] == [way], f"{role}: {way}, not {ways}")

    def found_by_query(self) -> Reply:
        """Return the reply of somebody who hands over, and looks again until the doubt is resolved."""
        looks = iter(range(_LOOKS_MAX))

        def look(question: Message) -> str:
            self.expect(next(looks, None) is not None, "the query finds the settlement")
            return "goods-out" if question["goods_released"] is None else "again"

        return look


def _in_turn(*replies: Reply) -> Reply:
    """Return a reply that gives each of ``replies`` once, in order."""
    left = list(replies)

    def reply(question: Message) -> str:
        following = left.pop(0)
        return following if isinstance(following, str) else following(question)

    return reply
