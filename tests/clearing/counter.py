"""A counter as the centre sees it: writes envelopes, reads answers. Fakes nothing: the messages are the product's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from clearing.centre import LIMITED_SIGN_IN, Centre
from clearing.database import Database
from clearing.desk import Signature, Validity
from clearing.export import export
from clearing.people import Enrolment, Insured, enrol, report_loss
from clearing.personality import Personality
from config.clock import CHINA
from config.entropy import SeededEntropy
from config.regions import policy_for
from nhsa import codes, extension, pharmacy, session
from nhsa.envelope import Request, Response, read_response
from nhsa.registration import Presented
from nhsa.settlement import SetlInfo
from settlement.allowance import CardRecord
from settlement.bill import Bill, Line, Venue
from settlement.facts import Hotlisted, SaleIntended
from settlement.figures import Figures
from settlement.policy import Policy

AREA, FORBIDDING_AREA = "990100", "990200"
SHOP, OTHER_SHOP = "P99010000001", "P99010000002"
ANNA = Insured(psn_no="990100000000000001", certno="990100197001011231", psn_name="演示甲", admdvs=AREA, psn_type="11")
CARD_NO, CARD_SN = "12345678X", "990100D15600000512345678FFFFFFFF"
OTHER = Insured(psn_no="990200000000000002", certno="990200197001021242", psn_name="演示乙", admdvs=FORBIDDING_AREA, psn_type="12")
OTHER_CARD_NO, OTHER_CARD_SN = "87654321X", "990200D15600000587654321FFFFFFFF"
ACCOUNT_FEN = 1_000_00


class SetClock:
    """A clock that stands where it was put."""

    def __init__(self, at: str) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the set time."""
        return datetime.fromisoformat(self.at).replace(tzinfo=CHINA)

    def monotonic(self) -> float:
        """Return the seconds of the set time."""
        return self.now().timestamp()

    def set_by(self) -> float:
        """Return nothing: it is moved as time goes by."""
        return 0.0

    def step(self, **by: int) -> None:
        """Move forward, as :class:`~datetime.timedelta` names it."""
        self.at = (self.now() + timedelta(**by)).strftime("%Y-%m-%d %H:%M:%S")


@dataclass(slots=True)
class Office:
    """A centre with two people, a clock, and a way to ask it."""

    directory: Path
    personality: Personality = Personality.IDEMPOTENT
    sign_in: Validity = LIMITED_SIGN_IN
    regions: Path | None = None
    clock: SetClock = field(default_factory=lambda: SetClock("2026-03-02 09:00:00"))
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    database: Database = field(init=False)
    centre: Centre = field(init=False)

    def __post_init__(self) -> None:
        self.database = Database(self.directory, create=True)
        signature = Signature(self.directory, SeededEntropy("test"))
        policy_of = partial(policy_for, directory=self.regions)
        self.centre = Centre(self.database, self.clock, signature, policy_of, personality=self.personality, sign_in=self.sign_in)
        with self.database.transaction() as db:
            for insured, card_no, card_sn in ((ANNA, CARD_NO, CARD_SN), (OTHER, OTHER_CARD_NO, OTHER_CARD_SN)):
                wanted = Enrolment(insured=insured, card_no=card_no, card_sn=card_sn, account_fen=ACCOUNT_FEN, deductible_fen=0, fund_fen=0)
                enrol(db, wanted, self.clock.at)

    def counter(self, *, shop: str = SHOP) -> Counter:
        """Return a counter that has signed in."""
        counter = Counter(self.centre.answer, self.clock, shop=shop, numbers=self.numbers)
        counter.sign_in()
        return counter

    def policy(self) -> Policy:
        """Return the pack that this centre prices Anna's area by."""
        found = policy_for(AREA, self.clock.at, directory=self.regions)
        assert isinstance(found, Policy)
        return found

    def report_loss(self, card_no: str) -> int:
        """Report a card lost now."""
        with self.database.transaction() as db:
            return report_loss(db, card_no=card_no, at=self.clock.at)

    def ledger(self) -> dict[str, Any]:
        """Return the exported ledger."""
        with self.database.transaction() as db:
            return export(db)

    def person(self, psn_no: str = ANNA.psn_no) -> dict[str, Any]:
        """Return one person of the exported ledger."""
        found: dict[str, Any] = next(person for person in self.ledger()["persons"] if person["psn_no"] == psn_no)
        return found

    def available_fen(self) -> int:
        """Return what Anna may spend on-line."""
        return int(self.person()["available_fen"])

    def open_fen(self) -> dict[int, int]:
        """Return what Anna's earmarks still hold, by generation."""
        return {row["generation"]: row["open_fen"] for row in self.person()["earmarks"]}


