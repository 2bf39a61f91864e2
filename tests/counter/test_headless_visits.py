"""A clinic's desk without a screen: registered, charged, and refused in words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from terminal import headless
from terminal.headless_person import HeadlessPerson, Pipe
from terminal.visits import charge_in
from tests.screen.registration.staged import imported
from tests.world.clinic import Clinic

LINE = {"name": "演示血常规", "code": "Y001", "price": "20.00", "class": "01", "kind": "医疗服务"}
DIAGNOSES = [{"code": "J06.900", "name": "急性上呼吸道感染"}]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """Return one clinic for the file, with the demonstration's departments."""
    with Clinic(tmp_path_factory.mktemp("headless") / "stage") as opened:
        imported(opened.counter.journal.directory)
        yield opened


def ask(clinic: Clinic, role: str, command: dict[str, Any]) -> dict[str, Any]:
    """Give one command to the headless till with somebody's card in the reader."""
    clinic.insert(role)
    clinic._ready([clinic.stage.cast[role].pin], None)
    with Path(os.devnull).open("wb") as nowhere:
        person = HeadlessPerson(Pipe(0, nowhere.fileno()))
        return headless._answer(bytearray(json.dumps(command).encode()), clinic.counter, clinic.driver, person)


def order(visit: dict[str, Any]) -> dict[str, Any]:
    """Return the command that charges an order."""
    return {"do": "order", "lines": [LINE], "visit": {"diagnoses": DIAGNOSES, **visit}}


def test_a_visit_and_its_order(clinic: Clinic) -> None:
    """The first doctor who is free, or the one that is named; the order is charged to its visit, by the card that registered."""
    first = ask(clinic, "first", {"do": "register", "department": "K02"})
    named = ask(clinic, "second", {"do": "register", "department": "K04", "doctor": "D990100000006", "fee_class": "专家"})
    registered, expert = (charge_in(clinic.counter.journal, one["subject"]) for one in (first, named))
    assert registered is not None
    assert expert is not None
    chosen = registered.visit.registration
    number = chosen.ipt_otp_no
    others = ask(clinic, "second", order({"ipt_otp_no": number}))
    charged = ask(clinic, "first", order({"ipt_otp_no": number}))
    clinic.settle_down()

    assert ("Settled", "外科", "普通") == (
        first["end"],
        registered.visit.registration.department.name,
        registered.visit.registration.fee_class,
    )
    assert ("Settled", "专家") == (named["end"], expert.visit.registration.fee_class)
    assert {"end": "Failed", "code": "VISIT-OTHER-PERSON"} == others
    assert ("Settled", 2000) == (charged["end"], charged["figures"]["medfee_sumamt"])
    assert [] == clinic.unsound()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"do": "register", "department": "K99"}, "REGISTRATION-OFFER-GONE"),
        ({"do": "register", "department": "K02", "doctor": "D990100000001"}, "REGISTRATION-OFFER-GONE"),
        (order({"ipt_otp_no": "MZ-NEVER"}), "VISIT-UNKNOWN"),
        (order({}), "BILL-UNREADABLE"),
        (order({"ipt_otp_no": "MZ-NEVER", "diagnoses": []}), "BILL-UNREADABLE"),
    ],
)
def test_what_cannot_be_registered_or_charged(clinic: Clinic, command: dict[str, Any], code: str) -> None:
    """It is said by its code, and nothing is begun."""
    before = clinic.counter.journal.tip()

    assert {"end": "Failed", "code": code} == ask(clinic, "first", command)
    assert before == clinic.counter.journal.tip()
