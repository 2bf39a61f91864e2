"""Explore the checkout exhaustively over a pool of events: its transitions, its diagram, its promises.

Run as a command it writes the diagram of ``docs/checkout.md`` to standard output.
"""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass, replace

from config.regions import policy_for
from settlement import refusals
from settlement.allowance import CardRecord, SaleWrite
from settlement.bill import Benefit, Bill, Line, Venue
from settlement.card_debit import DebitPlan, LogEntry
from settlement.checkout import events as on
from settlement.checkout.effects import Effect
from settlement.checkout.protocol import ask_again, begin, receive, resume
from settlement.checkout.states import FINAL, PERSON, Sale, State
from settlement.doubt import Doubt, Happened, NeverHappened
from settlement.errors import ProtocolMisuse, Refusal
from settlement.facts import Hotlisted, SaleIntended
from settlement.figures import Figures
from settlement.offline import Circumstances
from settlement.split import price

MSGID = "P99010000001202603020900000100"
VOID = "P99010000001202603020905000100"
SLIP = "P99010000001202603010900000200"
AT = "2026-03-02 09:00:00"
HOTLIST = Hotlisted(version=3, age_s=600)
INSURED = on.Insured(certno="", psn_name="演示甲", card_no="000000000", card_sn="0" * 32, valid_until="20301231")
NAMED = on.Insured(certno="", psn_name="演示甲")
BENEFIT = Benefit(psn_type="11", deductible_used_fen=0, fund_paid_fen=0, account_fen=50_000)
OLD = CardRecord(generation=2, counter=4, amount_fen=10_000, not_after="5", tags=(7, 6, 5))
TAG = 0x1234


OWN = CardRecord(generation=0, counter=0, amount_fen=10_000, not_after="1", tags=())
TERMINAL = "990100000001"


def sample_sale(slip: str = "", *, asks_pin: bool = True, legacy: bool = False) -> Sale:
    """Return a pharmacy sale of 25.00 yuan that the demonstration area's account may pay, with the PIN or without.

    ``legacy``: in an area of cards that debit by themselves.
    """
    policy = policy_for("990100", "2026-03-02")
    assert not isinstance(policy, Refusal)
    if not asks_pin:
        policy = replace(policy, pin_required_at=(Venue.CLINIC,))
    if legacy:
        policy = replace(policy, offline_account="legacy_card")
    line = Line(
        feedetl_sn="1", medins_list_codg="A001", name="演示片", cnt_e4=10_000, pric_e6=25_000_000, chrgitm_lv="01", goods_kind="国药准字"
    )
    bill = Bill(admdvs="990100", begntime=AT, venue=Venue.PHARMACY, lines=(line,))
    return Sale(bill=bill, policy=policy, slip=slip, slip_cash_fen=bill.total_fen if slip else 0)


def _written(debit_fen: int) -> CardRecord:
    assert OLD.counter is not None
    assert OLD.amount_fen is not None
    return replace(OLD, counter=OLD.counter + 1, amount_fen=OLD.amount_fen - debit_fen, tags=(TAG, 7, 6))


def _own_plan(debit_fen: int) -> DebitPlan:
    return DebitPlan(
        sequence=7, number=int(MSGID[-10:]), terminal=TERMINAL, moment="20260302090000", own_fen=debit_fen, pooled_fen=0, balance_fen=10_000
    )


def _logged(debit_fen: int) -> LogEntry:
    return LogEntry(
        sequence=7, kind="2", terminal=TERMINAL, moment="20260302090000", own_fen=debit_fen, pooled_fen=0, left_fen=10_000 - debit_fen
    )


