"""In words where the centre's figures begin to differ from ours, and by which rule: for the cashier and for the technician."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settlement.money import format_yuan
from settlement.reasons import ARITHMETIC
from terminal.screen.words import tr

if TYPE_CHECKING:
    from settlement.blame import Blame


def because_of(found: Blame) -> str:
    """Say where the centre's figures begin to differ, and by which rule ours are what they are."""
    names = {
        "medfee_sumamt": tr("Claimed"),
        "fulamt_ownpay_amt": tr("Full self-pay"),
        "overlmt_selfpay": tr("Over the limit"),
        "preselfpay_amt": tr("First self-pay"),
        "inscp_scp_amt": tr("In scope"),
        "act_pay_dedc": tr("Deductible"),
        "hifp_pay": tr("Pooled fund"),
        "acct_pay": tr("Account"),
        "psn_cash_pay": tr("Cash"),
    }
    values = {"what": names.get(found.name, found.name), "ours": format_yuan(found.ours_fen), "theirs": format_yuan(found.theirs_fen)}
    if found.rule == ARITHMETIC:
        return tr("It begins at {what}: {ours} > {theirs}").format(**values)
    return tr("It begins at {what}: {ours} > {theirs} by our rule {rule}, pack {pack}").format(**values, rule=found.rule, pack=found.pack)
