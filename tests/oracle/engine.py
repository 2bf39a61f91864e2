"""A second settlement engine, to be compared with the first: written from the rule text, in yuan, with exact fractions.

Sources: ``docs/regions.md`` (what rows and words say), settlement-rules sections 2, 3 and 7, and the identities of the national
interface. It shares nothing with ``settlement`` but the data model — bills, people, packs — and so has its own reading of rows, its
own arithmetic and its own order: the money of a bill is laid on a line from 0 to its shared amount, and each rule claims a stretch of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.oracle.rows import Asker, Refused, Yuan, ratio_of, to_fen, yuan_of

if TYPE_CHECKING:
    from settlement.bill import Benefit, Bill, Line
    from settlement.policy import Policy

ENDLESS = Fraction(10**14)
SELF_PAY, CLASS_B = "03", "02"
COSTS = ("unpooled", "deductible", "shared", "above_ceiling", "first_pay", "over_limit", "full_selfpay")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """All amounts of a bill in yuan, under their national names."""

    amounts: dict[str, Yuan]
    lines: dict[str, tuple[Yuan, Yuan, Yuan, Yuan, Yuan]]
    """Amount, full self-pay, over the limit, first pay, in scope, by line; a line that left the claim is not here."""
    left_out: dict[str, Yuan]
    past_paid: Yuan
    toward: dict[str, Yuan]
    pooled: Yuan
    shared: Yuan


def settle(bill: Bill, home: Policy, person: Benefit, *, place: Policy | None = None, use_account: bool = True) -> Outcome:
    """Price ``bill``; ``place`` is the pack of the place of care where the person is insured elsewhere. Raises :class:`Refused`."""
    return _Settlement(bill, home, place or home, person, use_account=use_account).outcome()


# --- one bill --------------------------------------------------------------------------------------------


class _Settlement:
    def __init__(self, bill: Bill, home: Policy, place: Policy, person: Benefit, *, use_account: bool) -> None:
        self.bill, self.home, self.place, self.person, self.use_account = bill, home, place, person, use_account
        self.whole = Asker(bill=bill, person=person)
        self.lines: dict[str, tuple[Yuan, Yuan, Yuan, Yuan, Yuan]] = {}
        self.left_out: dict[str, Yuan] = {}
        self.fixed = [Fraction(0), Fraction(0)]
        """What fund and person pay before everything else."""
        self.in_scope = Fraction(0)
        self.pooled: list[tuple[Asker, Yuan]] = []
        """What has a pooled share by rule, line by line."""

    def outcome(self) -> Outcome:
        bill, home, person = self.bill, self.home, self.person
        if person.suspended:
            raise Refused("suspended")
        if self.place is not home and not self.whole.need("elsewhere", home.elsewhere).value:
            raise Refused("elsewhere")
        self._claim()
        total = sum((amount for _, amount in self.pooled), Fraction(0))
        current = max(Fraction(0), Fraction(person.account_fen, 100)) if self.use_account else Fraction(0)
        stretch = self._stretches(total, current)
        funds = stretch["fund"] + stretch["behind"] + self.fixed[0]
        claimed = [sum((cut[part] for cut in self.lines.values()), Fraction(0)) for part in range(4)]
        claimed[0] += Fraction(bill.inscp_scp_amt or 0, 100)
        borne = {
            "unpooled": self.in_scope - total - self.fixed[0],
            "deductible": stretch["deductible"],
            "shared": stretch["shared"] - stretch["fund"] - stretch["beyond"],
            "above_ceiling": stretch["above"] + stretch["beyond"] - stretch["behind"],
            "first_pay": claimed[3],
            "over_limit": claimed[2],
            "full_selfpay": claimed[1],
        }
        assert all(amount >= 0 for amount in borne.values()), borne
        paid = self._accounts(borne, current - stretch["first"])
        own = stretch["first"] + paid["current"] + paid["past"]
        person_part = claimed[0] - funds
        amounts = {
            "medfee_sumamt": claimed[0],
            "fulamt_ownpay_amt": claimed[1],
            "overlmt_selfpay": claimed[2],
            "preselfpay_amt": claimed[3],
            "inscp_scp_amt": self.in_scope,
            "act_pay_dedc": stretch["deductible"],
            "hifp_pay": stretch["fund"] + self.fixed[0],
            "fund_pay_sumamt": funds,
            "psn_part_amt": person_part,
            "acct_pay": own,
            "acct_mulaid_pay": paid["mutual"],
            "psn_cash_pay": person_part - own - paid["mutual"],
            "balc": Fraction(person.account_fen + person.past_fen, 100) - own,
        }
        toward = dict.fromkeys(self.further, stretch["fund"])
        if self.behind:
            amounts[f"{self.behind}_pay"] = stretch["behind"]
            toward[self.behind] = stretch["behind"]
        return Outcome(
            amounts=amounts,
            lines=self.lines,
            left_out=self.left_out,
            past_paid=paid["past"],
            toward=toward,
            pooled=total - stretch["first"],
            shared=stretch["shared"],
        )

    # --- lines ---------------------------------------------------------------------------------------

    def _claim(self) -> None:
        bill, home = self.bill, self.home
        if bill.inscp_scp_amt is not None:
            self.in_scope = Fraction(bill.inscp_scp_amt, 100)
            if self.whole.need("pooling", home.pooling).value:
                self.pooled.append((self.whole, self.in_scope))
        for line in bill.lines:
            amount = to_fen(Fraction(line.cnt_e4, 10_000) * Fraction(line.pric_e6, 10**6))
            if not self._may_be_claimed(line):
                self.left_out[line.feedetl_sn] = amount
                continue
            cut = self._cut(line, amount)
            self.lines[line.feedetl_sn] = cut
            self.in_scope += cut[4]
            if line.chrgitm_lv == SELF_PAY:
                continue
            asker = Asker(bill=bill, person=self.person, line=line)
            rest = cut[4] - self._fix(asker, line, cut[4])
            if asker.need("pooling", home.pooling).value and rest:
                self.pooled.append((asker, rest))

    def _may_be_claimed(self, line: Line) -> bool:
        rows = [row for row in self.place.goods if row.about == line.goods_kind and self.whole.speaks(row)]
        return bool(rows and rows[0].value)

    def _cut(self, line: Line, amount: Yuan) -> tuple[Yuan, Yuan, Yuan, Yuan, Yuan]:
        """Return amount, full self-pay, over the limit, first pay, in scope."""
        if line.chrgitm_lv == SELF_PAY:
            return amount, amount, Fraction(0), Fraction(0), Fraction(0)
        over = Fraction(0)
        if line.pric_uplmt_e6 is not None:
            over = to_fen(Fraction(line.cnt_e4, 10_000) * max(Fraction(0), Fraction(line.pric_e6 - line.pric_uplmt_e6, 10**6)))
        first = Fraction(0)
        if line.chrgitm_lv == CLASS_B and self.place.first_pay_on.value != "none":
            of = amount if self.place.first_pay_on.value == "price" else amount - over
            first = min(to_fen(of * Fraction(line.selfpay_prop_e4, 10_000)), amount - over)
        return amount, Fraction(0), over, first, amount - over - first

    def _fix(self, asker: Asker, line: Line, left: Yuan) -> Yuan:
        """Note what fund and person pay of a line before everything else; return both together."""
        whole = left
        for who, (name, rows) in enumerate((("fixed_fund", self.home.fixed_fund), ("fixed_person", self.home.fixed_person))):
            row = asker.row(name, rows, line.goods_kind)
            amount = min(left, to_fen(yuan_of(row) * Fraction(line.cnt_e4, 10_000)))
            self.fixed[who] += amount
            left -= amount
        return whole - left

    # --- the line from 0 to the shared amount -----------------------------------------------------------

    def _stretches(self, total: Yuan, current: Yuan) -> dict[str, Yuan]:
        """Return how long each stretch is, and what the funds pay."""
        self.further: list[str] = []
        self.behind = ""
        found = dict.fromkeys(("first", "deductible", "shared", "above", "beyond", "fund", "behind"), Fraction(0))
        if not total:
            return found
        if self.home.segments.value.startswith("current_account"):
            found["first"] = min(current, total)
        left = total - found["first"]
        if left:
            found["deductible"] = min(left, self._deductible())
            left -= found["deductible"]
        if not left:
            return found
        expense_room, fund_room = self._rooms(found["deductible"])
        found["shared"] = min(left, expense_room)
        found["above"] = left - found["shared"]
        if found["shared"] and fund_room:
            start = found["first"] + found["deductible"]
            pieces = self._pieces(start, found["shared"], whole=found["shared"] == total, dedc=found["deductible"])
            exact = sum((length * ratio for length, ratio in pieces), Fraction(0))
            side, how = self.home.rounding.value.split("_", 1)
            full = to_fen(exact, how) if side == "fund" else found["shared"] - to_fen(found["shared"] - exact, how)
            found["fund"] = min(full, fund_room)
            if full > fund_room:
                found["beyond"] = self._past(pieces, exact, fund_room, free=found["shared"] == total)
        elif found["shared"]:
            found["beyond"] = found["shared"]
        found["behind"] = self._behind(found["above"] + found["beyond"])
        return found

    def _deductible(self) -> Yuan:
        home, person, whole = self.home, self.person, self.whole
        own = yuan_of(whole.need("deductible", home.deductible))
        factor = whole.row("deductible_factor", home.deductible_factor)
        less = whole.row("deductible_less", home.deductible_less)
        cap = whole.row("deductible_cap", home.deductible_cap)
        if factor is not None:
            own = to_fen(own * ratio_of(factor))
        own = max(Fraction(0), own - yuan_of(less))
        used_anywhere = Fraction(person.deductible_used_fen, 100)
        used = Fraction(0)
        if home.deductible_basis.value == "annual" and home.deductible_pot.value == "single":
            used = used_anywhere
        elif home.deductible_basis.value == "annual":
            used = Fraction(sum(fen for level, fen in person.deductible_used_at if level == self.bill.hosp_lv), 100)
        left = max(Fraction(0), own - used)
        return left if cap is None else min(left, max(Fraction(0), yuan_of(cap) - used_anywhere))

    def _rooms(self, dedc: Yuan) -> tuple[Yuan, Yuan]:
        """Return what is left on expense above the deductible, and on what the fund pays."""
        home, person, whole = self.home, self.person, self.whole
        own = yuan_of(whole.need("ceiling", home.ceiling))
        fresh = person.month not in {"", self.bill.begntime[:7]}
        on_fund, on_expense = [ENDLESS], [ENDLESS]
        match home.ceiling_basis.value:
            case "fund_annual":
                on_fund.append(own - Fraction(person.fund_paid_fen, 100))
            case "fund_accruing":
                on_fund.append(own * int(self.bill.begntime[5:7]) - Fraction(person.fund_paid_fen, 100))
            case "fund_monthly":
                on_fund.append(own - (0 if fresh else Fraction(person.month_fund_paid_fen, 100)))
            case "scope_annual":
                on_expense.append(own - dedc - Fraction(person.scope_used_fen, 100))
            case "scope_monthly":
                on_expense.append(own - dedc - (0 if fresh else Fraction(person.month_scope_used_fen, 100)))
            case "shared_annual":
                on_expense.append(own - Fraction(person.shared_used_fen, 100))
        paid = dict(person.paid_toward)
        for name in sorted({row.about for row in home.ceiling} - {""}):
            row = whole.row("ceiling", home.ceiling, name)
            if row is not None:
                self.further.append(name)
                on_fund.append(yuan_of(row) - Fraction(paid.get(name, 0), 100))
        return max(Fraction(0), min(on_expense)), max(Fraction(0), min(on_fund))

    # --- ratios ----------------------------------------------------------------------------------------

    def _pieces(self, start: Yuan, length: Yuan, *, whole: bool, dedc: Yuan) -> list[tuple[Yuan, Fraction]]:
        """Return the shared stretch in pieces of one ratio."""
        year = self._year(dedc)
        stock = self._stock(self._year(Fraction(0)), whole=whole)
        pieces: list[tuple[Yuan, Fraction]] = []
        skip = start
        for asker, amount in stock:
            here = min(max(Fraction(0), amount - skip), length)
            skip = max(Fraction(0), skip - amount)
            length -= here
            while here:
                ratio, end = self._ratio_at(asker, year)
                step = here
                if self.home.band_basis.value == "fund":
                    step = min(here, (end - year) / ratio) if ratio else here
                    year += step * ratio
                else:
                    step = min(here, end - year)
                    year += step
                pieces.append((step, ratio))
                here -= step
        return pieces

    def _year(self, dedc: Yuan) -> Yuan:
        """Return how far the year has come by what the bands are of."""
        person, basis = self.person, self.home.band_basis.value
        if basis == "scope":
            return Fraction(person.scope_used_fen, 100) + dedc
        return Fraction({"none": 0, "shared": person.shared_used_fen, "fund": person.fund_paid_fen}[basis], 100)

    def _stock(self, year: Yuan, *, whole: bool) -> list[tuple[Asker, Yuan]]:
        """Return what the line is made of, in the order in which what comes before the ratio is taken of it."""
        if len(self.pooled) == 1 or (whole and self.home.band_basis.value == "none"):
            return self.pooled
        ladders = [self._ladder(asker, year) for asker, _ in self.pooled]
        if all(ladder == ladders[0] for ladder in ladders):
            return self.pooled
        if self.home.mixed_ratios.value == "none":
            raise Refused("mixed_ratios")
        numbered = sorted(range(len(ladders)), key=lambda one: ladders[one], reverse=self.home.mixed_ratios.value == "highest")
        return [self.pooled[one] for one in numbered]

    def _ladder(self, asker: Asker, year: Yuan) -> list[Fraction]:
        """Return the ratio now and in each later band; 0 for one that nobody gives and that this bill may never reach."""
        rungs = [self._ratio_at(asker, year)[0]]
        if self.home.band_basis.value != "none":
            for border in sorted({Fraction(row.band[0], 100) for row in self.home.ratio}):
                if border > year:
                    try:
                        rungs.append(self._ratio_at(asker, border)[0])
                    except Refused:
                        rungs.append(Fraction(0))
        return rungs

    def _ratio_at(self, asker: Asker, year: Yuan) -> tuple[Fraction, Yuan]:
        """Return the ratio, and where its band ends."""
        home = self.home
        rows = [row for row in home.ratio if home.band_basis.value == "none" or row.band[0] <= year * 100 < row.band[1]]
        row = asker.need("ratio", rows)
        more, less = asker.row("ratio_more", home.ratio_more), asker.row("ratio_less", home.ratio_less)
        ratio = ratio_of(row) + ratio_of(more) - ratio_of(less)
        if row.per_year_e4:
            if self.person.age is None:
                raise Refused("ratio")
            ratio += Fraction(row.per_year_e4 * self.person.age, 10_000)
        end = ENDLESS * 2 if home.band_basis.value == "none" else Fraction(row.band[1], 100)
        return max(Fraction(0), min(Fraction(1), ratio)), end

    def _past(self, pieces: list[tuple[Yuan, Fraction]], exact: Yuan, room: Yuan, *, free: bool) -> Yuan:
        """Return the expense behind the point where the fund's share has used its room up, to the fen.

        ``free``: nothing came before the ratio, so no order was asked for; the pack's own then counts, and without one each line
        goes past the point with the same part of it.
        """
        if free and self.home.band_basis.value == "none":
            if self.home.mixed_ratios.value == "none":
                return to_fen(sum((length for length, _ in pieces), Fraction(0)) * (exact - room) / exact)
            pieces = sorted(pieces, key=lambda piece: piece[1], reverse=self.home.mixed_ratios.value == "highest")
        behind = Fraction(0)
        for length, ratio in pieces:
            before = min(length, room / ratio) if ratio else length
            room -= before * ratio
            behind += length - before
        return to_fen(behind)

    def _behind(self, expense: Yuan) -> Yuan:
        home, whole = self.home, self.whole
        rows = [row for row in home.supplement if whole.speaks(row)]
        if not expense or not rows:
            return Fraction(0)
        fund = rows[0].about
        ratio = whole.need("supplement", home.supplement, fund)
        ceiling = whole.need("supplement_ceiling", home.supplement_ceiling, fund)
        self.behind = fund
        room = yuan_of(ceiling) - Fraction(dict(self.person.paid_toward).get(fund, 0), 100)
        return min(max(Fraction(0), room), to_fen(expense * ratio_of(ratio)))

    # --- accounts -----------------------------------------------------------------------------------------

    def _accounts(self, borne: dict[str, Yuan], current: Yuan) -> dict[str, Yuan]:
        paid = dict.fromkeys(("current", "past", "mutual"), Fraction(0))
        if not self.use_account:
            return paid
        holds = {
            "current": current,
            "past": Fraction(self.person.past_fen, 100),
            "mutual": Fraction(self.person.mutual_fen, 100),
        }
        for account in self.home.account_order.value.split(" "):
            if not holds[account]:
                continue
            asker = Asker(bill=self.bill, person=self.person, account=account)
            opened = {cost: asker.need("account", self.home.account, cost).value for cost in COSTS if borne[cost]}
            for cost, may in opened.items():
                if may:
                    pays = min(holds[account], borne[cost])
                    holds[account] -= pays
                    borne[cost] -= pays
                    paid[account] += pays
        return paid
