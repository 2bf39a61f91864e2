"""The goods of an open till: an import reaches it, a missing catalogue may come later, a damaged one is told and stops nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from offline_queue.catalogue import NAME
from terminal.screen.cashier.shelf import Shelf
from terminal.screen.cashier.showing import view_of
from terminal.screen.orders import SaveDraft
from tests.goods.shelf import item
from tests.screen.cashier.alone import Alone, stock

OLD, NEW = item("A1", "演示片", barcodes=("2000000000015",), pric_e6=1_000_000), item("A2", "演示丸", trac_required=False)


def break_up(directory: Path, *, keep: int) -> None:
    """Put a file there that is damaged from byte ``keep`` on."""
    whole = (directory / NAME).read_bytes()
    (directory / "new.db").write_bytes(whole[:keep] + b"\xaa" * (len(whole) - keep))
    (directory / "new.db").replace(directory / NAME)


@pytest.fixture
def counter(tmp_path: Path) -> Alone:
    """Return a counter that was opened over a small catalogue."""
    stock(tmp_path, OLD)
    return Alone(tmp_path)


def test_an_import_reaches_the_open_till(counter: Alone, tmp_path: Path) -> None:
    """From the next scan on; the old file's prices and its word on codes are gone with it."""
    counter.scan("A1")
    before = counter.till.selling.lacking(counter.till.bill.lines[0])
    stock(tmp_path, item("A1", "演示片", trac_required=False, pric_e6=2_000_000), NEW)
    assert counter.till.shelf.look()
    counter.scan("A2")

    assert ["A1", "A2"] == counter.goods
    assert (1, 0) == (before, counter.till.selling.lacking(counter.till.bill.lines[0]))
    assert not counter.till.shelf.look()


def test_an_emptied_scan_line_looks_for_an_import(counter: Alone, tmp_path: Path) -> None:
    """Nobody waits for the next look round."""
    stock(tmp_path, NEW)
    counter.till.mode.escape()
    counter.till.mode.type("演示")

    assert ["A2"] == [found.code for found in counter.till.selling.found]


def test_a_catalogue_may_come_after_the_start(tmp_path: Path) -> None:
    """Without one the till says how it is made; with one it sells."""
    counter = Alone(tmp_path)
    counter.scan("A1")
    without = counter.till.message[1]
    counter.till.mode.escape()
    stock(tmp_path, OLD)
    counter.till.shelf.look()
    counter.scan("A1")

    assert "yibao catalogue import" in without
    assert ["A1"] == counter.goods


def test_a_catalogue_that_goes_is_kept_in_hand(counter: Alone, tmp_path: Path) -> None:
    """A missing file replaces nothing: what was opened is open."""
    (tmp_path / NAME).unlink()
    counter.till.mode.escape()
    counter.scan("A1")

    assert ["A1"] == counter.goods


def test_damaged_while_it_is_open(counter: Alone, tmp_path: Path) -> None:
    """Somebody copies rubbish over it: told once with its code, the bill stands and is kept, and another file heals it."""
    counter.scan("A1")
    whole = (tmp_path / NAME).read_bytes()
    with (tmp_path / NAME).open("r+b") as file:
        file.seek(0)
        file.write(b"\xaa" * len(whole))
    shelf = Shelf(tmp_path)
    assert shelf.damaged is not None
    counter.till.shelf.look()
    rung = counter.rung
    counter.till.mode.type("y")
    counter.till.mode.type("s")
    view = view_of(counter.till, safe=False)

    assert (1, 1) == (rung, counter.rung)
    assert [] == counter.till.selling.found
    assert "catalogue.db" in view.message[0].text
    assert counter.till.last_words is not None
    assert "CATALOGUE-DAMAGED" == counter.till.last_words.code
    assert [SaveDraft(counter.till.bill)] == counter.orders()
    counter.till.mode.enter()
    assert ["A1"] == counter.goods
    stock(tmp_path, NEW)
    counter.till.mode.escape()
    counter.scan("A2")
    assert ["A1", "A2"] == counter.goods
    assert counter.till.shelf.damaged is None


def test_damaged_in_the_middle_is_found_by_a_keystroke(tmp_path: Path) -> None:
    """The file opens, and what is looked for lies on a page that does not read: the application goes on."""
    stock(tmp_path, *(item(f"A{number:04d}", f"演示{number}片") for number in range(800)))
    break_up(tmp_path, keep=(tmp_path / NAME).stat().st_size // 8)
    counter = Alone(tmp_path)
    opened = counter.till.shelf.stocked
    for text in ("演示7", "片", "a07", "0700"):
        counter.till.mode.type(text)
        counter.till.mode.escape()

    assert (True, False) == (opened, counter.till.shelf.stocked)
    assert 1 == counter.rung
    assert not counter.till.shelf.look()


def test_damaged_at_the_start_is_told_when_the_till_stands(tmp_path: Path) -> None:
    """It is not taken for missing, and a scan says the same."""
    (tmp_path / NAME).write_bytes(b"no catalogue" * 100)
    counter = Alone(tmp_path)
    counter.scan("2000000000015")

    assert counter.till.last_words is counter.till.shelf.damaged
    assert [] == counter.goods
