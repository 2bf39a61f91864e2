"""The pooled fund's share: current account, deductible, shared by ratio, ceiling, and the fund behind (settlement-rules section 3).

Exact until the one rounding that the pack names: one side is rounded, the other takes the remainder. A value is asked of
the pack only where the amounts depend on it.
"""

from __future__ import annotations

from fractions import Fraction

from settlement import unpriced
from settlement.bill import Benefit, Bill
from settlement.claim import Claim, Shares
from settlement.money import RATIO_ONE, round_exact, share
from settlement.plan import Plan, Ratio
from settlement.rule import UNLIMITED_FEN
from settlement.working import Ceiling, Deductible, ExactFen, Pooled, Slice, Supplement

_MONTH = slice(5, 7)
NOTHING = Pooled()
"""Of a bill without a pooled share."""


def pool(bill: Bill, plan: Plan, benefit: Benefit, claim: Claim, *, current_fen: int) -> Pooled:
    """Return the fund's share of ``claim``; ``current_fen`` is what the current account may pay before it.

    The pack's values that are used are added to ``claim.warnings``. Raises :class:`settlement.unpriced.Unpriced` for a value that the
    pack does not give.
    """
    total_fen = claim.pooled_fen
    if not total_fen:
        return NOTHING
    warnings = claim.warnings
    warnings += plan.policy.segments.mark.warnings
    first_fen = min(current_fen, total_fen) if plan.current_first else 0
    deductible, dedc_fen = None, 0
    if total_fen > first_fen:
        deductible = deductible_of(bill, plan, benefit)
        warnings += deductible.rules.warnings
        dedc_fen = min(deductible.left_fen, total_fen - first_fen)
    pooled = Pooled(first_fen=first_fen, deductible=deductible, act_pay_dedc=dedc_fen)
    above_dedc_fen = total_fen - first_fen - dedc_fen
    if above_dedc_fen:
        _share(bill, plan, benefit, claim, pooled, above_dedc_fen)
    return pooled


def _share(bill: Bill, plan: Plan, benefit: Benefit, claim: Claim, pooled: Pooled, above_dedc_fen: int) -> None:
    """Complete ``pooled`` by what is above the deductible."""
    warnings, dedc_fen = claim.warnings, pooled.act_pay_dedc
    pooled.ceilings = ceilings = _ceilings(bill, plan, benefit, warnings, dedc_fen)
    allowed_fen, room_fen = above_dedc_fen, UNLIMITED_FEN
    for one in ceilings:
        if one.on_fund:
            room_fen = min(room_fen, one.room_fen)
        else:
            allowed_fen = min(allowed_fen, one.room_fen)
    # Where a ceiling on the fund was reached before, all of the expense is above it.
    beyond_fen = allowed_fen
    if room_fen and allowed_fen:
        mixed = allowed_fen < claim.pooled_fen
        shares = _in_order(plan, benefit, claim, warnings, mixed=mixed)
        pooled.slices = slices = _slices(plan, benefit, shares, warnings, pooled.first_fen + dedc_fen, allowed_fen, dedc_fen)
        exact: ExactFen = 0
        for part in slices:
            exact += part.amount_fen * part.ratio.ratio_e4
        pooled.uncapped_fen = uncapped_fen = rounded(plan, warnings, exact, allowed_fen)
        pooled.fund_fen = min(uncapped_fen, room_fen)
        beyond_fen = 0
        if uncapped_fen > room_fen:
            beyond_fen = _beyond(plan, benefit, claim, pooled, exact, room_fen)
    pooled.shared_fen = allowed_fen
    pooled.above_fen = above_dedc_fen - allowed_fen + beyond_fen
    pooled.supplement = _supplement(plan, benefit, warnings, pooled.above_fen) if pooled.above_fen and plan.policy.supplement else None


def deductible_of(bill: Bill, plan: Plan, benefit: Benefit) -> Deductible:
    """Return the deductible and what is left of it."""
    rules = plan.deductible()
    used_fen = 0
    if rules.used == "anywhere":
        used_fen = benefit.deductible_used_fen
    elif rules.used == "at_level":
        used_fen = dict(benefit.deductible_used_at).get(bill.hosp_lv, 0)
    left_fen = max(0, rules.own_fen - used_fen)
    if rules.cap is not None:
        left_fen = min(left_fen, max(0, rules.cap.value - benefit.deductible_used_fen))
    return Deductible(rules=rules, used_fen=used_fen, left_fen=left_fen)


