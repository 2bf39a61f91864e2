"""The clinic behind the desk's screen: a real centre that knows it, a line that can be bent, a sender, cards and departments."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self

from typing_extensions import override

from offline_queue.fold import Folded
from terminal.demo.stage import CLINIC
from terminal.handed_in import hand_in
from terminal.visits import visit_of_slip
from tests.screen.cashier.floor import Floor
from tests.screen.registration.staged import imported

LINE = {"name": "演示血常规", "code": "Y001", "price": "20.00", "quantity": "1", "class": "01", "kind": "医疗服务"}
DIAGNOSIS = {"code": "J06.900", "name": "急性上呼吸道感染"}


class Clinic(Floor):
    """Everything but the desk."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, shops=(CLINIC,))

    @override
    def __enter__(self) -> Self:
        super().__enter__()
        imported(self.till)
        return self

    @property
    def till(self) -> Path:
        """The desk's data directory."""
        return self.directory(CLINIC)

    def take(self, role: str) -> None:
        """Take a person's card into the reader."""
        self.insert(role, CLINIC)

    def leave(self) -> None:
        """Leave the reader empty and the line up."""
        self.pull(CLINIC)
        if self.line(CLINIC) != "up":
            self.mend(CLINIC)

    def last(self) -> Folded:
        """Return the last sale that was begun."""
        return self.sales(CLINIC)[-1]

    def queue_number(self, subject: str) -> str:
        """Return the queue number of a registration."""
        with self.journal(CLINIC) as journal:
            visit = visit_of_slip(journal, subject)
        return visit.queue if visit is not None else ""

    def visit_number(self, subject: str) -> str:
        """Return the number of the visit that a settlement is of."""
        with self.journal(CLINIC) as journal:
            visit = visit_of_slip(journal, subject)
        assert visit is not None
        return visit.visit_no

    def visits(self) -> list[dict[str, Any]]:
        """Return the centre's visits, oldest first."""
        found: list[dict[str, Any]] = self.stage.centre_export()["visits"]
        return found

    def order(self, number: str, visit: str, **changed: object) -> None:
        """Hand in a doctor's order of a visit, as the clinic's own system does."""
        self.order_by(number, {"ipt_otp_no": visit, **changed})

    def order_by(self, number: str, visit: dict[str, object]) -> None:
        """Hand in a doctor's order with what is said of its visit beside a diagnosis."""
        path = self.stage.directory / "order.json"
        content = {"id": number, "lines": [LINE], "visit": {"diagnoses": [DIAGNOSIS], **visit}}
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        hand_in(self.till, path)
