"""Answers that are whole and are not the centre's: the sender goes on, and believes none of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from nhsa import extension
from nhsa.outcome import Exchange, NotSent, Reply
from settlement.checkout.states import Settled
from tests.world.town.town import Town


def _nothing(answer: dict[str, Any]) -> None:
    answer["output"] = {}


def _other_key(answer: dict[str, Any]) -> None:
    signed = answer["output"]["signinoutb"]
    offer = json.loads(signed["exp_content"])
    signed["exp_content"] = json.dumps({**offer, "signature": "AAAA" + offer["signature"][4:]})


def test_what_was_put_off_once_is_never_surely_unsent() -> None:
    """The copy that was answered is refused for its sign-in, the other one is settled, the line is gone at the resend: it is asked for."""
    with Town("put off once", "idempotent", tills=("01",), roles=("first",)) as town:
        town.chance.calm = True
        (shop,) = town.shops
        carry, sent = shop.wire.carry, [0]

        def doubled(body: bytes) -> Exchange:
            if json.loads(body)["infno"] != "2102":
                return carry(body)
            sent[0] += 1
            if sent[0] > 1:
                return NotSent(why="ConnectError")
            answered = carry(body)
            assert isinstance(answered, Reply)
            refused = json.dumps({**json.loads(answered.body), "infcode": -1, "err_msg": "签到已失效，请重新签到", "output": None})
            return Reply(status=200, content_type="application/json", body=refused.encode(), retry_after="")

        shop.wire.carry = doubled  # type: ignore[method-assign]
        before = len(town.settlements_at_the_centre())
        town.sell(shop, "first", 100)
        shop.wire.carry = carry  # type: ignore[method-assign]
        town.settle(shop)

        assert sent[0] == 2
        # Once, and taken back where the goods were kept.
        assert sum(row["infno"] == "2102" for row in town.settlements_at_the_centre()) == before + 1
        assert [] == town.wrong(drained=True)


@pytest.mark.parametrize(("infno", "spoil"), [(extension.HOTLIST, _nothing), ("9001", _nothing), ("9001", _other_key)])
def test_the_sender_survives_what_is_not_the_centres(infno: str, spoil: Callable[[dict[str, Any]], None]) -> None:
    """The list that is held stays, nothing is sent under a sign-in that is none, and with true answers it sells again."""
    with Town("strange", "idempotent", tills=("01",), roles=("first",)) as town:
        town.chance.calm = True
        (shop,) = town.shops
        carry, strange = shop.wire.carry, [0]

        def spoilt(body: bytes) -> Exchange:
            answered = carry(body)
            if json.loads(body)["infno"] != infno:
                return answered
            assert isinstance(answered, Reply)
            answer = json.loads(answered.body)
            spoil(answer)
            strange[0] += 1
            return Reply(status=200, content_type=answered.content_type, body=json.dumps(answer).encode(), retry_after="")

        held = shop.journal.notes.sender_status()
        shop.wire.carry = spoilt  # type: ignore[method-assign]
        shop.start_sender()
        shop.clock.ticks += 700
        shop.send()
        after = shop.journal.notes.sender_status()
        shop.wire.carry = carry  # type: ignore[method-assign]
        shop.start_sender()
        shop.send()

        assert strange[0]
        assert (held.hotlist_version, held.hotlist_time) == (after.hotlist_version, after.hotlist_time)
        assert isinstance(town.sell(shop, "first", 100), Settled)
