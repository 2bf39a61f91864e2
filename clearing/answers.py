"""How the centre writes what it booked: ``setlinfo`` and ``setldetail`` (interface 2.6, 2.7, 2.8)."""

from __future__ import annotations

from typing import Any

from clearing.outpatient import Priced
from clearing.people import Insured
from clearing.pricing import Claim, cuts_of
from clearing.settlements import BATCH_SALE, RELEASES, Booked
from nhsa import codes
from nhsa.reading import yuan
from nhsa.settlement import setlinfo_of
from settlement.figures import Figures

_NULL_IN_REVERSALS = frozenset({"psn_pay", "psn_part_amt", "hosp_part_amt", "acct_mulaid_pay"})
"""Amounts that real centres leave null there (interface, identity J)."""


def setlinfo(booked: Booked, insured: Insured, *, queried: bool = False) -> dict[str, Any]:
    """Return ``setlinfo`` of a settlement, or of a reversal in its own spelling: queries share that of 2103, and 2208 has another."""
    reversal, at_clinic = booked.infno in RELEASES, BATCH_SALE in {booked.infno, RELEASES.get(booked.infno)}
    amounts = setlinfo_of(booked.figures, reversal=queried or (reversal and not at_clinic))
    if reversal:
        amounts = {name: None if name in _NULL_IN_REVERSALS else amount for name, amount in amounts.items()}
        if at_clinic and not queried:
            amounts["pdn_cash_pay"] = amounts.pop("psn_cash_pay")
    return {
        "setl_id": booked.setl_id,
        "mdtrt_id": booked.mdtrt_id,
        **_person(insured),
        "insutype": booked.insutype,
        "setl_time": booked.setl_time,
        "begntime": booked.begntime,
        "mdtrt_cert_type": booked.mdtrt_cert_type,
        "med_type": booked.med_type,
        **amounts,
        "medins_setl_id": booked.msgid,
        "refd_setl_flag": codes.REFUNDED if reversal else codes.NOT_REFUNDED,
        "clr_optins": booked.admdvs,
        "clr_way": "1",
        "clr_type": codes.CLEARED_AS_OUTPATIENT if at_clinic else codes.CLEARED_AT_PHARMACY,
    }


def settled(booked: Booked, insured: Insured, claim: Claim) -> dict[str, Any]:
    """Return the output of 2102."""
    return {"setlinfo": setlinfo(booked, insured), "setldetail": funds(booked.figures), "detlcutinfo": cuts_of(claim)}


def previewed(claim: Claim, insured: Insured) -> dict[str, Any]:
    """Return the output of 2101: the same amounts, no id and no time."""
    amounts = setlinfo_of(claim.figures)
    identity = {"setl_id": None, "mdtrt_id": None, "setl_time": None, "medins_setl_id": None, "clr_optins": None, "clr_way": None}
    head = {**_person(insured), "insutype": claim.bill.insutype, "med_type": claim.bill.med_type, "clr_type": codes.CLEARED_AT_PHARMACY}
    return {"setlinfo": {**identity, **head, **amounts}, "setldetail": funds(claim.figures), "detlcutinfo": cuts_of(claim)}


def batch_previewed(priced: Priced, msgid: str) -> dict[str, Any]:
    """Return the output of 2206: the amounts, the visit and the msgid, no id and no time."""
    absent = {"setl_id": None, "setl_time": None, "clr_optins": None, "clr_way": None}
    head = {
        "mdtrt_id": priced.visit.mdtrt_id,
        **_person(priced.insured),
        "insutype": priced.visit.insutype,
        "begntime": priced.visit.begntime,
        "med_type": priced.claim.bill.med_type,
        "medins_setl_id": msgid,
        "clr_type": codes.CLEARED_AS_OUTPATIENT,
    }
    return {"setlinfo": {**absent, **head, **setlinfo_of(priced.claim.figures)}, "setldetail": funds(priced.claim.figures)}


def booked(row: Booked, insured: Insured) -> dict[str, Any]:
    """Return the output of 2207, and of the reversals 2103 and 2208."""
    return {"setlinfo": setlinfo(row, insured), "setldetail": funds(row.figures)}


def funds(figures: Figures) -> list[dict[str, Any]]:
    """Return ``setldetail``: one row for each that pays; the account is among them, as in real answers."""
    paid = (("310100", "职工基本医疗保险统筹基金", figures.hifp_pay), ("310200", "职工基本医疗保险个人账户基金", figures.acct_pay))
    return [
        {
            "fund_pay_type": code,
            "fund_pay_type_name": name,
            "inscp_scp_amt": yuan(figures.inscp_scp_amt),
            "crt_payb_lmt_amt": None,
            "fund_payamt": yuan(fen),
            "setl_proc_info": None,
        }
        for code, name, fen in paid
        if fen
    ]


def _person(insured: Insured) -> dict[str, Any]:
    return {
        "psn_no": insured.psn_no,
        "psn_name": insured.psn_name,
        "psn_cert_type": codes.RESIDENT_ID,
        "certno": insured.certno,
        "psn_type": insured.psn_type,
        "cvlserv_flag": "0",
    }
