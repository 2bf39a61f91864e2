"""What a restored centre takes from a till: only what it lost, only under its own signature, once, and as it had answered it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from nhsa import extension
from nhsa.settlement import SetlInfo
from tests.clearing.counter import ACCOUNT_FEN, OTHER_SHOP, Counter, Office, debit, on_card, sale, seen

HEADS = [f"{number:064x}" for number in range(10)]
AT = "2026-03-02 09:00:00"
BOUGHT = sale(30_50)


class Loss:
    """A centre that has signed five records of till 01, and the same one restored to when it knew three."""

    def __init__(self, folder: Path) -> None:
        self.true, self.restored = Office(folder / "true"), Office(folder / "restored")
        for office in (self.true, self.restored):
            signed(office.counter(), 3)
        self.counter, self.told_to = self.true.counter(), self.restored.counter()
        self.checkpoint = signed(self.counter, 5, 3)

    def tell(self, lost: extension.LostSettlement | extension.LostGrant, **members: object) -> Any:  # noqa: ANN401 - an answer
        """Tell the restored centre what was lost; return what became of it."""
        output: dict[str, Any] = self.told_to.output("YX06", self.content(lost, **members))
        return output["refill"]["state"]

    def refusal(self, lost: extension.LostSettlement | extension.LostGrant, *, by: Counter | None = None, **members: object) -> str:
        """Tell it what it does not take; return its words."""
        return (by or self.told_to).refusal("YX06", self.content(lost, **members))

    def content(self, lost: extension.LostSettlement | extension.LostGrant, **members: object) -> dict[str, Any]:
        """Return a refill as it is sent."""
        name = "settlement" if isinstance(lost, extension.LostSettlement) else "grant"
        checkpoint = self.checkpoint.model_copy(update=members)
        return {"data": extension.Refill.model_validate({"checkpoint": checkpoint, name: lost}).model_dump()}

    def sold(self, content: Mapping[str, Any] = BOUGHT) -> extension.LostSettlement:
        """Sell before the loss; return what the till keeps of it."""
        msgid = self.counter.new_msgid()
        return kept("2102", msgid, content, self.counter.sell(dict(content), msgid=msgid))

    def granted(self) -> extension.LostGrant:
        """Refresh Anna's card before the loss; return what the till keeps of it."""
        read = on_card(0, 0, 0)
        grant = self.counter.refresh(read)
        self.counter.show(on_card(grant.generation, 1, grant.grant_fen))
        return extension.LostGrant(**seen(read), generation=grant.generation, grant_fen=grant.grant_fen, at=AT, seen=True)

    def moved(self, office: Office) -> tuple[object, ...]:
        """Return what a centre has settled, and where Anna's money is."""
        rows = [{**row, "figures": None} for row in office.ledger()["settlements"]]
        return rows, office.available_fen(), office.open_fen(), office.person()["ledger_fen"]


def kept(infno: str, msgid: str, content: Mapping[str, Any], settled: SetlInfo) -> extension.LostSettlement:
    """Return what a till keeps of an answer."""
    figures = asdict(settled.figures())
    return extension.LostSettlement.model_validate(
        {"infno": infno, "msgid": msgid, "input": json.dumps(content), "figures": figures, "setl_id": settled.setl_id,
         "mdtrt_id": settled.mdtrt_id, "setl_time": AT}
    )  # fmt: skip


def signed(counter: Counter, count: int, known: int = 0) -> extension.Checkpoint:
    """Have the centre sign a journal of so many records."""
    place = {"till": "01", "epoch": 1, "count": count, "head": HEADS[count]}
    told = extension.ChainTold.model_validate({**place, "known_count": known, "known_head": HEADS[known] if known else ""})
    chain = counter.output("YX04", {"data": told.model_dump()})["chain"]
    assert "kept" == chain["verdict"]
    return extension.Checkpoint.model_validate({**place, "signed_time": chain["signed_time"], "signature": chain["signature"]})


@pytest.fixture
def loss(tmp_path: Path) -> Loss:
    """Return a loss."""
    return Loss(tmp_path)


def test_a_sale_is_booked_as_it_was_answered(loss: Loss) -> None:
    """Its number, its money, once; the next sale gets a number that was never used."""
    lost = loss.sold()

    assert ["booked", "there"] == [loss.tell(lost) for _ in range(2)]
    assert loss.moved(loss.true) == loss.moved(loss.restored)
    assert ACCOUNT_FEN - 30_50 == loss.restored.available_fen()
    assert lost.setl_id < loss.told_to.sell(sale(1_00)).setl_id


def test_a_grant_and_the_off_line_sale_behind_it(loss: Loss) -> None:
    """The sale waits for its grant, which another till may have to tell."""
    grant = loss.granted()
    lost = loss.sold(sale(30_50, debit=debit(grant.generation, 1, 30_50)))

    assert "该卡的脱机额度尚未补记" == loss.refusal(lost)
    assert ["booked", "there", "booked"] == [loss.tell(one) for one in (grant, grant, lost)]
    assert loss.moved(loss.true) == loss.moved(loss.restored)


def test_a_reversal_and_one_of_what_is_not_there(loss: Loss) -> None:
    """A sale and its reversal come back as a pair; a reversal of something that nobody tells has nothing to release."""
    msgid, sold = loss.counter.new_msgid(), loss.counter.sell(dict(BOUGHT))
    content = {"data": {"psn_no": sold.psn_no, "setl_id": sold.setl_id, "mdtrt_id": sold.mdtrt_id}}
    back = kept("2103", msgid, content, SetlInfo.model_validate(loss.counter.output("2103", content, msgid=msgid)["setlinfo"]))
    told = loss.tell(back)
    first = loss.true.ledger()["settlements"][0]["msgid"]

    assert "nothing" == told
    assert ["booked", "booked", "there"] == [loss.tell(one) for one in (kept("2102", first, BOUGHT, sold), back, back)]
    assert loss.moved(loss.true) == loss.moved(loss.restored)


def test_only_under_the_signature_of_a_loss(loss: Loss) -> None:
    """Another count, another institution, a centre that lost nothing: nothing is booked."""
    lost = loss.sold()
    forged = "检查点不是本中心签名的，不能补记"

    assert forged == loss.refusal(lost, count=6)
    assert forged == loss.refusal(lost, by=loss.restored.counter(shop=OTHER_SHOP))
    assert "本中心没有丢失该收银台的记录，不能补记" == loss.refusal(lost, by=loss.counter)
    assert [] == loss.restored.ledger()["settlements"]


def test_what_was_taken_meanwhile_is_not_taken_again(loss: Loss) -> None:
    """A number that is another's by now, money that is spent, and figures that are none: refused in words."""
    lost, grant = loss.sold(), loss.granted()
    loss.told_to.sell(sale(ACCOUNT_FEN))
    other = lost.model_copy(update={"setl_id": lost.setl_id[:-2] + "77"})

    assert "结算流水号已是另一笔结算的，不能补记" == loss.refusal(lost)
    assert ["账户余额不足，不能补记"] * 2 == [loss.refusal(other), loss.refusal(grant)]
    assert "补记的金额项目不正确" == loss.refusal(other.model_copy(update={"figures": {"none": 1}}))
    assert "补记的原报文不正确" == loss.refusal(other.model_copy(update={"input": "["}))
    assert loss.restored.ledger()["balanced"]
