"""Prescription, review and proxy at the counter: by keys, to what the journal, the wire and the slip say of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue import drug_register
from settlement.day_facts import Dispensed
from settlement.drugs import Buyer
from terminal.paper.content import Slips
from terminal.screen.cashier.papers import PapersMode
from terminal.screen.cashier.selling import SellingMode
from terminal.screen.cashier.settled import SettledMode
from terminal.screen.cashier.tender import TenderMode
from tests.journal.entries import Hand
from tests.paper.samples import ISSUER
from tests.screen.cashier.clerk import Clerk
from tests.screen.cashier.conftest import Open
from tests.screen.cashier.floor import BARCODES, Floor, prescribing

BUYER = "990100197001010005"
FIELDS = ("rxno", "patient", "written_on", "counts_days", "kind", "supply_days", "doctor", "pharmacist", "buyer_name", "buyer_certno")


@pytest.fixture(autouse=True)
def regions(floor: Floor, tmp_path: Path) -> Iterator[None]:
    """Give the till a pack that says what a prescription is paid by: who made the demonstration's own left that open."""
    file = floor.directory() / "settings.toml"
    before = file.read_text(encoding="utf-8")
    name, text = prescribing()
    (tmp_path / "990100").mkdir()
    (tmp_path / "990100" / name).write_text(text, encoding="utf-8")
    file.write_text(f'{before}\n[regions]\ndirectory = "{tmp_path.as_posix()}"\n', encoding="utf-8")
    yield
    file.write_text(before, encoding="utf-8")


def fill(clerk: Clerk, **fields: str) -> None:
    """Go through the fields of the prescription; a field that is not named keeps what was proposed."""
    clerk.mode(PapersMode)
    clerk.press(*["up"] * 9)
    for name in FIELDS:
        if name in fields:
            clerk.send(fields[name])
        clerk.press("enter")


def test_a_prescription_by_card(opened: Open, floor: Floor) -> None:
    """F8 asks for the papers; complete, it goes on. The journal keeps day, supply and review, the request says supply and doctor."""
    with opened(card="first") as clerk:
        clerk.scan(BARCODES["R001"])
        clerk.press("f8")
        clerk.mode(PapersMode)
        clerk.expect("处方药", "处方患者姓名")
        clerk.press("f1")
        clerk.expect("发生了什么", "没有录入处方")
        clerk.press("escape", "escape")
        fill(clerk, rxno="RX-1", patient=floor.name("first"), supply_days="5", doctor="演示医师", pharmacist="演示药师")
        clerk.press("f8")
        clerk.pin(floor.pin("first"))
        clerk.mode(SettledMode)
    sold = floor.sales()[-1]
    with floor.journal() as journal:
        records = journal.records(sold.subject)
        seen = next(record for record in records if record.kind == Dispensed.kind)
        asked = json.loads(next(record.private["input"] for record in records if record.private and "input" in record.private))
    assert ("2026-03-02", 5, "演示药师", False) == tuple(seen.body[key] for key in ("written_on", "supply_days", "pharmacist", "proxy"))
    assert seen.private is None
    detail = asked["drugdetail"][0] if "drugdetail" in asked else asked["input"]["drugdetail"][0]
    assert ("RX-1", "5", "演示医师") == tuple(detail[key] for key in ("rxno", "prd_days", "bilg_dr_name"))


def test_somebody_elses_prescription(opened: Open, floor: Floor) -> None:
    """The desk knows whom the card names: nothing is sold, and the bill with its papers stands."""
    before = len(floor.sales())
    with opened(card="first") as clerk:
        clerk.scan(BARCODES["R001"])
        clerk.press("f8")
        fill(clerk, rxno="RX-2", patient="演示别人", supply_days="5", pharmacist="演示药师")
        clerk.press("f8")
        clerk.expect("不是这张卡的参保人")
        clerk.mode(SellingMode)
        assert ["R001"] == clerk.goods
        seen = clerk.till.bill.papers.prescription
        assert seen is not None
        assert "演示别人" == seen.patient
        clerk.press("f4", "f4")
    assert before == len(floor.sales())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"supply_days": "8"}, "DRUG-SUPPLY"),
        ({"written_on": "\x7f" * 10 + "2-27", "supply_days": "3"}, "DRUG-PRESCRIPTION-EXPIRED"),
        ({"supply_days": "3", "pharmacist": ""}, "DRUG-PHARMACIST"),
        ({"supply_days": "3", "buyer_name": "演示乙", "buyer_certno": "990100"}, "CERTIFICATE-NUMBER"),
        ({"supply_days": "3", "kind": "9"}, ""),
    ],
)
def test_what_is_not_enough_is_said(opened: Open, floor: Floor, fields: dict[str, str], code: str) -> None:
    """On the form, which stays until it is right or left."""
    with opened(card="first") as clerk:
        clerk.scan(BARCODES["R001"])
        clerk.press("f8")
        whole = {"rxno": "RX-3", "patient": floor.name("first"), "pharmacist": "演示药师"}
        fill(clerk, **{**whole, **fields})
        clerk.press("f8")
        clerk.mode(PapersMode)
        assert code == ("" if "看不懂" in clerk.till.message[1] else clerk.till.last_words.code if clerk.till.last_words else "")
        clerk.press("escape", "escape")
        clerk.mode(SellingMode)
        clerk.press("f4", "f4")


def test_a_proxy_for_cash_is_registered(opened: Open, floor: Floor) -> None:
    """Ephedrine for cash wants a name: the register has it whole, the slip and the technician masked."""
    with opened() as clerk:
        clerk.scan(BARCODES["E001"])
        clerk.press("f8")
        clerk.expect("含麻黄碱")
        fill_buyer(clerk)
        clerk.press("f8")
        clerk.mode(TenderMode)
        clerk.press("f8")
        clerk.mode(SettledMode)
    sold = floor.sales()[-1]
    with floor.journal() as journal:
        row = list(drug_register.rows(journal))[-1]
        assert [] == journal.by_owner(BUYER)
        slips = Slips(journal, Hand(), ISSUER)
        booked = slips.booked(sold.subject)
        assert booked is not None
        papers = slips.slip(booked, "first").papers
    assert (sold.subject, "演示复方伪麻片", "1", "YS24071", "演示乙", BUYER) == (
        row.subject,
        row.name,
        row.quantity,
        row.manu_lotnum,
        row.buyer,
        row.certno,
    )
    assert papers is not None
    assert "演*乙 990***********0005" == papers.buyer


def fill_buyer(clerk: Clerk) -> None:
    """Type who buys."""
    clerk.mode(PapersMode)
    clerk.send("演示乙")
    clerk.press("enter")
    clerk.send(BUYER)


def test_three_packs_are_too_many(opened: Open) -> None:
    """Said at F8, the bill stands."""
    with opened(card="first") as clerk:
        clerk.scan(f"3*{BARCODES['E001']}")
        clerk.press("f8")
        clerk.press("f1")
        clerk.expect("最多 2 个最小包装")
        clerk.press("escape", "escape")
        clerk.mode(SellingMode)
        clerk.press("f4", "f4")


def test_papers_outlive_the_till(opened: Open) -> None:
    """They are part of the unfinished bill."""
    with opened() as clerk:
        clerk.scan(BARCODES["E001"])
        clerk.write("#")
        clerk.press("enter")
        fill_buyer(clerk)
        clerk.press("escape")
        clerk.mode(SellingMode)
        clerk.rest()
    with opened(fresh=False) as clerk:
        assert Buyer(psn_name="演示乙", certno=BUYER) == clerk.till.bill.papers.buyer
        clerk.press("f4", "f4")
