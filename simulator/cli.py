"""``yibao-card``: making, looking at and serving simulated cards."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from config.telling import told
from settlement.errors import OperatorError
from settlement.money import format_yuan
from simulator import crypto, personalise, vpcd
from simulator.contents import contents
from simulator.errors import ImageUnreadable
from simulator.image import CardImage, ImageDamaged, load
from terminal.cards import ldt

OK, USAGE, CONFIGURATION = 0, 2, 3
_DASH = "—"


def main(arguments: list[str] | None = None) -> int:
    """Run ``yibao-card``."""
    return told(lambda: _main(arguments))


def _main(arguments: list[str] | None) -> int:
    wanted = _parser().parse_args(arguments)
    try:
        return int(wanted.run(wanted))
    except OperatorError as error:
        print(f"{error.say('zh')}\n{error.say('en')}", file=sys.stderr)
        return CONFIGURATION


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yibao-card", description="模拟卡 / simulated cards")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    make = commands.add_parser("make", help="按名册制卡 / make the cards of a roster, and their PSAM")
    make.add_argument("roster", type=Path, metavar="ROSTER", help="名册 / roster: .toml, .csv, .dbf")
    make.add_argument("--dir", type=Path, required=True, help="目标文件夹 / folder for the images")
    make.add_argument("--seed", default="yibao", help="密钥种子 / seed of the simulated keys; cards and PSAM of one seed fit")
    make.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="收款台设置，取其 [psam.keys] / a till's settings: its [psam.keys] is the PSAM's table",
    )
    make.set_defaults(run=_make)
    show = commands.add_parser("show", help="查看卡 / look at a card")
    show.add_argument("image", type=Path, metavar="IMAGE")
    show.add_argument("--json", action="store_true")
    show.set_defaults(run=_show)
    proof = commands.add_parser("proof-key", help="卡的 TAC 密钥 / what a card makes its TACs with, for the ledger that checks them")
    proof.add_argument("image", type=Path, metavar="IMAGE")
    proof.set_defaults(run=_proof_key)
    serve = commands.add_parser("serve", help="接入 pcscd / serve cards to the real PC/SC service")
    serve.add_argument("images", type=Path, nargs="+", metavar="IMAGE", help="CARD PSAM: 依次占用相邻端口 / at consecutive ports")
    serve.add_argument("--vpcd", action="store_true", required=True, help="虚拟读卡器 / behind the virtual reader")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=vpcd.PORT)
    serve.add_argument("--delay-ms", type=int, default=0, help="每条命令的延时 / how long each command takes")
    serve.set_defaults(run=_serve)
    return parser


def _make(wanted: argparse.Namespace) -> int:
    for path in personalise.make(wanted.roster, wanted.dir, seed=wanted.seed, keys=_key_table(wanted.settings)):
        print(path)
    return OK


def _key_table(settings: Path | None) -> personalise.KeyTable:
    """Return the key table of a till's settings, without one the published table. Raises as :meth:`config.settings.Settings.load`."""
    if settings is None:
        return ldt.KEYS
    from config.settings import Settings  # noqa: PLC0415 - cards are made without settings far more often

    return {name: ldt.Key(key.card_key, key.purpose, key.psam_key) for name, key in Settings.load(settings).psam.keys.items()}


def _show(wanted: argparse.Namespace) -> int:
    image = _image(wanted.image)
    if image.kind == "psam":
        print(json.dumps({"psam": image.terminal_number}) if wanted.json else f"PSAM {image.terminal_number}")
        return OK
    shown = contents(image)
    if wanted.json:
        print(json.dumps(shown, ensure_ascii=False))
        return OK
    record = shown["allowance"]
    amount = _DASH if record["amount_fen"] is None else f"￥{format_yuan(record['amount_fen'])}"
    generation, counter, not_after = (_DASH if record[key] is None else record[key] for key in ("generation", "counter", "not_after"))
    tags = " ".join(_DASH if tag is None else f"{tag:04X}" for tag in record["tags"])
    print(f"{shown['psn_name']}  {shown['card_no']}  PIN {shown['pin_tries_left']}")
    print(f"{amount}  {generation}‖{counter}  ≤ {not_after}  {tags}")
    return OK


def _proof_key(wanted: argparse.Namespace) -> int:
    image = _image(wanted.image)
    key = bytes.fromhex(image.keys[ldt.key_place("DTKDF04")])
    print(crypto.proof_key(key, crypto.Algorithm(image.algorithm)).hex().upper())
    return OK


def _image(path: Path) -> CardImage:
    try:
        return load(path)
    except OSError as error:
        raise ImageUnreadable(file=str(path), reason=error.strerror or type(error).__name__) from error
    except ImageDamaged as error:
        raise ImageUnreadable(file=str(path), reason=str(error)) from error


def _serve(wanted: argparse.Namespace) -> int:
    for path in wanted.images:
        _image(path)
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    vpcd.serve(wanted.images, vpcd.Place(wanted.host, wanted.port, wanted.delay_ms / 1000), end)
    return OK
