"""What may be asked and changes nothing: 1101, 5201, 5203, 5206."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, exists, select

from clearing import certificates, people
from clearing.allowances import earmarks_of
from clearing.answers import setlinfo
from clearing.errors import Refused
from clearing.ledger import available, balance_fen
from clearing.pricing import PolicyOf
from clearing.schema import settlement, visit
from clearing.settlements import BATCH_SALE, SALES, booked_of, reversal_of
from nhsa import codes
from nhsa.envelope import Request
from nhsa.person import AccumulatorQuery, PersonQuery
from nhsa.queries import SettlementQuery, VisitsQuery
from nhsa.reading import yuan

_BORN, _SEX = slice(6, 14), 16
_CERTNO_LENGTH = 18


def person(db: Connection, request: Request, policy_of: PolicyOf, at: str) -> dict[str, Any]:
    """Answer 1101: who this is, and what an on-line sale may spend. A reported card answers for times before the report."""
    query = PersonQuery.model_validate(request.input.get("data"))
    if query.mdtrt_cert_type == codes.CARD:
        held = people.card_of(db, query.mdtrt_cert_no, card_sn=query.card_sn)
        people.refuse_if_reported(held, query.begntime or at)
        insured = people.insured_of(db, held.psn_no)
    else:
        shown = {"cert_type": query.mdtrt_cert_type, "cert_no": query.mdtrt_cert_no}
        insured = certificates.whose(db, request, policy_of, at, **shown)
    if query.certno and query.certno != insured.certno:
        raise Refused("证件号码与就诊凭证不符")
    free_fen = balance_fen(db, available(insured.psn_no))
    earmarked_fen = sum(row["open_fen"] for row in earmarks_of(db, insured.psn_no))
    insurance = {
        "balc": yuan(free_fen),
        "insutype": people.scheme_of(insured),
        "psn_type": insured.psn_type,
        "psn_insu_stas": codes.INSURED_NORMAL,
        "psn_insu_date": None,
        "paus_insu_date": None,
        "cvlserv_flag": "0",
        "insuplc_admdvs": insured.admdvs,
        "emp_name": None,
    }
    accounts = json.dumps({"available": yuan(free_fen), "earmarked": yuan(earmarked_fen)}, separators=(",", ":"))
    return {"baseinfo": {**_particulars(insured, at), "exp_content": accounts}, "insuinfo": [insurance], "idetinfo": []}


def visits(db: Connection, request: Request) -> dict[str, Any]:
    """Answer 5201: every sale of the person in the window by the time of the visit, refunded ones too; then visits not settled."""
    query = VisitsQuery.model_validate(request.input.get("data"))
    wanted = [
        settlement.c.psn_no == query.psn_no,
        settlement.c.infno.in_(SALES),
        settlement.c.corrected == 0,
        settlement.c.begntime.between(query.begntime, query.endtime),
    ]
    wanted += [settlement.c.med_type == query.med_type] if query.med_type else []
    wanted += [settlement.c.mdtrt_id == query.mdtrt_id] if query.mdtrt_id else []
    of_visit = settlement.outerjoin(visit, visit.c.mdtrt_id == settlement.c.mdtrt_id)
    sales = select(settlement, visit.c.ipt_otp_no).select_from(of_visit).where(*wanted).order_by(settlement.c.number)
    rows = db.execute(sales).mappings().all()
    settled = [_visit(row, row["setl_id"], reversal_of(db, row["setl_id"])) for row in rows]
    return {"mdtrtinfo": settled + [_visit(row, None, None) for row in _open_visits(db, query)]}


def settlements(db: Connection, request: Request) -> dict[str, Any]:
    """Answer 5203: the settlement asked for, or without ``setl_id`` all of the visit (one is an object, else a list).

    A registered visit of which nothing is settled has an empty list, and so has a message id of this institution's that settled nothing.
    """
    query = SettlementQuery.model_validate(request.input.get("data"))
    wanted = [settlement.c.psn_no == query.psn_no, settlement.c.corrected == 0]
    wanted += [settlement.c.mdtrt_id == query.mdtrt_id] if query.mdtrt_id else []
    if query.medins_setl_id:
        wanted += [settlement.c.msgid == query.medins_setl_id, settlement.c.fixmedins_code == request.fixmedins_code]
    wanted += [settlement.c.setl_id == query.setl_id] if query.setl_id else []
    rows = db.execute(select(settlement).where(*wanted).order_by(settlement.c.number)).mappings().all()
    if not rows and not query.medins_setl_id and not _registered(db, query):
        raise Refused("未查询到结算信息")
    insured = people.insured_of(db, query.psn_no)
    found = [setlinfo(booked_of(row), insured, queried=True) for row in rows]
    return {"setlinfo": found[0] if len(found) == 1 else found, "setldetail": []}


def accumulators(db: Connection, request: Request) -> dict[str, Any]:
    """Answer 5206: what the year has used."""
    query = AccumulatorQuery.model_validate(request.input.get("data"))
    year = query.cum_ym[:4]
    scheme = people.scheme_of(people.insured_of(db, query.psn_no))
    used = zip((codes.CUMULATED_DEDUCTIBLE, codes.CUMULATED_FUND), people.accumulated(db, query.psn_no, year), strict=True)
    rows = [{"insutype": scheme, "year": year, "cum_ym": query.cum_ym, "cum_type_code": code, "cum": yuan(fen)} for code, fen in used]
    return {"cuminfo": rows}


def _particulars(insured: people.Insured, at: str) -> dict[str, Any]:
    certno = insured.certno
    told = len(certno) == _CERTNO_LENGTH and certno[:17].isdigit()
    born = f"{certno[_BORN][:4]}-{certno[_BORN][4:6]}-{certno[_BORN][6:]}" if told else None
    return {
        "psn_no": insured.psn_no,
        "psn_cert_type": codes.RESIDENT_ID,
        "certno": certno,
        "psn_name": insured.psn_name,
        "gend": ("2", "1")[int(certno[_SEX]) % 2] if told else None,
        "naty": None,
        "brdy": born,
        "age": int(at[:4]) - int(born[:4]) - (at[5:10] < born[5:]) if born else None,
    }


def _open_visits(db: Connection, query: VisitsQuery) -> Sequence[RowMapping]:
    """Return the person's visits that were not cancelled and of which nothing was ever settled, by what is known of them.

    One that 2203 has not told of yet may become any clinic's.
    """
    wanted = [visit.c.psn_no == query.psn_no, visit.c.cancelled == "", visit.c.begntime.between(query.begntime, query.endtime)]
    wanted += [visit.c.mdtrt_id == query.mdtrt_id] if query.mdtrt_id else []
    if query.med_type:
        wanted += [visit.c.med_type.in_({query.med_type} if query.med_type == codes.PHARMACY_PURCHASE else {query.med_type, ""})]
    of_visit = (settlement.c.mdtrt_id == visit.c.mdtrt_id, settlement.c.infno == BATCH_SALE, settlement.c.corrected == 0)
    return db.execute(select(visit).where(*wanted, ~exists().where(*of_visit)).order_by(visit.c.mdtrt_id)).mappings().all()


def _registered(db: Connection, query: SettlementQuery) -> bool:
    """Whether 5203 asks for all settlements of a visit that is registered and the person's."""
    of_person = (visit.c.mdtrt_id == query.mdtrt_id, visit.c.psn_no == query.psn_no, visit.c.cancelled == "")
    return not query.setl_id and db.execute(select(visit.c.mdtrt_id).where(*of_person)).first() is not None


def _visit(row: RowMapping, setl_id: str | None, refund: str | None) -> dict[str, Any]:
    return {
        "mdtrt_id": row["mdtrt_id"],
        "psn_no": row["psn_no"],
        "insutype": row["insutype"],
        "med_type": row["med_type"],
        "begntime": row["begntime"],
        "endtime": row["begntime"],
        "fixmedins_code": row["fixmedins_code"],
        "ipt_otp_no": row["ipt_otp_no"],
        "setl_id": setl_id,
        "refd_setl_flag": codes.NOT_REFUNDED if refund is None else codes.REFUNDED,
        "refd_setl_id": refund,
    }
