"""A small day on which everything agrees, as the three exports and the cards say it: what a test breaks one thing of."""

from __future__ import annotations

from typing import Any

from tests.checker.card_images import Card

SALE, VOID, OFFLINE, LATER = "msgid-1", "msgid-2", "msgid-3", "msgid-4"
CARD = "990000001"


def _figures(sign: int, account: int, cash: int, fund: int) -> dict[str, int]:
    total = account + cash + fund
    moved = {
        "medfee_sumamt": total,
        "inscp_scp_amt": total,
        "fund_pay_sumamt": fund,
        "hifp_pay": fund,
        "psn_part_amt": account + cash,
        "acct_pay": account,
        "psn_cash_pay": cash,
    }
    rest = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "act_pay_dedc", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay")
    still = ("maf_pay", "oth_pay", "hosp_part_amt", "acct_mulaid_pay")
    return {**{name: sign * fen for name, fen in moved.items()}, **dict.fromkeys((*rest, *still), 0), "balc": 5000, "pool_prop_selfpay": 0}


def _row(infno: str, msgid: str, original: str, figures: dict[str, int]) -> dict[str, Any]:
    movements = {
        "total_fen": figures["medfee_sumamt"],
        "fund_fen": figures["fund_pay_sumamt"],
        "account_fen": figures["acct_pay"],
        "cash_fen": figures["psn_cash_pay"],
    }
    names = {"infno": infno, "msgid": msgid, "original": original, "setl_id": f"S{msgid}", "undoes": original and f"S{original}"}
    return {**names, "movements": movements, "figures": figures}


def journal() -> dict[str, Any]:
    """Return the journal: a sale that was voided, an off-line sale at the centre, and one that was settled on-line after it."""
    rows = [
        (row, standing) for row, standing in zip(centre()["settlements"], ("reversed", "accepted", "accepted", "accepted"), strict=True)
    ]
    return {
        "till": "P99010000001/01",
        "queue": 0,
        "settlements": [
            {**row, "standing": standing, "done": True, "offline": row["msgid"] == OFFLINE, "receipt": f"01-1-{number:06d}"}
            for number, (row, standing) in enumerate(rows, 1)
        ],
        "debits": [{"msgid": OFFLINE, "card_no": CARD, "generation": 2, "counter": 2, "debit_fen": 300, "accepted": True}],
        "doubts": [],
    }


def centre() -> dict[str, Any]:
    """Return the centre: 100.00 at first, 3.00 of an earmark of 50.00 and 12.00 of the rest spent."""
    earmark = {"card_no": CARD, "generation": 2, "granted_fen": 5000, "debited_fen": 300, "returned_fen": 0, "open_fen": 4700}
    return {
        "balanced": True,
        "settlements": [
            _row("2102", SALE, "", _figures(1, 2500, 100, 400)),
            _row("2103", VOID, SALE, _figures(-1, 2500, 100, 400)),
            _row("2102", OFFLINE, "", _figures(1, 300, 0, 0)),
            _row("2102", LATER, "", _figures(1, 1200, 0, 800)),
        ],
        "persons": [{"psn_no": "1", "ledger_fen": 8500, "available_fen": 3800, "earmarks": [earmark]}],
        "visits": [{"ipt_otp_no": "V1", "cancelled": False, "lines": {"settled": 2, "unsettled": 0}}],
    }


def cards() -> list[Card]:
    """Return the card: what is left of its allowance."""
    return [Card(card_no=CARD, generation=2, counter=2, amount_fen=4700, not_after="5", tags=(7, 6))]
