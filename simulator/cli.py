"""``yibao-card``: making and looking at simulated cards."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from settlement.errors import OperatorError
from settlement.money import format_yuan
from simulator import image, personalise
from simulator.personalise import RosterMalformed
from terminal.cards import ldt

OK, CONFIGURATION = 0, 3
SCHEMA = 1


def main(arguments: list[str] | None = None) -> int:
    """Run ``yibao-card``."""
    parser = argparse.ArgumentParser(prog="yibao-card", description="模拟卡 / simulated cards")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make", help="按名册制卡 / make cards from a roster")
    make.add_argument("roster", type=Path)
    make.add_argument("--dir", type=Path, required=True)
    make.add_argument("--seed", default="yibao")
    show = commands.add_parser("show", help="查看卡 / look at a card")
    show.add_argument("image", type=Path)
    show.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    try:
        return _make(wanted) if wanted.command == "make" else _show(wanted)
    except OperatorError as error:
        sys.stderr.write(f"{error.say('zh')}\n{error.say('en')}\n")
        return CONFIGURATION


def _make(wanted: argparse.Namespace) -> int:
    for path in personalise.make(wanted.roster, wanted.dir, seed=wanted.seed):
        sys.stdout.write(f"{path}\n")
    return OK


def _show(wanted: argparse.Namespace) -> int:
    try:
        card = image.load(wanted.image)
    except (OSError, ValueError) as error:
        raise RosterMalformed(file=wanted.image.name, entry="—", what=str(error)) from None
    shown = describe(card)
    if wanted.json:
        sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
        return OK
    record = shown["allowance"]
    amount = "—" if record["amount_fen"] is None else f"￥{format_yuan(record['amount_fen'])}"
    sys.stdout.write(f"{shown['psn_name']} {shown['card_no']}  PIN {shown['pin_tries_left']}\n")
    sys.stdout.write(f"{amount}  {record['generation']}‖{record['counter']}  ≤ {record['not_after']}  {record['tags']}\n")
    return OK


def describe(card: image.CardImage) -> dict[str, Any]:
    """Return what is on a card, with the off-line record as a till would read it; torn records are null."""
    issuer, holder = card.records["SSSE|EF05"], card.records["SSSE|EF06"]
    record = card.records["DF04|EF06"]
    generation = record["93"]
    amount = record["92"]
    not_after = record["90"]
    return {
        "schema": SCHEMA,
        "card_no": _text(ldt.ISSUER, 0x07, issuer),
        "card_sn": _text(ldt.ISSUER, 0x01, issuer),
        "version": _text(ldt.ISSUER, 0x03, issuer),
        "valid_until": _text(ldt.ISSUER, 0x06, issuer),
        "certno": _text(ldt.HOLDER, 0x08, holder),
        "psn_name": _text(ldt.HOLDER, 0x09, holder),
        "pin_tries_left": card.pin_left,
        "allowance": {
            "generation": None if generation is None else bytes.fromhex(generation)[0],
            "counter": None if generation is None else bytes.fromhex(generation)[1],
            "amount_fen": None if amount is None else int.from_bytes(bytes.fromhex(amount)),
            "not_after": None if not_after is None else bytes.fromhex(not_after).decode("latin-1"),
            "tags": [None if tag is None else int.from_bytes(bytes.fromhex(tag)[:2]) for tag in card.cyclic["DF04|EF15"]],
        },
    }


def _text(file: ldt.File, tag: int, records: dict[str, str | None]) -> str | None:
    value = records.get(f"{tag:02X}")
    return None if value is None else ldt.decode(file.item(tag), bytes.fromhex(value))
