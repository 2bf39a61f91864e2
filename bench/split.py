"""Pricing: a five-line bill without and with its explanation, against the same rule written by hand in integers.

The hand-written function takes the same bill and person and returns the same figures and cuts; what it leaves out is everything that
makes a rule data: the pack, its marks, refusals, and lines that leave the claim. Goals: ≤ 3 × without the explanation, ≤ 12 × with it.
With the Python of an environment that has zen-engine and openfisca-core, how many times longer those take (goal ≥ 20).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from config.pack_file import load_pack
from settlement.bill import Benefit, Bill, Line, LineCut, Split, Venue
from settlement.figures import Figures
from settlement.split import price

if TYPE_CHECKING:
    from collections.abc import Callable

PACK = Path("config/regions/420100/2023-02-01.toml")
ROUNDS, BILLS = 9, 2000


def bill() -> Bill:
    """Return five lines: three of class A, one of them above its limit, and two of class B."""
    lines = tuple(
        Line(
            feedetl_sn=str(number),
            medins_list_codg=f"D{number}",
            name="药",
            cnt_e4=2_0000,
            pric_e6=120_345_000 + number * 1000,
            chrgitm_lv="02" if number % 2 else "01",
            selfpay_prop_e4=1000 if number % 2 else 0,
            goods_kind="国药准字",
            pric_uplmt_e6=100_000_000 if number == 2 else None,
        )
        for number in range(5)
    )
    return Bill(admdvs="420100", begntime="2023-06-01 10:00:00", venue=Venue.HOSPITAL, hosp_lv="1", med_type="11", lines=lines)


PERSON = Benefit(psn_type="11", deductible_used_fen=600_00, fund_paid_fen=0, account_fen=30_00)


def by_hand(of: Bill, person: Benefit) -> tuple[Figures, tuple[LineCut, ...]]:
    """Return figures and cuts by the rule of Wuhan for a person in service at a level-1 hospital."""
    total = over_sum = first_sum = full_sum = 0
    cuts = []
    for line in of.lines:
        amount = (line.cnt_e4 * line.pric_e6 * 2 + 10**8) // (2 * 10**8)
        full = over = first = 0
        if line.chrgitm_lv == "03":
            full = amount
        else:
            limit = line.pric_uplmt_e6
            if limit is not None and line.pric_e6 > limit:
                over = (line.cnt_e4 * (line.pric_e6 - limit) * 2 + 10**8) // (2 * 10**8)
            if line.chrgitm_lv == "02":
                first = min(((amount - over) * line.selfpay_prop_e4 * 2 + 10_000) // 20_000, amount - over)
        cuts.append(LineCut(line.feedetl_sn, amount, full, over, first, amount - full - over - first))
        total += amount
        full_sum += full
        over_sum += over
        first_sum += first
    scope = total - full_sum - over_sum - first_sum
    deductible = min(scope, max(0, 700_00 - person.deductible_used_fen))
    shared = scope - deductible
    fund = min((shared * 8000 * 2 + 10_000) // 20_000, max(0, 3500_00 - person.fund_paid_fen))
    account = min(max(0, person.account_fen), total - fund - full_sum)
    figures = Figures(
        medfee_sumamt=total,
        fulamt_ownpay_amt=full_sum,
        overlmt_selfpay=over_sum,
        preselfpay_amt=first_sum,
        inscp_scp_amt=scope,
        act_pay_dedc=deductible,
        hifp_pay=fund,
        pool_prop_selfpay=8000 if fund else 0,
        fund_pay_sumamt=fund,
        psn_part_amt=total - fund,
        acct_pay=account,
        psn_cash_pay=total - fund - account,
        balc=person.account_fen - account,
    )
    return figures, tuple(cuts)


def main() -> None:
    """Time the three in turns and print one JSON line."""
    of, policy = bill(), load_pack(PACK)
    split, (figures, cuts) = price(of, policy, PERSON), by_hand(of, PERSON)
    assert isinstance(split, Split)
    assert (split.figures, split.cuts) == (figures, cuts)
    kinds: dict[str, Callable[[], object]] = {
        "by_hand": lambda: by_hand(of, PERSON),
        "bare": lambda: price(of, policy, PERSON, explained=False),
        "explained": lambda: price(of, policy, PERSON),
    }
    best = dict.fromkeys(kinds, 1.0)
    for _ in range(ROUNDS):
        for name, kind in kinds.items():
            begun = perf_counter()
            for _ in range(BILLS):
                kind()
            best[name] = min(best[name], (perf_counter() - begun) / BILLS)
    ratios = {name: round(best[name] / best["by_hand"], 2) for name in ("bare", "explained")}
    figures_us = {f"{name}_us": round(seconds * 10**6, 1) for name, seconds in best.items()}
    goals = {"bare": 3, "explained": 12}
    if len(sys.argv) > 1:
        peers = json.loads(subprocess.run([sys.argv[1], "bench/split_peers.py"], stdout=subprocess.PIPE, check=True).stdout)
        figures_us |= peers
        ratios |= {name.replace("_us", "_times"): round(took / (best["bare"] * 10**6), 1) for name, took in peers.items()}
        goals |= {name.replace("_us", "_times"): 20 for name in peers}
    print(json.dumps({"bench": "split", **figures_us, **ratios, "goals": goals}))


if __name__ == "__main__":
    main()
