"""Pricing: a five-line bill without and with its explanation, against the same rule written by hand in integers.

The hand-written function takes the same bill and person and returns the same figures and cuts by the same rule: every level, in service or
retired, and what may be claimed. What it leaves out is everything that makes a rule data: the pack, its marks and warnings, and refusals.
The bill has been checked once, as a bill at the counter has: it is priced again and again and never changes. Goals: ≤ 3 × without the
explanation, ≤ 12 × with it. With the Python of an environment that has zen-engine and openfisca-core, how many times longer those
take (goal ≥ 20).
"""

from __future__ import annotations

import gc
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
ROUNDS, BILLS = 400, 50
"""Short turns, many of them: the best of each is not disturbed by what else the machine does."""


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


PERMITTED = frozenset({"国药准字", "中药饮片", "械字", "医用耗材", "医疗服务"})
DEDUCTIBLE = {"11": 700_00, "12": 500_00}
RATIO = {("1", "11"): 8000, ("2", "11"): 6000, ("3", "11"): 5000, ("1", "12"): 8400, ("2", "12"): 6800, ("3", "12"): 6000}
CEILING = {"11": 3500_00, "12": 4000_00}


def by_hand(of: Bill, person: Benefit) -> tuple[Figures, tuple[LineCut, ...], int]:
    """Return figures, cuts and the cash for what leaves the claim, by the rule of Wuhan for an employee at a hospital."""
    total = over_sum = first_sum = full_sum = outside = 0
    cuts = []
    for line in of.lines:
        amount = (line.cnt_e4 * line.pric_e6 * 2 + 10**8) // (2 * 10**8)
        if line.goods_kind not in PERMITTED:
            outside += amount
            continue
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
    deductible = min(scope, max(0, DEDUCTIBLE[person.psn_type] - person.deductible_used_fen))
    shared, ratio = scope - deductible, RATIO[of.hosp_lv, person.psn_type]
    fund = min((shared * ratio * 2 + 10_000) // 20_000, max(0, CEILING[person.psn_type] - person.fund_paid_fen))
    account = min(max(0, person.account_fen), total - fund - full_sum - over_sum)
    figures = Figures(
        medfee_sumamt=total,
        fulamt_ownpay_amt=full_sum,
        overlmt_selfpay=over_sum,
        preselfpay_amt=first_sum,
        inscp_scp_amt=scope,
        act_pay_dedc=deductible,
        hifp_pay=fund,
        pool_prop_selfpay=ratio if fund else 0,
        fund_pay_sumamt=fund,
        psn_part_amt=total - fund,
        acct_pay=account,
        psn_cash_pay=total - fund - account,
        balc=person.account_fen - account,
    )
    return figures, tuple(cuts), outside


def main() -> None:
    """Time the three in turns and print one JSON line."""
    of, policy = bill(), load_pack(PACK)
    split, (figures, cuts, outside) = price(of, policy, PERSON), by_hand(of, PERSON)
    assert isinstance(split, Split)
    assert (split.figures, split.cuts, split.outside_fen) == (figures, cuts, outside)
    kinds: dict[str, Callable[[], object]] = {
        "by_hand": lambda: by_hand(of, PERSON),
        "bare": lambda: price(of, policy, PERSON, explained=False),
        "explained": lambda: price(of, policy, PERSON),
    }
    best = dict.fromkeys(kinds, 1.0)
    gc.disable()  # as timeit does, which times the peers
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
