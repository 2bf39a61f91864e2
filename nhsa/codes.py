"""Code sets of the interface (section 4), as far as this product speaks of them."""

from __future__ import annotations

from typing import Literal

CertType = Literal["01", "02", "03"]
"""mdtrt_cert_type: 01 e-certificate token · 02 identity card · 03 social-security card."""

E_CERTIFICATE: CertType = "01"
IDENTITY_CARD: CertType = "02"
CARD: CertType = "03"
RESIDENT_ID = "01"
"""psn_cert_type of a resident identity number."""
EMPLOYEE, RESIDENT = "310", "390"
"""insutype: basic insurance of employees, of residents."""
BASIC = (EMPLOYEE, RESIDENT)
"""The schemes that a purchase or a visit is settled by, unless it says otherwise; nobody is in both."""
OUTPATIENT, REGISTRATION_FEE, CHRONIC, PHARMACY_PURCHASE, MATERNITY = "11", "12", "14", "41", "51"
"""med_type: general out-patient, registration fee, chronic disease, purchase at a pharmacy, maternity out-patient."""
BY_ITEM, BY_QUOTA = "01", "02"
"""psn_setlway."""
ALL_UNSETTLED = "0000"
"""chrg_bchno of 2205 that means every batch of the visit that is not settled."""
APPROVED = "1"
"""hosp_appr_flag of a line that the institution claims (seen beside 2, paid by the person)."""
VALID = "1"
"""vali_flag."""
INSURED_NORMAL = "1"
"""psn_insu_stas of somebody who is insured now."""
USE_ACCOUNT, KEEP_ACCOUNT = "1", "0"
"""acct_used_flag."""
NO_LIMIT = "999999"
"""pric_uplmt_amt that means "no limit"."""
CLEARED_AS_OUTPATIENT, CLEARED_AT_PHARMACY = "11", "41"
"""clr_type."""
NOT_REFUNDED, REFUNDED = "0", "1"
"""refd_setl_flag."""
CUMULATED_DEDUCTIBLE = "act_pay_dedc"
"""cum_type_code of the deductible used this year: our extension code, the national one is unconfirmed."""
CUMULATED_FUND = "fund_pay_sumamt"
"""cum_type_code of what the fund paid this year: our extension code, as above."""
SETTLES = frozenset({"2102", "2103", "2207", "2208"})
"""What books a settlement or the reversal of one: its answer echoes the msgid (``medins_setl_id``)."""
REGISTERS, UPLOADS = "2201", "2204"
"""What opens a visit, and what uploads its lines: their answers echo ``ipt_otp_no`` and ``feedetl_sn``."""
QUERIES = frozenset({"1101", "2101", "2206", "5201", "5203", "5206"})
"""What changes nothing at the centre and may always be asked again: questions and dry runs."""
REVERSIBLE = frozenset({"2102", "2103", "2207", "2208", "2304", "2305", "2401"})
"""Originals that 2601 may correct (interface 2.9)."""
