"""Code sets of the interface (section 4), as far as this product speaks of them."""

from __future__ import annotations

from typing import Literal

CertType = Literal["01", "02", "03"]
"""mdtrt_cert_type: 01 e-certificate token · 02 identity card · 03 social-security card."""

IDENTITY_CARD: CertType = "02"
CARD: CertType = "03"
RESIDENT_ID = "01"
"""psn_cert_type of a resident identity number."""
EMPLOYEE = "310"
"""insutype: employee basic insurance."""
PHARMACY_PURCHASE = "41"
"""med_type of a pharmacy purchase."""
INSURED_NORMAL = "1"
"""psn_insu_stas of somebody who is insured now."""
USE_ACCOUNT = "1"
"""acct_used_flag."""
NO_LIMIT = "999999"
"""pric_uplmt_amt that means "no limit"."""
CLEARED_AT_PHARMACY = "41"
"""clr_type."""
NOT_REFUNDED, REFUNDED = "0", "1"
"""refd_setl_flag."""
CUMULATED_DEDUCTIBLE = "act_pay_dedc"
"""cum_type_code of the deductible used this year: our extension code, the national one is unconfirmed."""
CUMULATED_FUND = "fund_pay_sumamt"
"""cum_type_code of what the fund paid this year: our extension code, as above."""
REVERSIBLE = frozenset({"2102", "2103", "2207", "2208", "2304", "2305", "2401"})
"""Originals that 2601 may correct (interface 2.9)."""
