"""The amounts of one settlement under their national names (``setlinfo`` of 2102 and 2207).

The one vocabulary in which the local split, the centre's answer, the journal and the slip speak.
Source of the names: national interface 2.8; of the identities: section 3.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Figures:
    """Amounts in fen; ``pool_prop_selfpay`` is a ratio in 10⁻⁴ (the national name is a misnomer).

    Never changed once made: the type checker holds that (``Final``), because ``frozen`` would cost six times as much at each bill.
    """

    medfee_sumamt: Final[int]
    """Total of the claim: A. = fulamt_ownpay_amt + overlmt_selfpay + preselfpay_amt + inscp_scp_amt."""
    fulamt_ownpay_amt: Final[int] = 0
    overlmt_selfpay: Final[int] = 0
    preselfpay_amt: Final[int] = 0
    inscp_scp_amt: Final[int] = 0
    act_pay_dedc: Final[int] = 0
    """Deductible used by this claim. Descriptive: part of no sum."""
    hifp_pay: Final[int] = 0
    pool_prop_selfpay: Final[int] = 0
    cvlserv_pay: Final[int] = 0
    hifes_pay: Final[int] = 0
    hifmi_pay: Final[int] = 0
    hifob_pay: Final[int] = 0
    maf_pay: Final[int] = 0
    oth_pay: Final[int] = 0
    fund_pay_sumamt: Final[int] = 0
    psn_part_amt: Final[int] = 0
    hosp_part_amt: Final[int] = 0
    acct_pay: Final[int] = 0
    acct_mulaid_pay: Final[int] = 0
    psn_cash_pay: Final[int] = 0
    balc: Final[int] = 0
    """Account balance after this settlement. A statement, not a movement: not negated by a reversal."""

    def negated(self) -> Figures:
        """Return the figures of the reversal: every movement with the other sign (identity J)."""
        kept = {"balc", "pool_prop_selfpay"}
        return Figures(**{f.name: (1 if f.name in kept else -1) * getattr(self, f.name) for f in fields(self)})

    def broken_identities(self) -> tuple[str, ...]:
        """Return the letters of the identities (A–D of the interface, section 3) that do not hold."""
        scope = self.fulamt_ownpay_amt + self.overlmt_selfpay + self.preselfpay_amt + self.inscp_scp_amt
        funds = self.hifp_pay + self.cvlserv_pay + self.hifes_pay + self.hifmi_pay + self.hifob_pay + self.maf_pay + self.oth_pay
        held = {
            "A": self.medfee_sumamt == scope,
            "B": self.medfee_sumamt == self.fund_pay_sumamt + self.psn_part_amt + self.hosp_part_amt,
            "C": self.psn_part_amt == self.acct_pay + self.acct_mulaid_pay + self.psn_cash_pay,
            "D": self.fund_pay_sumamt == funds,
        }
        return tuple(letter for letter, holds in held.items() if not holds)

    def account_in_fund(self) -> Figures:
        """Return the figures as areas give them whose ``fund_pay_sumamt`` contains the account's payment: B holds, C does not.

        Interface section 3, provincial divergence. Everything here computes with the account apart.
        """
        drawn_fen = self.acct_pay + self.acct_mulaid_pay
        return replace(self, fund_pay_sumamt=self.fund_pay_sumamt + drawn_fen, psn_part_amt=self.psn_part_amt - drawn_fen)

    def account_apart(self) -> Figures:
        """Return figures that a centre stated with the account in its fund as everything here computes: the two are told apart by sums.

        Where an account paid, the claim is either fund, person and hospital (B), or fund, cash and hospital; never both.
        """
        drawn_fen = self.acct_pay + self.acct_mulaid_pay
        in_fund = self.medfee_sumamt == self.fund_pay_sumamt + self.psn_cash_pay + self.hosp_part_amt
        if not drawn_fen or not in_fund:
            return self
        return replace(self, fund_pay_sumamt=self.fund_pay_sumamt - drawn_fen, psn_part_amt=self.psn_cash_pay + drawn_fen)

    def movements(self) -> tuple[int, int, int, int]:
        """Return (total, fund, account, cash) in fen: what journal and ledger must agree on."""
        return (self.medfee_sumamt, self.fund_pay_sumamt, self.acct_pay + self.acct_mulaid_pay, self.psn_cash_pay)
