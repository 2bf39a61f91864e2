"""How far the playground has come: set by the thread that sets it up, read by whoever waits or shows it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum

from settlement.errors import Language, OperatorError


class Step(StrEnum):
    """What is being done, in this order."""

    EARLIER = "earlier"
    LAYOUT = "layout"
    CENTRE = "centre"
    SENDER = "sender"
    ALLOWANCES = "allowances"
    LINE = "line"
    READY = "ready"
    FAILED = "failed"
    ENDED = "ended"

    def say(self, language: Language) -> str:
        """Return the step in words."""
        return _WORDS[self][language == "en"]


_WORDS = {
    Step.EARLIER: ("等待上一次试用结束", "waiting for an earlier run to end"),
    Step.LAYOUT: ("布置收银台和卡片", "laying out counter and cards"),
    Step.CENTRE: ("启动中心", "starting the centre"),
    Step.SENDER: ("启动发送进程，导入商品", "starting the sender, importing the goods"),
    Step.ALLOWANCES: ("给新卡写入脱机额度", "giving the new cards their allowance"),
    Step.LINE: ("接通线路", "waiting for the line"),
    Step.READY: ("就绪", "ready"),
    Step.FAILED: ("没有启动成功", "did not start"),
    Step.ENDED: ("已结束", "ended"),
}


@dataclass(slots=True)
class Progress:
    """The step, and the two moments that somebody waits for."""

    step: Step = Step.EARLIER
    failure: OperatorError | None = None
    counter_stands: threading.Event = field(default_factory=threading.Event)
    """The counter's settings and reader are there: a till may open on them. Also set by a failure."""
    ready: threading.Event = field(default_factory=threading.Event)
    """Line up, cards and goods there."""

    def fail(self, failure: OperatorError) -> None:
        """Say why it does not go on."""
        self.failure, self.step = failure, Step.FAILED
        self.counter_stands.set()
