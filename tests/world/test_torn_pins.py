"""The card is pulled before, during and after each APDU of a change of its PIN and of its activation: torn is told from wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from offline_queue.journal.verify import verify
from settlement.errors import OperatorError, Refusal
from simulator import image
from simulator.personalise import card_of
from simulator.slot import WHENS
from simulator.tear import MENDS
from terminal import pin_change
from terminal.cards.errors import PinBlocked, PinInitial, PinTorn, PinWrong
from terminal.cards.ldt import card_no_check
from terminal.pin_office import ALREADY_ACTIVE, OLD_CARD_OF_ANOTHER, OLD_CARD_READ, PinOffice
from tests.world.shop import Shop

NEW, INITIAL, CHOSEN, WRONG = "975310", "123456", "739154", "000001"
CHANGE_APDUS, ACTIVATION_APDUS = 9, 10
"""Proof and name, the application, the right PIN, the change; an activation verifies the new PIN as well."""
COMMAND = 9
"""The command that changes the PIN."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return one shop for the whole file."""
    with Shop(tmp_path_factory.mktemp("pins") / "stage", exchange_s=3) as shop:
        yield shop


@pytest.fixture
def shop(opened: Shop) -> Iterator[Shop]:
    """Return the shop; the cards are as they were afterwards, and nothing is open."""
    images = {path: path.read_bytes() for path in (opened.stage.directory / "cards").iterdir() if path.suffix == ".card"}
    yield opened
    for path, held in images.items():
        path.write_bytes(held)


def change(shop: Shop, role: str, *pins: str, fault: dict[str, object] | None = None) -> OperatorError | Refusal | None:
    """Change the PIN of a card."""
    shop.insert(role, fault=fault)
    shop.script.pins = list(pins)
    return pin_change.change(shop.counter, shop.script)


def activate(shop: Shop, *pins: str, fault: dict[str, object] | None = None) -> OperatorError | Refusal | None:
    """Activate the new card."""
    shop.insert("visitor", fault=fault)
    shop.script.pins = list(pins)
    return PinOffice(shop.counter, shop.script).activate()


def tried(shop: Shop, role: str, pin: str) -> OperatorError | Refusal | None:
    """Type a PIN at this till; return what is said of it."""
    shop.insert(role)

    def prove(work: pin_change.Work) -> None:
        initial = pin_change.proved(work, bytearray(pin.encode()))
        if initial is not None:
            raise initial

    return pin_change.with_card(shop.counter, prove)


def at_another_till(shop: Shop, role: str, pin: str) -> bool:
    """Whether the card takes this PIN where nothing is known of what happened here."""
    shop.insert(role)
    card = shop.counter.open_card()
    try:
        card.identify()
        card.verify_pin(bytearray(pin.encode()))
    except PinInitial:
        return True
    except PinWrong:
        return False
    finally:
        card.close()
    return True


def intents(shop: Shop) -> list[tuple[str, str]]:
    """Return what the journal holds of PINs since the last look: kind and work, or how it ended."""
    count, _ = shop.counter.journal.tip()
    seen = getattr(shop, "pins_seen", 0)
    records = shop.counter.journal.records_after(seen, count - seen)
    shop.pins_seen = count  # type: ignore[attr-defined]
    return [(record.kind, record.body.get("work") or record.body["held"]) for record in records if record.kind.startswith("pin_")]


def open_pins(shop: Shop, role: str) -> int:
    """Return how many changes of this person's PIN have no end."""
    return len(shop.counter.journal.open_pins(shop.stage.cast[role].certno))


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("apdu", range(1, CHANGE_APDUS + 1))
def test_pulled_in_a_change(shop: Shop, apdu: int, when: str) -> None:
    """Before the command there is no intent and the old PIN holds; at it, either holds, and a wrong PIN is told from a torn change."""
    intents(shop)
    old = shop.stage.cast["torn"].pin
    why = change(shop, "torn", old, NEW, NEW, fault={"apdu": apdu, "when": when})
    torn = apdu == COMMAND
    holds = NEW if torn and when != "before" else old

    assert isinstance(why, OperatorError)
    assert ("CARD-PIN-UNCERTAIN" if torn else "CARD-GONE") == why.code
    assert ([("pin_intended", "change")] if torn else []) == intents(shop)
    assert torn == open_pins(shop, "torn")
    # Another till takes what holds, and closes nothing here.
    assert at_another_till(shop, "torn", holds)
    assert torn == open_pins(shop, "torn")
    wrong = tried(shop, "torn", old if holds == NEW else NEW)
    assert isinstance(wrong, PinTorn if torn else PinWrong)
    assert torn == isinstance(wrong, PinTorn)
    assert tried(shop, "torn", holds) is None
    assert ([("pin_ended", "right")] if torn else []) == intents(shop)
    assert 0 == open_pins(shop, "torn")
    # And from then on a wrong one is only wrong.
    assert type(tried(shop, "torn", WRONG)) is PinWrong


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("apdu", range(1, ACTIVATION_APDUS + 1))
def test_pulled_in_an_activation(shop: Shop, apdu: int, when: str) -> None:
    """The initial PIN is known, so what the card has afterwards is known as soon as a right one is given."""
    intents(shop)
    why = activate(shop, INITIAL, CHOSEN, CHOSEN, fault={"apdu": apdu, "when": when})
    torn, done = apdu == COMMAND, apdu > COMMAND
    holds = CHOSEN if done or (torn and when != "before") else INITIAL

    assert isinstance(why, OperatorError)
    expected = [("pin_intended", "activation"), *([("pin_ended", "new")] if done else [])]
    assert (expected if torn or done else []) == intents(shop)
    assert torn == open_pins(shop, "visitor")
    said = tried(shop, "visitor", holds)
    assert isinstance(said, PinInitial) == (holds == INITIAL)
    assert ([("pin_ended", "old" if holds == INITIAL else "new")] if torn else []) == intents(shop)
    again = activate(shop, holds, CHOSEN, CHOSEN)
    assert (again.code if isinstance(again, Refusal) else "") == (ALREADY_ACTIVE.code if holds == CHOSEN else "")
    assert at_another_till(shop, "visitor", CHOSEN)


