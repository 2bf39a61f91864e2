"""2201, 2202 and 2203: a visit is registered under a number of the institution's, told of, and taken back while nothing hangs on it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, select, update

from clearing import certificates, fee_lines, people
from clearing.errors import Refused
from clearing.ledger import next_number
from clearing.pricing import PolicyOf
from clearing.schema import institution, visit
from nhsa import codes
from nhsa.envelope import Request
from nhsa.registration import CancellationRequest, RegistrationRequest
from nhsa.visit import read_visit_request
from settlement.bill import Bill, Line, Venue

NOT_FOUND = "未查询到就诊信息"


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """A clinic or hospital that may open visits; ``hosp_lv`` as in :class:`settlement.bill.Bill`."""

    fixmedins_code: str
    venue: Venue
    hosp_lv: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit that was not cancelled. ``med_type`` is empty until 2203 told of it."""

    mdtrt_id: str
    ipt_otp_no: str
    fixmedins_code: str
    psn_no: str
    insutype: str
    admdvs: str
    begntime: str
    med_type: str
    told: str


def designate(db: Connection, wanted: Institution) -> None:
    """Enter a clinic or hospital, or what it is now."""
    members = {"venue": wanted.venue.value, "hosp_lv": wanted.hosp_lv}
    changed = db.execute(update(institution).where(institution.c.fixmedins_code == wanted.fixmedins_code).values(members))
    if not changed.rowcount:
        db.execute(insert(institution).values(members | {"fixmedins_code": wanted.fixmedins_code}))


def register(db: Connection, request: Request, policy_of: PolicyOf, at: str) -> Visit:
    """Open a visit (2201). Raises :class:`Refused`, also for a number that the institution used before."""
    query = RegistrationRequest.model_validate(request.input.get("data"))
    if db.execute(select(institution.c.venue).where(institution.c.fixmedins_code == request.fixmedins_code)).first() is None:
        raise Refused("该机构未在本中心登记为门诊定点医疗机构")
    insured, card_no = certificates.presented(
        db, request, policy_of, at, psn_no=query.psn_no, cert_type=query.mdtrt_cert_type, cert_no=query.mdtrt_cert_no
    )
    if card_no:
        # By the visit's time: a fee that was paid off-line before the card was reported is registered later. It moves no money.
        people.refuse_if_reported(people.card_of(db, card_no), min(query.begntime, at))
    of_number = (visit.c.fixmedins_code == request.fixmedins_code, visit.c.ipt_otp_no == query.ipt_otp_no)
    if db.execute(select(visit.c.mdtrt_id).where(*of_number)).first() is not None:
        raise Refused("重复的门诊号：{number}", number=query.ipt_otp_no)
    opened = Visit(
        mdtrt_id=f"{request.mdtrtarea_admvs}{at[:10].replace('-', '')}{next_number(db, 'mdtrt'):010d}",
        ipt_otp_no=query.ipt_otp_no,
        fixmedins_code=request.fixmedins_code,
        psn_no=insured.psn_no,
        insutype=query.insutype,
        admdvs=request.mdtrtarea_admvs,
        begntime=query.begntime,
        med_type="",
        told="",
    )
    row = {name: getattr(opened, name) for name in Visit.__slots__}
    db.execute(insert(visit).values(row | {"registered": at, "registration": _text(query.wire())}))
    return opened


def cancel(db: Connection, request: Request, at: str) -> None:
    """Take a registration back (2202) while nothing is settled and nothing uploaded for it. Raises :class:`Refused`."""
    query = CancellationRequest.model_validate(request.input.get("data"))
    found = visit_of(db, request, mdtrt_id=query.mdtrt_id, psn_no=query.psn_no)
    if query.ipt_otp_no != found.ipt_otp_no:
        raise Refused("门诊号与就诊信息不符")
    if fee_lines.settled(db, found.mdtrt_id):
        raise Refused("就诊有未退费的结算，不能撤销挂号")
    if fee_lines.unsettled(db, found.mdtrt_id):
        raise Refused("就诊有已上传的费用明细，请先撤销明细再撤销挂号")
    db.execute(update(visit).where(visit.c.mdtrt_id == found.mdtrt_id).values(cancelled=at))


def tell(db: Connection, request: Request) -> None:
    """Keep what 2203 or 2203A tells of a visit, in the place of what was told before. Raises :class:`Refused`."""
    content = {name: request.input.get(name) for name in ("mdtrtinfo", "diseinfo")}
    query = read_visit_request(request.infno, content)
    told = query.mdtrtinfo
    found = visit_of(db, request, mdtrt_id=told.mdtrt_id, psn_no=told.psn_no)
    if told.med_type != codes.REGISTRATION_FEE and not any(row.vali_flag == codes.VALID for row in query.diseinfo):
        raise Refused("就诊信息没有有效的诊断")
    members = {"med_type": told.med_type, "begntime": told.begntime, "told": _text(query.wire())}
    db.execute(update(visit).where(visit.c.mdtrt_id == found.mdtrt_id).values(members))


def visit_of(db: Connection, request: Request, *, mdtrt_id: str, psn_no: str) -> Visit:
    """Return the person's visit at the institution that asks. Raises :class:`Refused`."""
    of_person = (visit.c.mdtrt_id == mdtrt_id, visit.c.psn_no == psn_no, visit.c.fixmedins_code == request.fixmedins_code)
    row = db.execute(select(visit).where(*of_person)).mappings().first()
    if row is None:
        raise Refused(NOT_FOUND)
    if row["cancelled"]:
        raise Refused("挂号已撤销")
    return _visit(row)


def bill_of_visit(db: Connection, opened: Visit, med_type: str, lines: tuple[Line, ...]) -> Bill:
    """Return the bill of ``lines``, dated by the visit and placed where it was."""
    row = db.execute(select(institution).where(institution.c.fixmedins_code == opened.fixmedins_code)).mappings().one()
    return Bill(
        admdvs=opened.admdvs,
        begntime=opened.begntime,
        venue=Venue(row["venue"]),
        hosp_lv=row["hosp_lv"],
        insutype=opened.insutype,
        med_type=med_type,
        lines=lines,
    )


def _visit(row: RowMapping) -> Visit:
    return Visit(**{name: row[name] for name in Visit.__slots__})


def _text(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
