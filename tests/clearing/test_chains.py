"""The handshake: a journal goes on from where the centre knows it; an older copy and a second one are noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearing import cli
from nhsa import extension
from tests.clearing.counter import OTHER_SHOP, SHOP, Counter, Office

HEADS = [f"{number:064x}" for number in range(10)]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre."""
    return Office(tmp_path / "books")


def told(count: int, head: str, *, epoch: int = 1, known: int = 0, proof: str = "") -> extension.ChainTold:
    """Return what the sender of till 01 tells."""
    return extension.ChainTold(till="01", epoch=epoch, count=count, head=head, known_count=known, known_head=proof)


def shake(counter: Counter, what: extension.ChainTold, key: str) -> tuple[str, int]:
    """Tell it, and return the verdict with the place that the centre knows; what is kept is signed."""
    answer = extension.read_chain(counter.output("YX04", {"data": what.model_dump()}), key, what, counter.shop)
    return answer.verdict, answer.count


def test_a_journal_goes_on_from_where_it_is_known(office: Office) -> None:
    """New, the same again, and grown with the proof that what is known is a part of it."""
    counter = office.counter()
    key = counter.sign_in().public_key

    assert ("kept", 0) == shake(counter, told(0, HEADS[0]), key)
    assert ("prove", 0) == shake(counter, told(3, HEADS[3]), key)
    assert ("kept", 3) == shake(counter, told(3, HEADS[3], proof=HEADS[0]), key)
    assert ("kept", 3) == shake(counter, told(3, HEADS[3]), key)
    assert ("prove", 3) == shake(counter, told(5, HEADS[5]), key)
    assert ("kept", 5) == shake(counter, told(5, HEADS[5], known=3, proof=HEADS[3]), key)


def test_an_older_copy_and_an_older_epoch_are_behind(office: Office) -> None:
    """They say nothing that could be kept; a restore that opened the next epoch goes on."""
    counter = office.counter()
    key = counter.sign_in().public_key
    shake(counter, told(5, HEADS[5]), key)

    assert ("behind", 5) == shake(counter, told(4, HEADS[4]), key)
    assert ("kept", 4) == shake(counter, told(4, HEADS[6], epoch=2), key)
    assert ("behind", 4) == shake(counter, told(9, HEADS[9], known=5, proof=HEADS[5]), key)


def test_two_live_journals_both_stop_until_one_is_enrolled(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """Other heads at one count, or a proof that is none: nobody goes on, not even the first, before a supervisor has chosen."""
    counter = office.counter()
    key = counter.sign_in().public_key
    shake(counter, told(5, HEADS[5]), key)
    command = ["enrol-till", "--data-dir", str(office.directory), "--fixmedins-code", SHOP, "--till", "01"]

    assert ("forked", 5) == shake(counter, told(5, HEADS[6]), key)
    assert ("forked", 5) == shake(counter, told(5, HEADS[5]), key)
    assert (0, 1) == (cli.main(command), cli.main(command))
    assert "enrolled anew" in capsys.readouterr().out
    assert ("kept", 5) == shake(counter, told(5, HEADS[6]), key)
    assert ("forked", 5) == shake(counter, told(7, HEADS[7], known=5, proof=HEADS[5]), key)


def test_a_checkpoint_is_signed_for_one_till_and_one_place(office: Office) -> None:
    """Moved to another institution, till or count it does not hold; another institution's till is another chain."""
    counter, other = office.counter(), office.counter(shop=OTHER_SHOP)
    key = counter.sign_in().public_key
    what = told(3, HEADS[3])
    output = counter.output("YX04", {"data": what.model_dump()})

    assert "kept" == extension.read_chain(output, key, what, SHOP).verdict
    for moved, shop in ((what, OTHER_SHOP), (told(4, HEADS[3]), SHOP), (told(3, HEADS[4]), SHOP), (told(3, HEADS[3], epoch=2), SHOP)):
        with pytest.raises(extension.NotSigned):
            extension.read_chain(output, key, moved, shop)
    assert ("kept", 1) == shake(other, told(1, HEADS[1]), key)
