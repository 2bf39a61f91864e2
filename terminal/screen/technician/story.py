"""One settlement from its records: what was meant, said, answered, booked and printed, in words. Made on the desk's thread.

Nothing personal leaves here: names and numbers are masked, the frozen request shows only members that are known to name nobody.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from settlement.facts import SaleIntended, bill_of
from settlement.figures import Figures
from settlement.masks import mask_name
from settlement.money import format_yuan
from terminal.screen.technician.told import Told
from terminal.screen.technician.words import RESET, told_of

if TYPE_CHECKING:
    from offline_queue.journal.reading import History
    from offline_queue.journal.values import Record
    from settlement.blame import Blame

HIDDEN = "***"
_CARD_TAIL = 4
_SHOWN = frozenset(
    {
        *("begntime", "fee_ocur_time", "insutype", "med_type", "mdtrt_cert_type", "acct_used_flag", "medfee_sumamt"),
        *("feedetl_sn", "med_list_codg", "medins_list_codg", "cnt", "pric", "det_item_fee_sumamt", "rx_circ_flag"),
        *("drug_trac_codg", "trdn_flag", "min_prcunt_type", "setl_id", "mdtrt_id"),
    }
)
"""Members of a request that name nobody and say nothing of a disease; whatever is not here is hidden."""
_FIGURES = (
    *("medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt", "act_pay_dedc"),
    *("fund_pay_sumamt", "hifp_pay", "acct_pay", "acct_mulaid_pay", "psn_cash_pay", "balc"),
)
"""In the order of the slip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One exchange with card or PSAM."""

    at_ms: int
    slot: str
    name: str
    parameters: str
    sent: int
    received: int
    sw: str
    """Empty when contact was lost, and for a reset."""

    @property
    def usual(self) -> bool:
        """Whether it ended as it should."""
        return self.name == RESET or self.sw == "9000" or self.sw[:2] in {"61", "6C"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One record."""

    seq: int
    at: str
    """``yyyy-MM-dd HH:mm:ss``."""
    writer: str
    told: Told
    back: bool
    """Whether the clock stands before that of the record before."""
    set_s: int = 0
    """Seconds by which the clock was set before it."""
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One amount under its national name, in fen; None = not known."""

    name: str
    till_fen: int | None
    centre_fen: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A settlement, void, slip or refresh, ready to be laid out."""

    subject: str
    standing: str
    receipt: str
    setl_id: str
    mdtrt_id: str
    person: str
    card: str
    offline: bool
    owed: str
    """State of what the sender owes of it; empty when nothing."""
    moments: tuple[Moment, ...]
    figures: tuple[Figure, ...] = ()
    outside_fen: int = 0
    lines: tuple[tuple[str, str, int], ...] = ()
    """(``chrgitm_lv``, name, fen) of each line of the bill."""
    request: tuple[tuple[str, str], ...] = ()
    """(member, value) of the frozen request, masked."""
    because: Blame | None = None
    """Where the centre's figures begin to differ from those that were priced here."""
    related: tuple[str, ...] = ()
    """Subjects that belong to it: its void, what it undoes, its slip."""


def story_of(history: History, because: Callable[[SaleIntended, Figures], Blame | None] = lambda *_: None) -> Story:
    """Return the story of a subject; ``because`` finds the rule behind a difference from the centre's figures."""
    folded, records = history.folded, history.records
    private = next((record.private for record in records if record.private and record.private.get("psn_name")), {})
    intent = folded.intent
    slip = intent.slip if isinstance(intent, SaleIntended) else ""
    related = (folded.original, folded.reversed_by, slip, folded.redeemed_by)
    answered = _answered(records)
    return Story(
        subject=folded.subject,
        standing=str(folded.standing),
        receipt=folded.receipt,
        setl_id=folded.setl_id,
        mdtrt_id=folded.mdtrt_id,
        person=mask_name(str(private.get("psn_name", ""))),
        card=str(private.get("card_no", ""))[-_CARD_TAIL:],
        offline=folded.offline,
        owed=history.owed.state if history.owed is not None else "",
        moments=tuple(_moments(records)),
        figures=_figures(folded.booked or (intent.figures if intent is not None else None), answered),
        because=because(intent, answered) if isinstance(intent, SaleIntended) and answered is not None else None,
        outside_fen=folded.outside_fen,
        lines=_lines(records[0]),
        request=_request(records),
        related=tuple(dict.fromkeys(subject for subject in related if subject)),
    )


def _moments(records: list[Record]) -> list[Moment]:
    moments: list[Moment] = []
    for record in records:
        at = record.at.replace("T", " ")[:19]
        steps = tuple(_step(step) for step in record.body["steps"]) if record.kind == "card_steps" else ()
        back = bool(moments) and at < moments[-1].at
        told = told_of(record.kind, record.body)
        set_s = record.clock_suspect_s
        moments.append(Moment(seq=record.seq, at=at, writer=record.writer, told=told, back=back, set_s=set_s, steps=steps))
    return moments


def _step(step: list[Any]) -> Step:
    at_ms, slot, name, parameters, sent, received, sw = step
    return Step(at_ms=at_ms, slot=slot, name=name, parameters=parameters, sent=sent, received=received, sw=sw)


def _answered(records: list[Record]) -> Figures | None:
    """Return the centre's figures, None when it never gave any."""
    given = [record.body["figures"] for record in records if record.kind == "answered" and record.body.get("figures")]
    return Figures(**given[-1]) if given else None


def _figures(till: Figures | None, centre: Figures | None) -> tuple[Figure, ...]:
    if till is None and centre is None:
        return ()
    rows = [
        Figure(
            name=name,
            till_fen=None if till is None else getattr(till, name),
            centre_fen=None if centre is None else getattr(centre, name),
        )
        for name in _FIGURES
    ]
    kept = {"medfee_sumamt", "fund_pay_sumamt", "acct_pay", "psn_cash_pay"}
    return tuple(row for row in rows if row.name in kept or row.till_fen or row.centre_fen)


def _lines(first: Record) -> tuple[tuple[str, str, int], ...]:
    if first.kind not in {"sale_intended", "cash_sale"}:
        return ()
    return tuple((line.chrgitm_lv, line.name, line.det_item_fee_sumamt) for line in bill_of(first.body["bill"]).lines)


def _request(records: list[Record]) -> tuple[tuple[str, str], ...]:
    frozen = next((record.private["input"] for record in records if record.private and "input" in record.private), None)
    return tuple(_members("", json.loads(frozen))) if isinstance(frozen, str) else ()


def _members(path: str, value: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any JSON value
    """Return every member that holds something, by its path; what may be personal is hidden."""
    match value:
        case dict():
            return [row for name, inner in value.items() for row in _members(f"{path}.{name}" if path else name, inner)]
        case list():
            return [row for number, inner in enumerate(value, 1) for row in _members(f"{path}[{number}]", inner)]
        case None | "":
            return []
        case _:
            name = path.rpartition(".")[2].partition("[")[0]
            return [(path, str(value) if name in _SHOWN else HIDDEN)]


def yuan(fen: int | None) -> str:
    """Return an amount, a dash when it is not known."""
    return "—" if fen is None else format_yuan(fen)