def _ceilings(bill: Bill, plan: Plan, benefit: Benefit, warnings: list[str], dedc_fen: int) -> list[Ceiling]:
    """Return the area's own ceiling and every further one that holds here."""
    found: list[Ceiling] = []
    warnings += plan.policy.ceiling_basis.mark.warnings
    for name, given in plan.ceilings():
        warnings += given.mark.warnings
        if name:
            times, used_fen = 1, dict(benefit.paid_toward).get(name, 0)
        else:
            times, used_fen = _used(bill, benefit, plan.policy.ceiling_basis.value, dedc_fen)
        room_fen = max(0, given.value * times - used_fen)
        found.append(Ceiling(name=name, given=given, times=times, used_fen=used_fen, room_fen=room_fen, on_fund=bool(name) or plan.on_fund))
    return found


def _used(bill: Bill, benefit: Benefit, basis: str, dedc_fen: int) -> tuple[int, int]:
    """Return how often the ceiling counts, and what counts against it."""
    this_month = benefit.month in {"", bill.begntime[:7]}
    match basis:
        case "fund_annual":
            return 1, benefit.fund_paid_fen
        case "fund_accruing":
            return int(bill.begntime[_MONTH]), benefit.fund_paid_fen
        case "fund_monthly":
            return 1, benefit.month_fund_paid_fen if this_month else 0
        case "scope_annual":
            return 1, benefit.scope_used_fen + dedc_fen
        case "scope_monthly":
            return 1, dedc_fen + (benefit.month_scope_used_fen if this_month else 0)
    return 1, benefit.shared_used_fen


# --- ratios ----------------------------------------------------------------------------------------


def _slices(
    plan: Plan, benefit: Benefit, shares: Shares, warnings: list[str], taken_fen: int, allowed_fen: int, dedc_fen: int
) -> list[Slice]:
    """Return the shared amount by ratio: what is left when ``taken_fen`` went before it."""
    if not plan.banded:
        return _unbanded(shares, warnings, taken_fen, allowed_fen)
    position: ExactFen = _position(plan, benefit, dedc_fen)
    by_fund = plan.policy.band_basis.value == "fund"
    slices: list[Slice] = []
    skip_fen, left_fen = taken_fen, allowed_fen
    for rules, whole_fen in shares:
        amount: ExactFen = min(max(0, whole_fen - skip_fen), left_fen)
        skip_fen = max(0, skip_fen - whole_fen)
        left_fen -= int(amount)
        while amount:
            ratio = rules.ratio(position)
            warnings += ratio.warnings
            to_end: ExactFen = ratio.end_fen - position
            if by_fund:
                # Where the fund pays nothing, its band never ends.
                to_end = Fraction(to_end * RATIO_ONE, ratio.ratio_e4) if ratio.ratio_e4 else amount
            cut = _whole(min(amount, to_end))
            position += Fraction(cut * ratio.ratio_e4, RATIO_ONE) if by_fund else cut
            _append(slices, cut, ratio)
            amount -= cut
    return slices


def _unbanded(shares: Shares, warnings: list[str], taken_fen: int, allowed_fen: int) -> list[Slice]:
    """Return the same where a ratio holds whatever the year's amount is."""
    slices: list[Slice] = []
    for rules, whole_fen in shares:
        amount_fen = whole_fen - taken_fen
        if amount_fen <= 0:
            taken_fen -= whole_fen
            continue
        taken_fen, amount_fen = 0, min(amount_fen, allowed_fen)
        if amount_fen:
            allowed_fen -= amount_fen
            ratio = rules.ratio(0)
            warnings += ratio.warnings
            _append(slices, amount_fen, ratio)
    return slices


