"""Make the frozen journal of this release: ``python -m tests.journal.freeze``.

A real counter beside a real centre: on-line sales, one voided, a refresh, cash slips, one of them settled later, a bill put
aside, a day closed; then a request that is lost, an off-line sale that waits, and a card that is pulled while it is written. The
files are taken while till and sender have them open, so the last records are in the log, as a crash leaves them. The key is a
development key, and everybody in it is invented.
"""

from __future__ import annotations

import json
import os
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from settlement.checkout.states import LeftInDoubt, PaidInCash, Sale, Settled, State
from settlement.reversal import Voided
from terminal import catch_up, headless_day, later
from terminal.headless_person import HeadlessPerson, Pipe
from terminal.person import Answer
from tests.journal.frozen_journals import FILES, FROZEN, written_down
from tests.world.shop import Say, Shop

ROOT = Path(__file__).parents[2]
PULL = {"write": 2, "when": "after"}
"""In the middle of the writes of an off-line sale."""
LINE = {"name": "演示片", "price": "3.00", "class": "01", "first_pay_ratio": "0", "kind": "国药准字", "code": "A001"}
CASH: dict[str, list[Say]] = {"Quoted": [Answer.CASH], "SelfPayOffered": [Answer.CASH]}
LEFT: dict[str, list[Say]] = {"DoubtOpen": [Answer.LEAVE]}
Ended = TypeVar("Ended")


def release() -> str:
    """Return the release that this checkout is: the first two parts of its version."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return ".".join(version.split(".")[:2])


def freeze(target: Path) -> dict[str, Any]:
    """Write the archive and what it comes to into ``target``; return the latter."""
    name = release()
    with tempfile.TemporaryDirectory() as work, Shop(Path(work) / "stage") as shop:
        _live_through(shop)
        shop.stop_sender()
        told = {"release": name, **written_down(shop.counter.journal)}
        directory = shop.counter.journal.directory
        target.mkdir(exist_ok=True)
        with tarfile.open(target / f"{name}.tar.gz", "w:gz") as archive:
            for file in FILES:
                archive.add(directory / file, arcname=file, filter=_owned_by_nobody)
        shop.start_sender()
    (target / f"{name}.json").write_text(f"{json.dumps(told, ensure_ascii=False, indent=1)}\n", encoding="utf-8")
    return told


def _live_through(shop: Shop) -> None:
    _is(Settled, shop.sell("first", "12.50"))
    voided = _is(Settled, shop.sell("second", "7.00"))
    assert isinstance(shop.void("second", voided.subject), Voided)
    _is(PaidInCash, shop.sell("lost", "4.00", answers=CASH))
    slip = _is(PaidInCash, shop.sell("second", "6.00", answers=CASH))
    shop.settle_down()
    _redeem(shop, "second", slip.subject)
    person = HeadlessPerson(Pipe(0, os.open(os.devnull, os.O_WRONLY)))
    for message in ({"do": "hold", "lines": [LINE]}, {"do": "close", "counted_fen": 1000}):
        assert "Failed" != headless_day.serve(message, shop.counter, person)["end"]
    _is(Settled, shop.sell("torn", "5.00"))
    _is(Settled, shop.sell("killed", "5.00"))
    shop.counter.journal.enquiries.ask("1101", {"content": {}, "insuplc_admdvs": ""}, patience_s=0.1)
    shop.settle_down()
    # What is above lies in the database, what is below in the log.
    shop.counter.journal.store.forget_log()
    shop.sign_in_anew()
    shop.stage.bend_line({"mode": "drop-request", "infno": "2102"})
    _is(LeftInDoubt, shop.sell("lost", "9.00", answers={"DoubtOpen": [Answer.GOODS_OUT, Answer.LEAVE]}))
    shop.cut()
    _is(Settled, shop.sell("first", "1.50"))
    _is(LeftInDoubt, shop.sell("torn", "2.50", fault=PULL, answers=LEFT))
    _is(PaidInCash, shop.sell("elsewhere", "2.00", answers=CASH))
    catch_up.run(shop.counter, shop.driver)


def _redeem(shop: Shop, role: str, slip: str) -> None:
    shop.insert(role)
    shop._ready([shop.stage.cast[role].pin], None)
    sale = later.sale_of(shop.counter, slip)
    assert isinstance(sale, Sale), sale
    _is(Settled, shop.driver.sell(sale))


def _is(kind: type[Ended], ended: State) -> Ended:
    assert isinstance(ended, kind), ended
    return ended


def _owned_by_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


if __name__ == "__main__":
    found = freeze(FROZEN)
    sys.stdout.write(f"{found['release']}: {found['count']} records, {len(found['open'])} open, {len(found['owed'])} owed\n")