def test_a_wrong_pin_begins_nothing(shop: Shop) -> None:
    """It costs a try and leaves no intent, for a change and for an activation."""
    intents(shop)
    first = change(shop, "torn", WRONG, NEW, NEW)
    second = activate(shop, WRONG, CHOSEN, CHOSEN)

    assert (type(first), type(second)) == (PinWrong, PinWrong)
    assert [] == intents(shop)


def test_an_issued_pin_at_a_card_that_is_active_elsewhere(shop: Shop) -> None:
    """It costs a try, as the card's own answer, and is told from a typing error; the PIN that was chosen there is recognised."""
    shop.insert("visitor")
    card = shop.counter.open_card()
    card.identify()
    card.change_pin(bytearray(INITIAL.encode()), bytearray(CHOSEN.encode()))
    card.close()
    issued, other, right = activate(shop, INITIAL), activate(shop, WRONG), activate(shop, CHOSEN)

    assert ["CARD-PIN-NOT-INITIAL", "CARD-PIN-WRONG", ALREADY_ACTIVE.code] == [why.code for why in (issued, other, right) if why]
    assert isinstance(issued, PinWrong)
    assert issued.tries_left == 2


def test_a_whole_change_and_activation(shop: Shop) -> None:
    """Intent and end stand in the journal, the sweeps above reach the last command, and no digit is kept."""
    intents(shop)
    old = shop.stage.cast["torn"].pin
    why = change(shop, "torn", old, NEW, NEW, fault={"apdu": CHANGE_APDUS + 1, "when": "before"})
    other = activate(shop, INITIAL, CHOSEN, CHOSEN, fault={"apdu": ACTIVATION_APDUS + 1, "when": "before"})

    assert (None, None) == (why, other)
    assert [("pin_intended", "change"), ("pin_ended", "new"), ("pin_intended", "activation"), ("pin_ended", "new")] == intents(shop)
    assert at_another_till(shop, "torn", NEW)
    assert at_another_till(shop, "visitor", CHOSEN)


def test_a_torn_change_survives_the_till(shop: Shop) -> None:
    """A restart finds it open: the same words at the next wrong PIN; derived tables and chain agree with the records."""
    old = shop.stage.cast["torn"].pin
    change(shop, "torn", old, NEW, NEW, fault={"apdu": COMMAND, "when": "before"})
    shop.reopen(Path.exists)

    assert isinstance(tried(shop, "torn", WRONG), PinTorn)
    assert () == verify(shop.counter.journal).faults
    assert [] == shop.counter.journal.open_subjects()
    assert tried(shop, "torn", old) is None
    assert 0 == open_pins(shop, "torn")
    assert () == verify(shop.counter.journal).faults


# --- the old card, and the office's key ---------------------------------------------------------------------


def put_in_old_card(shop: Shop, role: str) -> None:
    """Put a card of the first specification of this person into the reader."""
    player = shop.stage.cast[role]
    person = {"certno": player.certno, "psn_name": player.psn_name, "card_no": "OLD00001" + card_no_check("OLD00001")}
    held = card_of({**person, "card_sn": "990100D15600000500999999FFFFFFFF", "pin": "112233", "version": "1.00"}, shop.stage.seed)
    image.store(shop.stage.directory / "cards" / "old.card", held)
    shop.insert(role)
    slot = shop.stage.shops["east"].slot_dir / "slot.json"
    slot.write_text(slot.read_text(encoding="utf-8").replace(player.image, "old.card"), encoding="utf-8")


