"""``setlinfo`` and :class:`~settlement.figures.Figures`: the same amounts, under either of their two spellings.

2102 and 2207 say ``psn_part_amt`` and ``psn_cash_pay`` where 2103 and 5203 say ``psn_pay`` and ``cash_payamt``
(interface 2.6, "naming hazard"); a reversal may leave some null.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from pydantic import model_validator

from nhsa.reading import Answer, Fen, Text, yuan
from settlement.figures import Figures
from settlement.money import format_scaled, parse_scaled
from settlement.statement import Group

_RATIO_PLACES = 4
_SPELLINGS = {"psn_part_amt": ("psn_part_amt", "psn_pay"), "psn_cash_pay": ("psn_cash_pay", "cash_payamt", "pdn_cash_pay")}
_REVERSAL_NAMES = {"psn_part_amt": "psn_pay", "psn_cash_pay": "cash_payamt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """By what a settlement is cleared, and the centre's time of it: in which statement it belongs."""

    group: Group
    setl_time: str

    def body(self, *, insutype: str, clr_type: str, setl_optins: str, now: str) -> dict[str, str]:
        """Return it JSON-ready; what the centre did not say is what the institution takes it for."""
        return {
            "insutype": self.group.insutype or insutype,
            "clr_type": self.group.clr_type or clr_type,
            "setl_optins": self.group.setl_optins or setl_optins,
            "setl_time": self.setl_time or now,
        }


class SetlInfo(Answer):
    """``setlinfo`` of a settlement, a reversal or a query."""

    setl_id: Text = ""
    mdtrt_id: Text = ""
    psn_no: Text = ""
    setl_time: Text = ""
    medins_setl_id: Text = ""
    refd_setl_flag: Text = ""
    insutype: Text = ""
    certno: Text = ""
    clr_optins: Text = ""
    clr_type: Text = ""
    medfee_sumamt: Fen
    fulamt_ownpay_amt: Fen = 0
    overlmt_selfpay: Fen = 0
    preselfpay_amt: Fen = 0
    inscp_scp_amt: Fen = 0
    act_pay_dedc: Fen = 0
    hifp_pay: Fen = 0
    pool_prop_selfpay: Text = "0"
    cvlserv_pay: Fen = 0
    hifes_pay: Fen = 0
    hifmi_pay: Fen = 0
    hifob_pay: Fen = 0
    maf_pay: Fen = 0
    oth_pay: Fen = 0
    fund_pay_sumamt: Fen = 0
    psn_part_amt: Fen = 0
    hosp_part_amt: Fen = 0
    acct_pay: Fen = 0
    acct_mulaid_pay: Fen = 0
    psn_cash_pay: Fen = 0
    balc: Fen = 0

    @model_validator(mode="before")
    @classmethod
    def _said(cls, members: Any) -> Any:  # noqa: ANN401 - JSON
        """Take of several spellings the one that says something. A settlement of no total is none: it is not one of 0."""
        if not isinstance(members, dict):
            return members
        if members.get("medfee_sumamt") in (None, ""):
            raise ValueError("medfee_sumamt")
        spoken = {name: [members[one] for one in spellings if members.get(one) not in (None, "")] for name, spellings in _SPELLINGS.items()}
        return {**members, **{name: values[0] if values else None for name, values in spoken.items()}}

    def cleared(self) -> Cleared:
        """Return by what it is cleared, and when: empty members where the centre did not say."""
        group = Group(insutype=self.insutype, clr_type=self.clr_type, setl_optins=self.clr_optins)
        return Cleared(group=group, setl_time=self.setl_time)

    def figures(self) -> Figures:
        """Return the amounts, the account apart from the fund; a personal part that the centre left null follows from identity C."""
        amounts = {field.name: getattr(self, field.name) for field in fields(Figures)}
        amounts["pool_prop_selfpay"] = parse_scaled(self.pool_prop_selfpay or "0", _RATIO_PLACES)
        if not self.psn_part_amt:
            amounts["psn_part_amt"] = self.acct_pay + self.acct_mulaid_pay + self.psn_cash_pay
        return Figures(**amounts).account_apart()


def setlinfo_of(figures: Figures, *, reversal: bool = False) -> dict[str, Any]:
    """Return the amounts as they go on the wire; ``reversal`` in the spelling of 2103 and 5203."""
    amounts: dict[str, Any] = {field.name: yuan(getattr(figures, field.name)) for field in fields(Figures)}
    amounts["pool_prop_selfpay"] = format_scaled(figures.pool_prop_selfpay, _RATIO_PLACES)
    return {_REVERSAL_NAMES.get(name, name) if reversal else name: value for name, value in amounts.items()}
