"""The pooled fund's share: current account, deductible, shared by ratio, ceiling, and the fund behind (settlement-rules section 3).

Exact until the one rounding that the pack names: one side is rounded, the other takes the remainder. A value is asked of
the pack only where the amounts depend on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from settlement import unpriced
from settlement.bill import Benefit, Bill
from settlement.claim import Claim, Shares, situation_of
from settlement.errors import Phrase
from settlement.money import RATIO_ONE, round_exact, share
from settlement.policy import Policy
from settlement.rule import UNLIMITED_FEN, Given, Mark, Rule, Situation, find
from settlement.working import Ceiling, Deductible, ExactFen, Pooled, Slice, Supplement

_MONTH = slice(5, 7)


def pool(bill: Bill, policy: Policy, benefit: Benefit, claim: Claim, *, current_fen: int) -> Pooled:
    """Return the fund's share of ``claim``; ``current_fen`` is what the current account may pay before it.

    Raises :class:`settlement.unpriced.Unpriced` for a value that the pack does not give.
    """
    if not claim.pooled_fen:
        return Pooled()
    return _Pooling(bill, policy, benefit, claim, situation_of(bill, benefit)).pooled(current_fen)


@dataclass(slots=True)
class _Pooling:
    bill: Bill
    policy: Policy
    benefit: Benefit
    claim: Claim
    situation: Situation
    """Of the whole bill."""

    def pooled(self, current_fen: int) -> Pooled:
        policy, total_fen = self.policy, self.claim.pooled_fen
        marks = [policy.segments.mark]
        first_fen = min(current_fen, total_fen) if policy.segments.words[0] == "current_account" else 0
        deductible = self._deductible(marks) if total_fen > first_fen else None
        dedc_fen = min(deductible.left_fen, total_fen - first_fen) if deductible else 0
        above_dedc_fen = total_fen - first_fen - dedc_fen
        if not above_dedc_fen:
            return Pooled(first_fen=first_fen, deductible=deductible, act_pay_dedc=dedc_fen, marks=tuple(marks))
        ceilings = self._ceilings(marks, dedc_fen)
        on_fund = [one for one in ceilings if one.name or self._on_fund]
        allowed_fen = min([above_dedc_fen, *(one.room_fen for one in ceilings if one not in on_fund)])
        room_fen = min((one.room_fen for one in on_fund), default=UNLIMITED_FEN)
        slices: tuple[Slice, ...] = ()
        uncapped_fen = fund_fen = 0
        # Where a ceiling on the fund was reached before, all of the expense is above it.
        beyond_fen = allowed_fen
        if room_fen and allowed_fen:
            mixed = allowed_fen < self.claim.pooled_fen
            slices = self._slices(marks, first_fen + dedc_fen, allowed_fen, dedc_fen, mixed=mixed)
            uncapped_fen = self._rounded(marks, slices, allowed_fen)
            fund_fen = min(uncapped_fen, room_fen)
            beyond_fen = self._beyond(marks, slices, room_fen) if uncapped_fen > fund_fen else 0
        above_fen = above_dedc_fen - allowed_fen + beyond_fen
        return Pooled(
            first_fen=first_fen,
            deductible=deductible,
            act_pay_dedc=dedc_fen,
            shared_fen=allowed_fen,
            above_fen=above_fen,
            ceilings=tuple(ceilings),
            slices=slices,
            uncapped_fen=uncapped_fen,
            fund_fen=fund_fen,
            supplement=self._supplement(marks, above_fen),
            marks=tuple(marks),
        )

    @property
    def _on_fund(self) -> bool:
        return self.policy.ceiling_basis.value.startswith("fund")

    def _ask(self, rules: tuple[Rule, ...], phrase: Phrase, name: str, marks: list[Mark]) -> Given:
        given = unpriced.required(rules, self.situation, bill=self.bill, policy=self.policy, phrase=phrase, name=name)
        marks.append(given.mark)
        return given

    def _may(self, rules: tuple[Rule, ...], name: str, marks: list[Mark], situation: Situation | None = None) -> Given | None:
        given = unpriced.optional(rules, situation or self.situation, bill=self.bill, policy=self.policy, name=name)
        marks += [given.mark] if given is not None else []
        return given

    def _deductible(self, marks: list[Mark]) -> Deductible:
        policy, benefit = self.policy, self.benefit
        marks.append(policy.deductible_basis.mark)
        full = self._ask(policy.deductible, unpriced.NO_DEDUCTIBLE, "deductible", marks)
        factor = self._may(policy.deductible_factor, "deductible_factor", marks)
        less = self._may(policy.deductible_less, "deductible_less", marks)
        cap = self._may(policy.deductible_cap, "deductible_cap", marks)
        own_fen = max(0, (share(full.value, factor.value) if factor else full.value) - (less.value if less else 0))
        used_fen = 0
        if policy.deductible_basis.value == "annual":
            marks.append(policy.deductible_pot.mark)
            used_fen = benefit.deductible_used_fen
            if policy.deductible_pot.value == "per_level":
                used_fen = dict(benefit.deductible_used_at).get(self.bill.hosp_lv, 0)
        left_fen = max(0, own_fen - used_fen)
        if cap is not None:
            left_fen = min(left_fen, max(0, cap.value - benefit.deductible_used_fen))
        return Deductible(full=full, factor=factor, less=less, cap=cap, used_fen=used_fen, left_fen=left_fen)

    def _ceilings(self, marks: list[Mark], dedc_fen: int) -> list[Ceiling]:
        """Return the area's own ceiling and every further one that holds here."""
        policy, benefit, basis = self.policy, self.benefit, self.policy.ceiling_basis.value
        this_month = benefit.month in {"", self.bill.begntime[:7]}
        times = int(self.bill.begntime[_MONTH]) if basis == "fund_accruing" else 1
        used_fen = {
            "fund_annual": benefit.fund_paid_fen,
            "fund_accruing": benefit.fund_paid_fen,
            "fund_monthly": benefit.month_fund_paid_fen if this_month else 0,
            "scope_annual": benefit.scope_used_fen + dedc_fen,
            "scope_monthly": dedc_fen + (benefit.month_scope_used_fen if this_month else 0),
            "shared_annual": benefit.shared_used_fen,
        }[basis]
        given = self._ask(policy.ceiling, unpriced.NO_CEILING, "ceiling", marks)
        marks.append(policy.ceiling_basis.mark)
        found = [Ceiling(name="", given=given, times=times, used_fen=used_fen, room_fen=max(0, given.value * times - used_fen))]
        for name in dict.fromkeys(rule.about for rule in policy.ceiling if rule.about):
            further = self._may(policy.ceiling, f"ceiling({name})", marks)
            if further is not None:
                toward_fen = dict(benefit.paid_toward).get(name, 0)
                room_fen = max(0, further.value - toward_fen)
                found.append(Ceiling(name=name, given=further, times=1, used_fen=toward_fen, room_fen=room_fen))
        return found

    # --- ratios ----------------------------------------------------------------------------------------

    def _slices(self, marks: list[Mark], taken_fen: int, allowed_fen: int, dedc_fen: int, *, mixed: bool) -> tuple[Slice, ...]:
        """Return the shared amount by ratio: what is left when ``taken_fen`` went before it."""
        shares = self._in_order(marks, mixed=mixed)
        position: ExactFen = self._position(dedc_fen)
        slices: list[Slice] = []
        skip_fen, left_fen = taken_fen, allowed_fen
        for situation, whole_fen in shares:
            amount: ExactFen = min(max(0, whole_fen - skip_fen), left_fen)
            skip_fen = max(0, skip_fen - whole_fen)
            left_fen -= int(amount)
            while amount:
                cut = self._cut(marks, situation, amount, position)
                same = bool(slices) and replace(slices[-1], amount_fen=cut.amount_fen) == cut
                slices[-1:] = [replace(cut, amount_fen=slices[-1].amount_fen + cut.amount_fen)] if same else [*slices[-1:], cut]
                amount -= cut.amount_fen
                position += Fraction(cut.amount_fen * cut.ratio_e4, RATIO_ONE) if self._by_fund else cut.amount_fen
        return tuple(slices)

    @property
    def _by_fund(self) -> bool:
        return self.policy.band_basis.value == "fund"

    def _position(self, dedc_fen: int) -> int:
        benefit = self.benefit
        return {
            "none": 0,
            "scope": benefit.scope_used_fen + dedc_fen,
            "shared": benefit.shared_used_fen,
            "fund": benefit.fund_paid_fen,
        }[self.policy.band_basis.value]

    def _in_order(self, marks: list[Mark], *, mixed: bool) -> Shares:
        """Return the shares in the order in which what goes before the ratio is taken of them."""
        shares = self.claim.pooled
        if len(shares) == 1:
            return shares
        if not mixed and self.policy.band_basis.value == "none":
            return shares
        start = self._position(0)
        ratios_of = {situation: self._ratios(situation, start) for situation, _ in shares}
        if len(set(ratios_of.values())) == 1:
            return shares
        marks.append(self.policy.mixed_ratios.mark)
        if self.policy.mixed_ratios.value == "none":
            key = f"rules.mixed_ratios [{self.situation}]"
            raise unpriced.Unpriced(unpriced.refuse(unpriced.NO_RATIO, self.bill, pack=self.policy.pack, key=key))
        sign = -1 if self.policy.mixed_ratios.value == "highest" else 1
        return tuple(sorted(shares, key=lambda one: tuple(sign * ratio_e4 for ratio_e4 in ratios_of[one[0]])))

    def _ratios(self, situation: Situation, start: int) -> tuple[int, ...]:
        """Return the ratio in the year's band of ``start`` and in each later one; 0 where nobody gives one that may never be reached."""
        found = [self._cut([], situation, 1, start).ratio_e4]
        for border in sorted({rule.band[0] for rule in self.policy.ratio if rule.band[0] > start}):
            try:
                found.append(self._cut([], situation, 1, border).ratio_e4)
            except unpriced.Unpriced:
                found.append(0)
        return tuple(found)

    def _cut(self, marks: list[Mark], situation: Situation, amount: ExactFen, position: ExactFen) -> Slice:
        """Return the part of ``amount`` that has one ratio, from the year's ``position`` on."""
        rules = self.policy.ratio
        if self.policy.band_basis.value != "none":
            rules = tuple(rule for rule in rules if rule.band[0] <= position < rule.band[1])
            marks.append(self.policy.band_basis.mark)
        base = unpriced.required(rules, situation, bill=self.bill, policy=self.policy, phrase=unpriced.NO_RATIO, name="ratio")
        marks.append(base.mark)
        row = find(rules, situation)
        assert row is not None
        more = self._may(self.policy.ratio_more, "ratio_more", marks, situation)
        less = self._may(self.policy.ratio_less, "ratio_less", marks, situation)
        aged = Given(row.per_year_e4 * (situation.age or 0), row.mark) if row.per_year_e4 else None
        if aged is not None and situation.age is None:
            raise unpriced.Unpriced(unpriced.refuse(unpriced.NO_AGE, self.bill))
        points = [one for one in (aged, more, Given(-less.value, less.mark) if less else None) if one is not None]
        ratio_e4 = min(RATIO_ONE, max(0, base.value + sum(one.value for one in points)))
        to_end: ExactFen = row.band[1] - position
        if self._by_fund:
            # Where the fund pays nothing, its band never ends.
            to_end = Fraction(to_end * RATIO_ONE, ratio_e4) if ratio_e4 else amount
        amount = min(amount, to_end)
        return Slice(amount_fen=_whole(amount), ratio_e4=ratio_e4, base=base, points=tuple(points))

    def _rounded(self, marks: list[Mark], slices: tuple[Slice, ...], shared_fen: int) -> int:
        """Return the fund's share before the ceiling, rounded as the pack says."""
        exact = sum(one.amount_fen * one.ratio_e4 for one in slices)
        if not exact % RATIO_ONE:
            return int(exact) // RATIO_ONE
        marks.append(self.policy.rounding.mark)
        side, _, mode = self.policy.rounding.value.partition("_")
        if side == "person":
            return shared_fen - round_exact(shared_fen * RATIO_ONE - exact, RATIO_ONE, mode)
        return round_exact(exact, RATIO_ONE, mode)

    # --- above the ceiling -----------------------------------------------------------------------------

    def _beyond(self, marks: list[Mark], slices: tuple[Slice, ...], room_fen: int) -> int:
        """Return the expense of which the fund's share is above its room, to the fen: in the pack's order, without one in proportion."""
        exact = sum(one.amount_fen * one.ratio_e4 for one in slices)
        shared_fen = sum(one.amount_fen for one in slices)
        if len(slices) > 1 and shared_fen == self.claim.pooled_fen and self.policy.band_basis.value == "none":
            if self.policy.mixed_ratios.value == "none":
                return round_exact(Fraction(shared_fen * (exact - room_fen * RATIO_ONE), exact), 1, "half_up")
            slices = self._slices(marks, 0, self.claim.pooled_fen, 0, mixed=True)
        room, beyond = Fraction(room_fen * RATIO_ONE), Fraction(0)
        for one in slices:
            within = min(Fraction(one.amount_fen), Fraction(room, one.ratio_e4)) if one.ratio_e4 else Fraction(one.amount_fen)
            room -= within * one.ratio_e4
            beyond += one.amount_fen - within
        return round_exact(beyond, 1, "half_up")

    def _supplement(self, marks: list[Mark], base_fen: int) -> Supplement | None:
        """Return what a fund behind the pool pays of the expense above the ceiling."""
        rule = next((rule for rule in self.policy.supplement if rule.fits(self.situation)), None)
        if rule is None or not base_fen:
            return None
        name = f"supplement({rule.about})"
        ratio = self._ask(self.policy.supplement, unpriced.NO_VALUE, name, marks)
        ceiling = self._ask(self.policy.supplement_ceiling, unpriced.NO_CEILING, f"supplement_ceiling({rule.about})", marks)
        room = max(0, ceiling.value - dict(self.benefit.paid_toward).get(rule.about, 0))
        pay_fen = min(share(base_fen, ratio.value), room)
        return Supplement(fund=rule.about, base_fen=base_fen, ratio=ratio, ceiling=ceiling, room_fen=room, pay_fen=pay_fen)


def _whole(amount: ExactFen) -> ExactFen:
    return int(amount) if amount == int(amount) else amount