@dataclass(slots=True)
class Counter:
    """One counter: ``post`` carries the bytes of a request and returns those of the answer."""

    post: Callable[[bytes], bytes]
    clock: SetClock
    shop: str = SHOP
    sign_no: str = ""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def ask(self, infno: str, content: dict[str, Any], *, msgid: str = "", **members: str) -> Response:
        """Send one request and return its answer."""
        return read_response(self.post(self.envelope(infno, content, msgid=msgid, **members)))

    def output(self, infno: str, content: dict[str, Any], *, msgid: str = "") -> dict[str, Any]:
        """Send one request that must be accepted and return its output."""
        answer = self.ask(infno, content, msgid=msgid)
        assert (0, "") == (answer.infcode, answer.err_msg)
        return answer.output

    def refusal(self, infno: str, content: dict[str, Any], *, msgid: str = "") -> str:
        """Send one request that must be refused and return the words."""
        answer = self.ask(infno, content, msgid=msgid)
        assert -1 == answer.infcode
        return answer.err_msg

    def envelope(self, infno: str, content: dict[str, Any], *, msgid: str = "", **members: str) -> bytes:
        """Return the bytes of a request."""
        standard = {
            "infno": infno,
            "msgid": msgid or self.new_msgid(),
            "mdtrtarea_admvs": AREA,
            "insuplc_admdvs": AREA,
            "recer_sys_code": "YBXT",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "0001",
            "opter_name": "测试人员",
            "inf_time": self.clock.at,
            "fixmedins_code": self.shop,
            "fixmedins_name": "演示药店",
            "sign_no": self.sign_no,
        }
        return Request.model_validate({**standard, **members, "input": content}).encode()

    def new_msgid(self) -> str:
        """Return a fresh message id."""
        return f"{self.shop}{self.clock.now():%Y%m%d%H%M%S}{next(self.numbers):04d}"

    def sign_in(self) -> extension.Offer:
        """Sign in and return what the centre offers."""
        signed = session.read_sign_in(self.output("9001", session.sign_in_input("0001")))
        self.sign_no = signed.sign_no
        offer = extension.read_offer(signed.exp_content)
        assert offer is not None
        return offer

    # --- selling ---------------------------------------------------------------------------------------

    def sell(self, content: dict[str, Any], *, msgid: str = "") -> SetlInfo:
        """Settle a sale that must be accepted."""
        return SetlInfo.model_validate(self.output("2102", content, msgid=msgid)["setlinfo"])

    def void(self, sale: SetlInfo, *, msgid: str = "") -> SetlInfo:
        """Reverse a settlement; it must be accepted."""
        content = pharmacy.reversal_input(psn_no=sale.psn_no, setl_id=sale.setl_id, mdtrt_id=sale.mdtrt_id)
        return SetlInfo.model_validate(self.output("2103", content, msgid=msgid)["setlinfo"])

    # --- the allowance ---------------------------------------------------------------------------------

    def refresh(self, read: CardRecord, *, limit_fen: int = 500_00) -> extension.Grant:
        """Ask for a new generation; it must be granted."""
        return extension.read_grant(self.output("YX01", {"data": {**seen(read), "limit_fen": limit_fen}}))

    def show(self, read: CardRecord) -> int:
        """Show what was read; return what is available then."""
        return int(self.output("YX02", {"data": seen(read)})["seen"]["available_fen"])


def seen(read: CardRecord) -> dict[str, Any]:
    """Return Anna's card with what was read of it, as it is sent."""
    record = extension.RecordRead.of(read)
    return extension.CardSeen(psn_no=ANNA.psn_no, card_no=CARD_NO, card_sn=CARD_SN, record=record).model_dump()


def on_card(generation: int | None, counter: int | None, amount_fen: int | None, *, tags: tuple[int | None, ...] = ()) -> CardRecord:
    """Return an off-line record as read."""
    return CardRecord(generation=generation, counter=counter, amount_fen=amount_fen, not_after="5", tags=tags)


def sale(
    total_fen: int,
    *,
    begntime: str = "2026-03-02 09:00:00",
    debit: extension.Debit | extension.CardDebit | None = None,
    psn_no: str = ANNA.psn_no,
    card_no: str = CARD_NO,
    kind: str = "国药准字",
) -> dict[str, Any]:
    """Return the input of 2102 for one box at ``total_fen``."""
    line = Line(
        feedetl_sn="1",
        medins_list_codg="A001",
        name="演示感冒片",
        cnt_e4=1_0000,
        pric_e6=total_fen * 10_000,
        chrgitm_lv="01",
        goods_kind=kind,
    )
    bill = Bill(admdvs=AREA, begntime=begntime, venue=Venue.PHARMACY, lines=(line,))
    intent = SaleIntended(
        subject="",
        way="online",
        at=begntime,
        bill=bill,
        figures=Figures(medfee_sumamt=total_fen),
        left_out=(),
        pack="",
        explanation="",
        hotlist=Hotlisted(version=0, age_s=None),
    )
    carried = "" if debit is None else extension.carry(debit)
    return pharmacy.settlement_input(
        intent, Presented(psn_no=psn_no, mdtrt_cert_type=codes.CARD, mdtrt_cert_no=card_no), exp_content=carried
    )


def debit(generation: int, counter_before: int, debit_fen: int) -> extension.Debit:
    """Return the evidence of one off-line sale by Anna's card."""
    return extension.Debit(
        card_no=CARD_NO,
        card_sn=CARD_SN,
        generation=generation,
        counter_before=counter_before,
        counter_after=counter_before + 1,
        tag=4711,
        debit_fen=debit_fen,
        hotlist_version=0,
        hotlist_age_s=None,
        reason="LINE-DOWN",
    )
