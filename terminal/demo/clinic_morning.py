"""The clinic's part of the scripted day: visits registered, charged and cancelled; the line down, replies lost, the sender killed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from terminal.demo.cast import INITIAL_PIN, chosen_pin
from terminal.demo.stage import CLINIC

if TYPE_CHECKING:
    from terminal.demo.conversation import Outcome, Reply
    from terminal.demo.day import Day

DOWN = {"mode": "refuse"}
UP: dict[str, Any] = {}
_MEDICINE, _SURGERY, _ENT, _CHINESE = "K01", "K02", "K07", "K05"
_DIAGNOSES = [{"code": "J06.900", "name": "急性上呼吸道感染"}]


class ClinicMorning:
    """Played by the :class:`~terminal.demo.day.Day` at its clinic."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._stage = day.stage
        self._pin = ""
        """What the holder of the new card has chosen."""

    def play(self) -> None:
        """Play the scenes."""
        self.registered_and_charged()
        self.cancelled()
        self.new_card()
        self.lost_reply()
        self.line_cut()
        self.sender_killed()

    def registered_and_charged(self) -> None:
        """Register a visit and charge what the doctor ordered in it."""
        self._day.scene("09:00", "门诊部：挂号，再收医嘱的费用", "the clinic: a registration, then the charge of a doctor's order")
        self.register("patient", _MEDICINE, keep="visit")
        self.order("patient", "visit", ("A001", 2))

    def cancelled(self) -> None:
        """Register the same person at a second department, and cancel that: the centre's visit goes with its settlement."""
        self._day.scene("09:10", "同日再挂一个科，退号", "a second department on the same day, and its cancellation")
        self.register("patient", _SURGERY, keep="second department")
        self._day.undo("patient", "second department", end="Voided", shop=CLINIC)

    def new_card(self) -> None:
        """Register with a new card: it does not pay by the PIN that it was issued with, so its holder chooses one and goes on."""
        self._day.scene("09:15", "新卡首次使用：先改初始密码，再挂号", "a new card: the initial PIN is changed, then it registers")
        self._pin = chosen_pin(self._stage.seed, self._stage.cast["visitor"])
        first = (self._stage.cast["visitor"].pin, INITIAL_PIN, INITIAL_PIN, self._pin, self._pin)
        outcome = self.register("visitor", _SURGERY, pins=first)
        self._day.expect(outcome.told == ["CARD-PIN-INITIAL", "PIN-CHANGE-WEAK"], f"the initial PIN is changed, not {outcome.told}")

    def lost_reply(self) -> None:
        """Lose the reply of a registration's settlement: a query finds it, as for a sale."""
        self._day.scene(
            "09:20", "挂号结算的应答丢失：只查询，不重发", "the reply of a registration is lost: found by query, never sent again"
        )
        self._stage.bend_line({"mode": "drop-reply", "infno": "2207", "times": 1})
        outcome = self.register("visitor", _ENT, pins=(self._pin,), replies={"DoubtOpen": self._day.found_by_query()})
        self._day.expect("DoubtOpen" in outcome.asked, "the lost reply is a doubt")
        self._stage.bend_line(UP)

    def line_cut(self) -> None:
        """Register off-line: no pooled share is possible on the fee, so an allowance pays it, and who has no card pays cash for a slip.

        When the line is back the reply to the first step is lost: a step moves no money, so it is repeated.
        """
        self._day.scene("09:30", "断线：脱机额度付挂号费，没带卡的收现金", "line cut: the allowance pays, or cash for a slip")
        self._stage.bend_line(DOWN)
        self.register("patient", _CHINESE, way="allowance")
        without_card = {"do": "register", "department": _CHINESE, "card": False}
        in_cash = self._day.ask("second", without_card, shop=CLINIC, replies={"Billed": "cash"})
        self._day.expect(in_cash.end["end"] == "PaidInCash", f"second: cash, not {in_cash.end}")
        self._stage.bend_line({"mode": "drop-reply", "infno": "2201", "times": 1})
        self._day.drain()
        self._day.scene("09:40", "凭条补结算", "the slip is settled later")
        self._day.settled("second", self._day.ask("second", {"do": "later", "slip": in_cash.end["subject"]}, shop=CLINIC))

    def sender_killed(self) -> None:
        """Kill the sender between two steps of a visit and start it again: it goes on at the first step that was not answered."""
        self._day.scene("09:50", "发送进程在两步之间断电，重启后续传", "the sender is killed between two steps and goes on")
        self._stage.bend_line(DOWN)
        self.register("patient", _ENT, keep="off-line visit", way="allowance")
        subject = self._day.subjects["off-line visit"]
        self._stage.bend_line({"mode": "refuse", "infno": "2204"})
        self._stage.until("the visit is told", lambda: "2203" in self._stage.steps_answered(CLINIC, subject))
        self._stage.kill_sender(CLINIC)
        self._day.narrate("        （sender: kill -9）")
        self._stage.bend_line(UP)
        self._stage.start_sender(CLINIC)
        self._day.drain()

    # --- how scenes are played -----------------------------------------------------------------------

    def register(
        self,
        role: str,
        department: str,
        *,
        keep: str = "",
        way: str = "",
        pins: tuple[str, ...] = (),
        replies: dict[str, Reply] | None = None,
    ) -> Outcome:
        """Register a visit at the first doctor who is free, and expect its settlement."""
        outcome = self._day.ask(role, {"do": "register", "department": department}, shop=CLINIC, pins=pins, replies=replies)
        self._day.settled(role, outcome, way=way)
        if keep:
            self._day.subjects[keep] = outcome.end["subject"]
        return outcome

    def order(self, role: str, kept: str, *wanted: tuple[str, int]) -> None:
        """Charge what was ordered in a visit, and expect its settlement."""
        visit = {"ipt_otp_no": self._stage.visit_of(CLINIC, self._day.subjects[kept]), "diagnoses": _DIAGNOSES}
        outcome = self._day.ask(role, {"do": "order", "visit": visit, "lines": self._stage.lines(*wanted)}, shop=CLINIC)
        self._day.settled(role, outcome)
