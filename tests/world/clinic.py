"""A clinic's desk in one process: a shop that registers visits and charges them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from clearing.database import Database
from clearing.export import export as clearing_export
from clearing.visits import Institution, designate
from config.case_file import lines_of
from settlement import reversal
from settlement.bill import Bill, Line, Venue
from settlement.checkout.states import Sale, Settled, State
from settlement.errors import Refusal
from settlement.rule import OUTPATIENT, REGISTRATION
from settlement.visit import Charge, Department, Diagnosis, Doctor, Registration, Visit
from terminal import catch_up
from terminal.person import Answer
from tests.world.shop import Say, Shop

PERSONALITIES = ("idempotent", "refuses", "re-executes", "expires")
LEVEL = "1"
DEPARTMENT = Department(code="0301", name="内科", caty="A03")
DOCTOR = Doctor(code="D990100000001", name="演*医")


class Clinic(Shop):
    """One desk beside a centre that knows its institution."""

    def furnish(self, directory: Path) -> None:
        """Make the shop a clinic, in its settings and in the centre's books."""
        path = directory / "settings.toml"
        kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(("hosp_lv", "venue"))]
        kept.insert(kept.index("[counter]") + 1, f'venue = "clinic"\nhosp_lv = "{LEVEL}"')
        path.write_text("\n".join(kept), encoding="utf-8")
        with Database(self.stage.directory / "centre") as database, database.transaction() as db:
            designate(db, Institution(fixmedins_code="P99010000001", venue=Venue.CLINIC, hosp_lv=LEVEL))

    def register(self, role: str, yuan: str = "6.00", **more: Any) -> State:  # noqa: ANN401 - as for a sale
        """Register a visit of ``role`` and settle its fee."""
        number = self.counter.next_msgid()
        registration = Registration(ipt_otp_no=number, begntime=self.counter.at, department=DEPARTMENT, doctor=DOCTOR, fee_class="普通")
        visit = Visit(registration=registration, begntime=registration.begntime, med_type=REGISTRATION)
        return self.charge(role, Charge(visit=visit, chrg_bchno=number), fees(("普通挂号费", yuan, "医疗服务")), **more)

    def register_again(self, role: str, *, sender: Callable[[], object]) -> State:
        """Start a till where one was killed, then the ``sender``, and register a visit of ``role``."""
        catch_up.run(self.counter, self.driver)
        sender()
        self.stage.until("the line is up", lambda: self.counter.journal.notes.sender_status().line == "up")
        return self.register(role)

    def order(self, role: str, opened_by: str, yuan: str = "20.00", *, diagnosed: bool = True, complaint: str = "") -> State:
        """Charge what a doctor ordered in a visit that was registered here."""
        opened = self.counter.journal.standing(opened_by).intent
        assert opened is not None
        charge = getattr(opened, "charge", None)
        assert isinstance(charge, Charge)
        diagnosis = Diagnosis(diag_code="J00.x00", diag_name="急性鼻咽炎", diag_time=self.counter.at)
        visit = replace(charge.visit, med_type=OUTPATIENT, diagnoses=(diagnosis,) if diagnosed else (), main_cond_dscr=complaint)
        ordered = Charge(visit=visit, chrg_bchno=self.counter.next_msgid(), opened_by=opened_by)
        return self.charge(role, ordered, fees(("静脉采血", "5.00", "医疗服务"), ("演示片", yuan, "国药准字")))

    def charge(self, role: str, charge: Charge, lines: tuple[Line, ...], *, answers: dict[str, list[Say]] | None = None) -> State:
        """Settle a charge by the card of ``role``."""
        policy = self.counter.policy()
        assert not isinstance(policy, Refusal)
        place = self.counter.settings.counter
        bill = Bill(
            admdvs=place.admdvs,
            begntime=self.counter.at,
            venue=place.venue,
            hosp_lv=place.hosp_lv,
            med_type=charge.visit.med_type,
            lines=lines,
        )
        return self.sell_by_card(role, Sale(bill=bill, policy=policy, charge=charge), answers=answers)

    def sell_by_card(self, role: str, sale: Sale, *, answers: dict[str, list[Say]] | None = None) -> State:
        """Settle ``sale`` by the card of ``role``."""
        self.insert(role)
        self._ready([self.stage.cast[role].pin], answers)
        catch_up.run(self.counter, self.driver)
        return self.driver.sell(sale)

    def subject(self, ended: State) -> str:
        """Return what was settled."""
        assert isinstance(ended, Settled), (ended, self.script.told)
        return ended.subject

    def voided(self, role: str, subject: str) -> None:
        """Void a settlement."""
        ended = self.void(role, subject)
        assert isinstance(ended, reversal.Voided), ended

    def visits(self) -> list[dict[str, Any]]:
        """Return the centre's visits, oldest first."""
        with Database(self.stage.directory / "centre") as database, database.transaction() as db:
            found: list[dict[str, Any]] = clearing_export(db)["visits"]
        return found

    def left_open(self) -> list[str]:
        """Return what a visit must not end as: open with lines that nobody paid, or without any settlement."""
        return [
            f"{visit['ipt_otp_no']}: {visit['lines']}"
            for visit in self.visits()
            if not visit["cancelled"] and (visit["lines"]["unsettled"] or not visit["lines"]["settled"])
        ]

    def steps(self, subject: str) -> list[str]:
        """Return what the sender did of a charge, in order."""
        kinds = {"step_sending", "sending", "taken_down"}
        return [record.body.get("infno", record.kind) for record in self.counter.journal.records(subject) if record.kind in kinds]

    def unsound(self) -> list[str]:
        """Return what does not agree when all has settled down: nothing owed, nothing in doubt, nothing left at the centre."""
        owed = [f"owed {row.infno} {row.msgid} {row.state}" for row in self.counter.journal.owed()]
        return [*self.disagreements(), *self.left_open(), *(f"in doubt {subject}" for subject in self.doubts()), *owed]


class Clinics:
    """Clinics beside centres of different kinds, open until all of them are left."""

    def __init__(self, directory: Path, *, exchange_s: float = 0.5) -> None:
        self._directory = directory
        self._exchange_s = exchange_s
        self._open: dict[str, Clinic] = {}
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def beside(self, personality: str) -> Clinic:
        """Return the clinic beside a centre of one kind."""
        if personality not in self._open:
            clinic = Clinic(self._directory / personality, personality=personality, exchange_s=self._exchange_s)
            self._open[personality] = self._ends.enter_context(clinic)
        return self._open[personality]


def waits() -> dict[str, list[Say]]:
    """Return the answers of somebody who waits until it is known."""
    return {"DoubtOpen": [Answer.GOODS_OUT, *[Answer.AGAIN] * 9, Answer.LEAVE]}


def fees(*wanted: tuple[str, str, str]) -> tuple[Line, ...]:
    """Return lines of (name, price, kind), each once, of class A."""
    return lines_of(
        [
            {"name": name, "price": price, "class": "01", "first_pay_ratio": "0", "kind": kind, "code": "F001"}
            for name, price, kind in wanted
        ]
    )
