"""One day of an invented counter in figures that agree with each other: what its close prints and what the screen shows of it."""

from __future__ import annotations

from settlement.day_facts import DayClosed
from settlement.tally import Held, Named, Remaining, Row, Tally
from terminal import day_close

DAY = "2026-03-02"
_NUMBER = "P9901000000120260302{}"
TALLY = Tally(
    float_fen=300_00,
    online=Row(
        count=12,
        total_fen=15_067_90,
        fund_fen=11_838_00,
        account_fen=2_401_40,
        cash_fen=828_50,
        outside_fen=88_06,
        rounded_off_fen=6,
    ),
    offline=Row(count=2, total_fen=60_20, account_fen=60_20),
    late_sales=Row(count=1, total_fen=38_80, account_fen=38_80),
    slips=Row(count=1, outside_fen=53_21, rounded_off_fen=1),
    voids=Row(count=1, total_fen=-53_21, fund_fen=-28_74, account_fen=-22_31, cash_fen=-2_16, outside_fen=-25_00, rounded_off_fen=-6),
    doubt_cash_fen=20_00,
    returned_fen=24_60,
    receipts=16,
    first_receipt="01-1-000001",
    last_receipt="01-1-000016",
    reprints=1,
    late_prints=2,
    rejected=(Named(subject=_NUMBER.format("0912000107"), amount_fen=30_10, what="rejected"),),
    resolved=(
        Named(subject=_NUMBER.format("1015000111"), amount_fen=38_80, what="done"),
        Named(subject="P99010000001202603011740000098", amount_fen=12_30, what="not-done", earlier=True),
    ),
)
"""The drawer must hold 1238.00: the float 300.00, settlements 916.50, a slip 53.20, a doubt 20.00, less 27.10 and 24.60 handed back."""
REMAINING = Remaining(
    doubts=(
        Named(subject=_NUMBER.format("1432000100"), amount_fen=123_45, what="sale"),
        Named(subject=_NUMBER.format("1432000101"), amount_fen=20_00, what="sale"),
    ),
    differences=(Named(subject=_NUMBER.format("1408000120"), amount_fen=49_60, what="difference"),),
    holds=(
        Held(
            subject=_NUMBER.format("1420000122"),
            label="演示多组分长效缓释胶囊（Ⅱ）礼盒装 +2 11838.00",
            at=f"{DAY} 14:20:00",
            operator="0001",
        ),
        Held(subject=_NUMBER.format("1425000123"), label="演示降脂片 30.00", at=f"{DAY} 14:25:00", operator="0001"),
    ),
    unsent=4,
    set_aside=1,
    oldest_unsent=f"{DAY}T14:20:31+08:00",
    unprinted=1,
)
COUNTED_FEN = 1_234_50
COUNTED = day_close.count(
    day_close.Counting(number=61, after=4_120, upto=4_388, head="0123456789abcdef" * 4, _tally=TALLY, _remaining=REMAINING), COUNTED_FEN
)
"""Counted once, and nothing is booked yet."""
CLOSED = DayClosed(
    subject=_NUMBER.format("1435000124"),
    number=COUNTED.counting.number,
    at=f"{DAY} 14:35:00",
    operator="0001",
    next_operator="0002",
    after=COUNTED.counting.after,
    upto=COUNTED.counting.upto,
    head=COUNTED.counting.head,
    tally=TALLY,
    remaining=REMAINING,
    counts=(1_134_50, COUNTED_FEN),
    expected_fen=COUNTED.expected_fen,
    difference_fen=COUNTED.difference_fen,
    float_left_fen=300_00,
)
"""Counted twice: the first count was a hundred short of the second."""