def test_the_old_card_then_the_new_one(shop: Shop) -> None:
    """The old one is evidence of who stands there, for one card of the same person; nothing is written to it."""
    office = PinOffice(shop.counter, shop.script)
    intents(shop)
    put_in_old_card(shop, "visitor")
    before = (shop.stage.directory / "cards" / "old.card").read_bytes()
    first = office.activate()
    shop.insert("torn")
    other = office.activate()
    put_in_old_card(shop, "visitor")
    office.activate()
    shop.insert("visitor")
    shop.script.pins = [INITIAL, CHOSEN, CHOSEN]
    second = office.activate()

    assert (OLD_CARD_READ.code, OLD_CARD_OF_ANOTHER.code) == tuple(why.code for why in (first, other) if why is not None)
    assert second is None
    count, _ = shop.counter.journal.tip()
    evidence = [record.body["evidence"] for record in shop.counter.journal.records_after(0, count) if record.kind == "pin_intended"]
    assert "old-card" == evidence[-1]
    assert before == (shop.stage.directory / "cards" / "old.card").read_bytes()


def test_the_old_card_pays_nothing(shop: Shop) -> None:
    """A sale by it is offered for cash, in words that say what it is good for."""
    put_in_old_card(shop, "visitor")
    shop.sell_inserted("1.00", pins=["112233"])

    assert ["CARD-OLD"] == shop.script.told


def test_unblocked_and_set_anew(shop: Shop) -> None:
    """By the office's key, under an intent; afterwards the card settles as before, or by the new PIN."""
    intents(shop)
    old = shop.stage.cast["torn"].pin
    office = PinOffice(shop.counter, shop.script)
    blocked = [type(tried(shop, "torn", WRONG)) for _ in range(3)]
    assert PinBlocked is blocked[-1]
    shop.insert("torn")
    assert office.unblock() is None
    assert at_another_till(shop, "torn", old)
    shop.script.pins = [NEW, NEW]
    shop.insert("torn")
    assert office.reload() is None

    ends = [("pin_intended", "unblock"), ("pin_ended", "new"), ("pin_intended", "reload"), ("pin_ended", "new")]
    assert ends == intents(shop)
    assert at_another_till(shop, "torn", NEW)


def test_a_torn_change_is_said_before_the_next_pin_is_typed(shop: Shop) -> None:
    """Which one to try first, and where to go when neither holds; once it came to an end nothing is said any more."""
    old = shop.stage.cast["torn"].pin
    change(shop, "torn", old, NEW, NEW, fault={"apdu": COMMAND, "when": "after"})
    shop.sell("torn", "1.00", pins=[old, NEW])
    first = list(shop.script.told)
    shop.sell("torn", "1.00", pins=[NEW])

    assert ["CARD-PIN-TORN-BEFORE", "CARD-PIN-TORN"] == first
    assert [] == shop.script.told


# --- every byte of the record ---------------------------------------------------------------------------------


PIN_BYTES = 3
"""Two digits to a byte: power may go before, between and after them."""


@pytest.mark.parametrize("mends", MENDS)
@pytest.mark.parametrize("byte", range(PIN_BYTES + 1))
@pytest.mark.parametrize("work", ["change", "activation"])
def test_power_goes_at_every_byte_of_a_pin(shop: Shop, work: str, byte: int, mends: str) -> None:
    """The card keeps the old one, the new one, or bytes of both: then neither is right, it is said where to go, and no third is tried."""
    intents(shop)
    role, old, new = ("torn", shop.stage.cast["torn"].pin, NEW) if work == "change" else ("visitor", INITIAL, CHOSEN)
    fault: dict[str, object] = {"apdu": COMMAND, "when": "during", "byte": byte, "mends": mends}
    why = change(shop, role, old, new, new, fault=fault) if work == "change" else activate(shop, old, new, new, fault=fault)
    place = {"old": 0, "new": PIN_BYTES, "mixed": byte}[mends]
    left = new[: 2 * place] + old[2 * place :]

    assert "CARD-PIN-UNCERTAIN" == (why.code if why else "")
    assert 1 == open_pins(shop, role)
    if left not in {old, new}:
        said = [tried(shop, role, new), tried(shop, role, old)]
        assert [PinTorn, PinTorn] == list(map(type, said))
        assert [2, 1] == [one.tries_left for one in said if isinstance(one, PinTorn)]
        assert all("发卡机构" in one.say("zh") for one in said if isinstance(one, PinTorn))
        assert 1 == open_pins(shop, role)
        shop.insert(role)
        shop.script.pins = [new, new]
        assert PinOffice(shop.counter, shop.script).reload() is None
        left = new
    said_of_right = tried(shop, role, left)
    assert isinstance(said_of_right, PinInitial) == (left == INITIAL)
    assert 0 == open_pins(shop, role)
    assert at_another_till(shop, role, left)
    assert type(tried(shop, role, WRONG)) is PinWrong
