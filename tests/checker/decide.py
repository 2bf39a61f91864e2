"""An auditor that shares no line with the product says whether cards, journals and centre agree.

``python -m tests.checker.decide --centre CENTRE.json --cards DIR JOURNAL.json ...`` reads card image files, the outputs of
``yibao-journal export --json --reveal`` and of ``yibao-clearing export --json``, and prints each breach of an invariant of
commit-protocol section 9 that these can show: 1, 2, 4, 5, 7, 8, 12, 14 and 16. Ends with 0 when there is none, else 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from tests.checker import card_images
from tests.checker.card_images import Card

Export = dict[str, Any]
_MOVEMENTS = ("total_fen", "fund_fen", "account_fen", "cash_fen")
_KEPT_BY_A_VOID = {"balc", "pool_prop_selfpay"}
_FUNDS = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay")
_VOIDS = {"2103", "2208"}


def wrongs(journals: list[Export], centre: Export, cards: list[Card], *, drained: bool = True) -> list[str]:
    """Return every breach, its invariant first; empty when all agree.

    ``drained``: faults have stopped and the queues are empty, so nothing may be open. Otherwise what the journals list as
    queued or in doubt is left aside: it may be at the centre or on the card, or not, and both are its amount.
    """
    return list(
        chain(
            _persons(centre),
            _cards(journals, centre, cards, drained=drained),
            _counters(journals),
            _exposure(journals, centre),
            *(_receipts(journal) for journal in journals),
            _once(journals, centre),
            _identities(centre),
            _void_figures(centre),
            _same_rows(journals, centre, drained=drained),
            _visits(journals, centre, drained=drained),
            _finished(journals) if drained else (),
        )
    )


def _persons(centre: Export) -> Iterator[str]:
    if not centre["balanced"]:
        yield "1: the entries of the centre's ledger do not add up to zero"
    for person in centre["persons"]:
        earmarked = 0
        for earmark in person["earmarks"]:
            earmarked += earmark["open_fen"]
            moved = earmark["debited_fen"] + earmark["returned_fen"] + earmark["open_fen"]
            if moved != earmark["granted_fen"] or min(earmark["open_fen"], earmark["debited_fen"]) < 0:
                yield f"1: {person['psn_no']} generation {earmark['generation']}: granted {earmark['granted_fen']}, accounted for {moved}"
        if person["ledger_fen"] != person["available_fen"] + earmarked:
            yield f"1: {person['psn_no']}: ledger {person['ledger_fen']} ≠ available {person['available_fen']} + earmarks {earmarked}"
        if min(person["ledger_fen"], person["available_fen"]) < 0:
            yield f"1: {person['psn_no']}: below zero"


def _cards(journals: list[Export], centre: Export, cards: list[Card], *, drained: bool) -> Iterator[str]:
    open_fen = {
        (earmark["card_no"], earmark["generation"]): earmark["open_fen"] for person in centre["persons"] for earmark in person["earmarks"]
    }
    waiting: Counter[tuple[str, int | None]] = Counter()
    there = {row["msgid"] for row in centre["settlements"]}
    for debit in _all(journals, "debits"):
        # Whatever its till knows by now.
        if debit["msgid"] not in there:
            waiting[debit["card_no"], debit["generation"]] += debit["debit_fen"]
    doubted = any(journal["doubts"] for journal in journals)
    for card in cards:
        # A card that debits by itself was never given a generation, a counter or a tag.
        by_itself = (card.generation, card.counter, card.tags) == (0, 0, ())
        if not (card.counter or by_itself) or card.generation is None or (doubted and not drained):
            continue
        key = (card.card_no, None if by_itself else card.generation)
        expected = open_fen.get(key, 0) - waiting[key]
        if card.amount_fen != expected:
            yield f"2: card {card.card_no} holds {card.amount_fen} in generation {key[1]}, and should hold {expected}"


def _counters(journals: list[Export]) -> Iterator[str]:
    used = Counter((debit["card_no"], debit["generation"], debit["counter"]) for debit in _all(journals, "debits"))
    for (card_no, generation, counter), times in used.items():
        if times > 1:
            yield f"4: card {card_no}: counter {counter} of generation {generation} was used {times} times"


def _exposure(journals: list[Export], centre: Export) -> Iterator[str]:
    granted = {
        (earmark["card_no"], earmark["generation"]): earmark["granted_fen"]
        for person in centre["persons"]
        for earmark in person["earmarks"]
    }
    spent: Counter[tuple[str, int | None]] = Counter()
    for debit in _all(journals, "debits"):
        spent[debit["card_no"], debit["generation"]] += debit["debit_fen"]
    for key, fen in spent.items():
        if fen > granted.get(key, 0):
            yield f"16: card {key[0]}: {fen} spent off-line of a grant of {granted.get(key, 0)}"


def _receipts(journal: Export) -> Iterator[str]:
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for row in journal["settlements"]:
        if row["receipt"]:
            epoch, _, number = row["receipt"].rpartition("-")
            numbers[epoch].append(int(number))
        elif row["done"]:
            yield f"5: {row['msgid']} is done without a receipt number"
    for epoch, found in numbers.items():
        if sorted(found) != list(range(1, len(found) + 1)):
            yield f"5: the receipts of {epoch} are {sorted(found)}"


def _once(journals: list[Export], centre: Export) -> Iterator[str]:
    for place, rows in (("the centre", centre["settlements"]), ("the journals", _done(journals))):
        settled = Counter(row["msgid"] for row in rows)
        voided = Counter(row["original"] for row in rows if row["infno"] in _VOIDS and not row.get("releases"))
        for msgid, times in settled.items():
            # A copy that was released again stands no more.
            if times - voided[msgid] > 1:
                yield f"7: {place} settled {msgid} {times} times"
        for original, times in voided.items():
            if times > max(settled[original], 1):
                yield f"7: {place} voided {original} {times} times"
    for journal in journals:
        standing = {row["msgid"]: row["standing"] for row in journal["settlements"]}
        own = [row for row in journal["settlements"] if not row.get("releases")]
        for row in own:
            if row["infno"] in _VOIDS and row["done"] and standing.get(row["original"], "reversed") != "reversed":
                yield f"9: {row['original']} is voided and stands as {standing[row['original']]}"


def _identities(centre: Export) -> Iterator[str]:
    for row in centre["settlements"]:
        f = row["figures"]
        sums = {
            "A": f["medfee_sumamt"] - f["fulamt_ownpay_amt"] - f["overlmt_selfpay"] - f["preselfpay_amt"] - f["inscp_scp_amt"],
            "B": f["medfee_sumamt"] - f["fund_pay_sumamt"] - f["psn_part_amt"] - f["hosp_part_amt"],
            "C": f["psn_part_amt"] - f["acct_pay"] - f["acct_mulaid_pay"] - f["psn_cash_pay"],
            "D": f["fund_pay_sumamt"] - sum(f[name] for name in _FUNDS),
        }
        broken = "".join(letter for letter, rest in sums.items() if rest)
        if broken:
            yield f"8: {row['infno']} {row['msgid']} breaks {broken}"


def _void_figures(centre: Export) -> Iterator[str]:
    # By the settlement's own number: copies of one message may have settled other figures.
    settled = {row["setl_id"]: row for row in centre["settlements"] if row["infno"] not in _VOIDS}
    for void in centre["settlements"]:
        if void["infno"] not in _VOIDS:
            continue
        sale = settled.get(void["undoes"])
        if sale is None:
            yield f"8: {void['msgid']} undoes {void['original']}, which the centre does not have"
        elif any(void["figures"][name] != -fen for name, fen in sale["figures"].items() if name not in _KEPT_BY_A_VOID):
            yield f"8: {void['msgid']} does not take back what {void['original']} moved (identity J)"


def _same_rows(journals: list[Export], centre: Export, *, drained: bool) -> Iterator[str]:
    aside: set[str] = set()
    if not drained:
        aside = {doubt["subject"] for doubt in _all(journals, "doubts")}
        aside |= {row["msgid"] for row in _all(journals, "settlements") if not row["done"] or row["standing"] == "provisional"}
    # What a person went to the agency with is not at the centre, and owed by the agency.
    aside |= {msgid for journal in journals for msgid in journal.get("claimed", ())}
    alone = [row for journal in journals for row in journal.get("stood_alone", ()) if not row["adopted"]]
    here = Counter(_row(row) for row in [*_done(journals), *alone] if row["msgid"] not in aside)
    there = Counter(_row(row) for row in centre["settlements"] if row["msgid"] not in aside)
    for row, times in (here - there).items():
        yield f"12: {_said(row)} is done here and {there[row]} times at the centre, {times} fewer"
    for row, times in (there - here).items():
        yield f"12: {_said(row)} is at the centre and done here {here[row]} times, {times} fewer"


def _visits(journals: list[Export], centre: Export, *, drained: bool) -> Iterator[str]:
    if not drained and any(journal["queue"] or journal["doubts"] for journal in journals):
        return
    for visit in centre["visits"]:
        if not visit["cancelled"] and (visit["lines"]["unsettled"] or not visit["lines"]["settled"]):
            yield f"12: visit {visit['ipt_otp_no']} was begun and came to nothing"


def _finished(journals: list[Export]) -> Iterator[str]:
    for journal in journals:
        if journal["queue"]:
            yield f"14: {journal['till']} still owes the centre {journal['queue']}"
        for doubt in journal["doubts"]:
            yield f"14: {journal['till']} still doubts {doubt['subject']}, {doubt['amount_fen']} fen"


def _all(journals: Iterable[Export], member: str) -> Iterator[Export]:
    return (row for journal in journals for row in journal[member])


def _done(journals: Iterable[Export]) -> list[Export]:
    return [row for row in _all(journals, "settlements") if row["done"]]


def _row(item: Export) -> tuple[Any, ...]:
    return (item["infno"], item["msgid"], *(item["movements"][name] for name in _MOVEMENTS))


def _said(row: tuple[Any, ...]) -> str:
    return f"{row[0]} {row[1]} {' / '.join(str(fen) for fen in row[2:])}"


def main(arguments: list[str] | None = None) -> int:
    """Read the files and say what is wrong. 0 = nothing, 1 = something."""
    parser = argparse.ArgumentParser(prog="python -m tests.checker.decide")
    parser.add_argument("journals", nargs="+", type=Path, metavar="JOURNAL.json")
    parser.add_argument("--centre", required=True, type=Path, metavar="CENTRE.json")
    parser.add_argument("--cards", required=True, type=Path, metavar="DIR")
    parser.add_argument("--open", action="store_true", help="leave aside what waits or is in doubt")
    wanted = parser.parse_args(arguments)
    journals = [json.loads(path.read_text(encoding="utf-8")) for path in wanted.journals]
    images = [card_images.read(path) for path in sorted(wanted.cards.glob("*.card"))]
    cards = [card for card in images if card is not None]
    found = wrongs(journals, json.loads(wanted.centre.read_text(encoding="utf-8")), cards, drained=not wanted.open)
    sys.stdout.write("".join(f"{wrong}\n" for wrong in found))
    settled = sum(len(_done([journal])) for journal in journals)
    sys.stdout.write(f"{settled} settlements, {len(cards)} cards, {len(found)} wrong\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