def _append(slices: list[Slice], amount: ExactFen, ratio: Ratio) -> None:
    """Add an amount, to the slice before it where the ratio is the same."""
    if slices:
        last = slices[-1]
        if last.ratio is ratio or (last.ratio.ratio_e4 == ratio.ratio_e4 and last.ratio.base.mark is ratio.base.mark):
            last.amount_fen += amount
            return
    slices.append(Slice(amount_fen=amount, ratio=ratio))


def _position(plan: Plan, benefit: Benefit, dedc_fen: int) -> int:
    """Return how far the year has come by what the bands are of."""
    match plan.policy.band_basis.value:
        case "scope":
            return benefit.scope_used_fen + dedc_fen
        case "shared":
            return benefit.shared_used_fen
        case "fund":
            return benefit.fund_paid_fen
    return 0


def _in_order(plan: Plan, benefit: Benefit, claim: Claim, warnings: list[str], *, mixed: bool) -> Shares:
    """Return the shares in the order in which what goes before the ratio is taken of them; ``mixed``: something does go before."""
    shares = claim.pooled
    if len(shares) == 1 or not (mixed or plan.banded):
        return shares
    start = _position(plan, benefit, 0)
    ladders = {rules: rules.ladder(start) for rules, _ in shares}
    if len(set(ladders.values())) == 1:
        return shares
    word = plan.policy.mixed_ratios
    warnings += word.mark.warnings
    if word.value == "none":
        raise unpriced.Unpriced(unpriced.NO_RATIO, pack=plan.policy.pack, key=f"rules.mixed_ratios [{plan.situation}]")
    return sorted(shares, key=lambda one: ladders[one[0]], reverse=word.value == "highest")


def rounded(plan: Plan, warnings: list[str], exact: ExactFen, shared_fen: int) -> int:
    """Return the fund's share (``exact``, in 10⁻⁴ fen) before the ceiling, rounded as the pack says."""
    if not exact % RATIO_ONE:
        return int(exact // RATIO_ONE)
    warnings += plan.policy.rounding.mark.warnings
    side, _, mode = plan.policy.rounding.value.partition("_")
    if side == "person":
        return shared_fen - round_exact(shared_fen * RATIO_ONE - exact, RATIO_ONE, mode)
    return round_exact(exact, RATIO_ONE, mode)


# --- above the ceiling -----------------------------------------------------------------------------


def _beyond(plan: Plan, benefit: Benefit, claim: Claim, pooled: Pooled, exact: ExactFen, room_fen: int) -> int:
    """Return the expense of which the fund's share is above its room, to the fen: in the pack's order, without one in proportion."""
    slices = pooled.slices
    shared_fen = sum(one.amount_fen for one in slices)
    if len(slices) > 1 and shared_fen == claim.pooled_fen and not plan.banded:
        if plan.policy.mixed_ratios.value == "none":
            return round_exact(Fraction(shared_fen * (exact - room_fen * RATIO_ONE), exact), 1, "half_up")
        shares = _in_order(plan, benefit, claim, claim.warnings, mixed=True)
        slices = _slices(plan, benefit, shares, claim.warnings, 0, claim.pooled_fen, 0)
    pooled.crossing = slices
    room, beyond = Fraction(room_fen * RATIO_ONE), Fraction(0)
    for one in slices:
        amount, ratio_e4 = Fraction(one.amount_fen), one.ratio.ratio_e4
        within = min(amount, Fraction(room, ratio_e4)) if ratio_e4 else amount
        room -= within * ratio_e4
        beyond += amount - within
    return round_exact(beyond, 1, "half_up")


def _supplement(plan: Plan, benefit: Benefit, warnings: list[str], base_fen: int) -> Supplement | None:
    """Return what a fund behind the pool pays of the expense above the ceiling."""
    rules = plan.supplement()
    if rules is None:
        return None
    warnings += rules.ratio.mark.warnings + rules.ceiling.mark.warnings
    room_fen = max(0, rules.ceiling.value - dict(benefit.paid_toward).get(rules.fund, 0))
    pay_fen = min(share(base_fen, rules.ratio.value), room_fen)
    return Supplement(rules=rules, base_fen=base_fen, room_fen=room_fen, pay_fen=pay_fen)


def _whole(amount: ExactFen) -> ExactFen:
    return int(amount) if amount == int(amount) else amount
