"""An off-line sale is completed by 1101 whatever became of its card: it always gets a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.entropy import SeededEntropy
from config.sections import Refusals
from nhsa.outcome import Outcome, Rejected, Reply, classify
from offline_queue.journal import CounterIdentity, DueRow, Entry, Journal
from offline_queue.sync.requests import NotYet, Ready, Requests
from settlement.allowance import CardRecord, SaleWrite
from settlement.bill import Bill, Line, Venue
from settlement.facts import Done, Hotlisted, SaleIntended
from settlement.figures import Figures
from tests.clearing.counter import ANNA, AREA, CARD_NO, CARD_SN, SHOP, Counter, Office

MSGID = f"{SHOP}202603020900000100"
SOLD = "2026-03-02 09:00:00"
BOX = Line(
    feedetl_sn="1", medins_list_codg="A001", name="演示片", cnt_e4=1_0000, pric_e6=30_000_000, chrgitm_lv="01", goods_kind="国药准字"
)
PERSON = {"certno": ANNA.certno, "psn_name": ANNA.psn_name, "card_no": CARD_NO, "card_sn": CARD_SN}


class Messenger:
    """A courier whose line is a call: the real centre answers in this process."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self.asked: list[str] = []

    def ask(self, infno: str, content: dict[str, Any], *, insuplc_admdvs: str = "") -> Outcome:
        """Ask and say what the answer proves."""
        self.asked.append(content["data"]["mdtrt_cert_type"])
        body = self._counter.post(self._counter.envelope(infno, content, insuplc_admdvs=insuplc_admdvs or AREA))
        reply = Reply(status=200, content_type="", body=body)
        return classify(infno, reply, msgid="", first_delivery=True, words=Refusals())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre that knows Anna and her card."""
    return Office(tmp_path / "centre")


@pytest.fixture
def journal(tmp_path: Path, office: Office) -> Iterator[Journal]:
    """Return the journal of a shop that has never seen Anna before this off-line sale."""
    identity = CounterIdentity(fixmedins_code=SHOP, till="01")
    intent = SaleIntended(
        subject=MSGID,
        way="allowance",
        at=SOLD,
        bill=Bill(admdvs=AREA, begntime=SOLD, venue=Venue.PHARMACY, lines=(BOX,)),
        figures=Figures(medfee_sumamt=30_00, inscp_scp_amt=30_00, psn_part_amt=30_00, acct_pay=30_00),
        left_out=(),
        pack="990100/2023-02-01",
        explanation="",
        hotlist=Hotlisted(version=0, age_s=0),
        reason="LINE-DOWN",
        card=SaleWrite(before=CardRecord(generation=1, counter=1, amount_fen=50_00, not_after="5", tags=(7,)), tag=9, debit_fen=30_00),
    )
    (tmp_path / "shop").mkdir()
    with Journal(tmp_path / "shop", role="till", clock=office.clock, entropy=SeededEntropy("t"), counter=identity) as opened:
        done = Done(subject=MSGID, infno="2102", figures=intent.figures, outside_fen=0, offline=True)
        opened.commit([Entry(kind=intent.kind, subject=MSGID, body=intent.body(), private=dict(PERSON), owner=ANNA.certno)])
        opened.commit([Entry(kind=done.kind, subject=MSGID, body=done.body())])
        opened.notes.centre(signed_time="2026-03-02 08:00:00", extension=True)
        yield opened


def prepared(journal: Journal, office: Office) -> tuple[object, list[str]]:
    """Complete the sale; return what came of it and by which certificates 1101 was asked."""
    messenger = Messenger(office.counter())
    return Requests(journal, office.clock, SHOP, AREA).prepare(due(journal), messenger), messenger.asked  # type: ignore[arg-type]


def due(journal: Journal) -> DueRow:
    """Return the sale as the sender takes it from the outbox."""
    (row,) = journal.due("backlog")
    return row


def test_a_card_in_order_is_asked_by(office: Office, journal: Journal) -> None:
    """The person, the claim and the card's evidence are frozen."""
    ready, asked = prepared(journal, office)

    assert isinstance(ready, Ready)
    assert (ANNA.psn_no, ["03"]) == (ready.psn_no, asked)
    assert office.counter().sell(ready.content, msgid=MSGID).medins_setl_id == MSGID


def test_a_card_lost_after_the_sale_answers_for_its_time(office: Office, journal: Journal) -> None:
    """The sale was before the report: 1101 by card still tells the person, and the sale is accepted."""
    office.clock.step(hours=1)
    office.report_loss(CARD_NO)

    ready, asked = prepared(journal, office)

    assert isinstance(ready, Ready)
    assert ["03"] == asked
    assert 30_00 == office.counter().sell(ready.content, msgid=MSGID).medfee_sumamt


def test_a_card_lost_before_the_sale_still_gets_a_verdict(office: Office, journal: Journal) -> None:
    """1101 by card is refused, by number it is not; the sale goes up, and the centre's refusal says who bears it."""
    office.report_loss(CARD_NO)

    ready, asked = prepared(journal, office)

    assert isinstance(ready, Ready)
    assert ["03", "02"] == asked
    assert "该社会保障卡已挂失，不能使用" == office.counter().refusal("2102", ready.content, msgid=MSGID)


def test_a_person_whom_the_centre_does_not_know_waits(office: Office, journal: Journal) -> None:
    """Neither card nor number: the sale stays in the queue with the refusal, and nothing is frozen."""
    with office.database.transaction() as db:
        db.exec_driver_sql("UPDATE card SET card_no = 'X' WHERE psn_no = ?", (ANNA.psn_no,))
        db.exec_driver_sql("UPDATE person SET certno = 'X' WHERE psn_no = ?", (ANNA.psn_no,))

    waits, asked = prepared(journal, office)

    assert isinstance(waits, NotYet)
    assert Rejected(words="未查询到参保人信息") == waits.outcome
    assert ["03", "02"] == asked
    assert Requests(journal, office.clock, SHOP, AREA).frozen(due(journal)) is None


@pytest.mark.parametrize(("offers", "promised", "carries"), [(True, False, True), (False, True, True), (False, False, False)])
def test_the_cards_evidence_goes_where_it_is_understood(
    office: Office, journal: Journal, *, offers: bool, promised: bool, carries: bool
) -> None:
    """To a centre that offers our extension, or whose gateway promises to verify a proof; any other gets a plain request."""
    journal.notes.centre(signed_time="2026-03-02 08:00:00", extension=offers)
    messenger = Messenger(office.counter())
    requests = Requests(journal, office.clock, SHOP, AREA, proof_is_verified=promised)
    ready = requests.prepare(due(journal), messenger)  # type: ignore[arg-type]

    assert isinstance(ready, Ready)
    assert carries == ('"debit_fen":3000' in str(ready.content))