def event_pool(sale: Sale) -> tuple[on.Event, ...]:
    """Return every kind of event, with the variants that matter."""
    split = price(sale.bill, sale.policy, BENEFIT)
    assert not isinstance(split, Refusal)
    same = split.figures
    other = replace(same, acct_pay=same.acct_pay - 100, psn_cash_pay=same.psn_cash_pay + 100)
    done = _written(same.acct_pay)
    circumstances = Circumstances(month=3, hotlist=HOTLIST, person_used_fen=0, reason="refused")
    doubt = Doubt(intent=replace(_intent(sale, same), card=None))
    on_card = Doubt(intent=replace(doubt.intent, way="allowance", card=SaleWrite(before=OLD, tag=TAG, debit_fen=same.acct_pay)))
    by_itself = Doubt(intent=replace(doubt.intent, way="legacy_card", card=_own_plan(same.acct_pay)))
    ours, another = _logged(same.acct_pay), replace(_logged(same.acct_pay), terminal="990100000002")
    return (
        on.CardIdentified(insured=INSURED, today="20260302", hotlist=HOTLIST, hotlisted=False, doubts=(by_itself,)),
        on.PinAccepted(record=OWN, doubts=()),
        on.PinAccepted(record=OWN, doubts=(by_itself,), log=(ours,), tac="0A1B2C3D"),
        on.PinAccepted(record=OWN, doubts=(by_itself,)),
        on.DebitBegun(sequence=7, balance_fen=10_000, terminal=TERMINAL),
        on.CardDebited(log=(ours,), tac="0A1B2C3D"),
        on.CardDebited(log=(another,), tac="0A1B2C3D"),
        on.CardDebited(log=(None,), tac="0A1B2C3D"),
        on.CardIdentified(insured=INSURED, today="20260302", hotlist=HOTLIST, hotlisted=False),
        on.CardIdentified(insured=INSURED, today="20260302", hotlist=HOTLIST, hotlisted=True),
        on.CardIdentified(insured=INSURED, today="20260302", hotlist=HOTLIST, hotlisted=False, doubts=(doubt,)),
        on.CardIdentified(insured=INSURED, today="20260302", hotlist=HOTLIST, hotlisted=False, doubts=(on_card,)),
        on.CertificateShown(mdtrt_cert_type="02"),
        on.CertificateShown(mdtrt_cert_type="99"),
        on.CertificateUnread(why=Refusal(refusals.ECERT_SILENT)),
        on.CertificateKnown(insured=NAMED, hotlist=HOTLIST, hotlisted=False),
        on.CertificateKnown(insured=NAMED, hotlist=HOTLIST, hotlisted=True),
        on.CertificateKnown(insured=NAMED, hotlist=HOTLIST, hotlisted=False, doubts=(doubt,)),
        on.PinAccepted(record=OLD, doubts=()),
        on.PinAccepted(record=OLD, doubts=(doubt,)),
        on.PinAccepted(record=done, doubts=()),
        on.PinAccepted(record=replace(done, amount_fen=None), doubts=()),
        on.PinWrong(tries_left=2),
        on.PinBlocked(),
        on.CardLeft(),
        on.DoubtsTried(left=()),
        on.DoubtsTried(left=(doubt,)),
        on.PersonKnown(psn_no="1", insuplc_admdvs="990100", benefit=BENEFIT),
        on.PersonKnown(psn_no="1", insuplc_admdvs="990100", benefit=replace(BENEFIT, account_fen=1_000)),
        on.PersonRefused(words="已挂失"),
        on.CentreSilent(why="timeout"),
        on.LineDown(now=circumstances),
        on.AllowanceReturned(record=replace(OLD, generation=3, counter=1, amount_fen=0), account_fen=11_000),
        on.AllowanceKept(),
        on.Confirmed(msgid=MSGID, at=AT, tag=TAG),
        on.CashChosen(slip=MSGID, at=AT, until="2026-04-01"),
        on.Cancelled(),
        on.IntentDurable(),
        on.JournalFailed(why="disk full"),
        on.Accepted(figures=same, setl_id="S1", mdtrt_id="M1"),
        on.Accepted(figures=other, setl_id="S1", mdtrt_id="M1"),
        on.Rejected(words="不符合规定"),
        on.OutcomeUnknown(why="timeout"),
        on.CardRead(record=done),
        on.CardRead(record=OLD),
        on.CardRead(record=replace(done, amount_fen=None)),
        on.Committed(),
        on.TriedAgain(),
        on.DifferenceSeen(agreed=True),
        on.DifferenceSeen(agreed=False),
        on.DifferenceLeft(),
        on.GoodsAsked(released=True),
        on.GoodsAsked(released=False),
        on.VoidNamed(void_id=VOID, at=AT),
        on.CashReceived(amount_fen=same.medfee_sumamt),
        on.DoubtLeft(),
    )


def _intent(sale: Sale, figures: Figures) -> SaleIntended:
    return SaleIntended(
        subject="P99010000001202603010900000100",
        way="online",
        at=AT,
        bill=sale.bill,
        figures=figures,
        left_out=(),
        pack="990100/2026-01-01",
        explanation="",
        hotlist=HOTLIST,
    )


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table that the protocol is."""

    source: State
    event: on.Event
    target: State
    effects: tuple[Effect, ...]


def explore() -> list[Transition]:
    """Return every transition reachable over the pool.

    From a new sale with the PIN, without, and by a card that debits itself; from a slip and five restarts.
    """
    sale = sample_sale()
    pool = event_pool(sale)
    accepted, differing = (event for event in pool if isinstance(event, on.Accepted))
    doubt = Doubt(intent=_intent(sale, accepted.figures))
    starts = [
        begin(sale),
        begin(sample_sale(slip=SLIP)),
        begin(sample_sale(asks_pin=False)),
        begin(sample_sale(legacy=True)),
        resume(doubt, None, doubted=False)[0],
        resume(doubt, Happened(figures=accepted.figures), doubted=True)[0],
        resume(doubt, NeverHappened(why="refused"), doubted=True)[0],
        ask_again(doubt.intent, Happened(figures=differing.figures))[0],
        ask_again(replace(doubt.intent, slip=SLIP), Happened(figures=differing.figures), slip_cash_fen=sale.bill.total_fen)[0],
    ]
    seen: set[State] = set()
    queue: deque[State] = deque(starts)
    transitions: list[Transition] = []
    while queue:
        state = queue.popleft()
        if state in seen:
            continue
        seen.add(state)
        for event in pool:
            try:
                target, effects = receive(state, event)
            except ProtocolMisuse:
                continue
            transitions.append(Transition(state, event, target, effects))
            queue.append(target)
    return transitions


def diagram() -> str:
    """Return ``docs/checkout.md``: the table of transitions by kind, drawn and listed."""
    rows: dict[tuple[str, str, str], set[str]] = {}
    for step in explore():
        key = (type(step.source).__name__, type(step.event).__name__, type(step.target).__name__)
        rows.setdefault(key, set()).update(type(effect).__name__ for effect in step.effects)
    edges = [f"    {source} --> {target}: {event}" for source, event, target in sorted(rows)]
    table = [f"| {s} | {e} | {t} | {' · '.join(sorted(rows[s, e, t])) or '—'} |" for s, e, t in sorted(rows)]
    person = "、".join(kind.__name__ for kind in PERSON)
    final = "、".join(kind.__name__ for kind in FINAL)
    return "\n".join(
        [
            "# The checkout, as it is",
            "",
            "Generated by exploring `settlement/checkout/protocol.py` (`make docs`); a test compares it.",
            "",
            f"Waiting for a person: {person}.",
            "",
            f"Final: {final}. In every other state an effect is outstanding.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            "    [*] --> Billed",
            *edges,
            "```",
            "",
            "| state | event | next | effects |",
            "|---|---|---|---|",
            *table,
            "",
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(diagram())
