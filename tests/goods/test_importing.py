"""Putting a catalogue in place: whole or not at all, under the feet of a till that reads."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from offline_queue import operating_system
from offline_queue.catalogue import NAME, Catalogue, line_of
from offline_queue.catalogue.errors import (
    CatalogueBusy,
    CatalogueDamaged,
    CatalogueExists,
    CatalogueMissing,
    CatalogueUnwritable,
)
from offline_queue.catalogue.importing import replace_catalogue
from settlement.bill import Line
from tests.goods.shelf import catalogue_of, codes, item

MANY = 3_000
_PATIENCE_S = 30.0
SMALL_DISK = f"""
import resource, signal, sys
from pathlib import Path
from offline_queue.catalogue.errors import CatalogueUnwritable
from tests.goods.test_importing import put

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    put(Path(sys.argv[1]), *(f"演示新片{{number}}" for number in range({MANY})), over=True)
except CatalogueUnwritable as error:
    print(type(error).__name__)
"""


def put(directory: Path, *names: str, over: bool = False) -> None:
    """Import products of these names."""
    goods = [item(f"A{number}", name) for number, name in enumerate(names)]
    replace_catalogue(directory, goods, {"source": "goods.csv"}, lambda _done, _total: None, over=over)


def test_a_till_that_is_open_reads_on_and_notices(tmp_path: Path) -> None:
    """The swap takes nothing from an open reader; it says that it is stale, and the next one reads the new goods."""
    put(tmp_path, "演示旧片", "演示旧丸")
    with Catalogue(tmp_path) as till:
        assert not till.stale()
        put(tmp_path, "演示新片", over=True)

        assert till.stale()
        assert ["A0", "A1"] == codes(till.find("演示旧"))
        assert () == till.check()
        with Catalogue(tmp_path) as reopened:
            assert not reopened.stale()
            assert [] == reopened.find("演示旧")
            assert ["A0"] == codes(reopened.find("演示新"))
            assert "goods.csv" == reopened.about["source"]


def test_an_import_of_the_same_goods_is_another_catalogue(tmp_path: Path) -> None:
    """A reader is stale after every import, also when size and content are the same."""
    put(tmp_path, "演示片")
    with Catalogue(tmp_path) as till:
        put(tmp_path, "演示片", over=True)

        assert till.stale()


def test_a_catalogue_that_is_gone_replaces_nothing(tmp_path: Path) -> None:
    """When somebody deletes the file, the till sells on from what it has."""
    put(tmp_path, "演示片")
    with Catalogue(tmp_path) as till:
        (tmp_path / NAME).unlink()

        assert not till.stale()
        assert ["A0"] == codes(till.find("演示"))


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    """Where there is a catalogue, an import says so and leaves it."""
    put(tmp_path, "演示旧片")
    with pytest.raises(CatalogueExists):
        put(tmp_path, "演示新片")

    with Catalogue(tmp_path) as catalogue:
        assert ["A0"] == codes(catalogue.find("旧"))
    assert [NAME, "catalogue.lock"] == sorted(path.name for path in tmp_path.iterdir())


def test_one_import_at_a_time(tmp_path: Path) -> None:
    """While another import holds the lock, this one is told to wait."""
    held = operating_system.lock(tmp_path / "catalogue.lock")
    assert held is not None
    with pytest.raises(CatalogueBusy):
        put(tmp_path, "演示片")
    operating_system.unlock(held)
    put(tmp_path, "演示片")

    assert (tmp_path / NAME).exists()


def test_a_full_disk_leaves_the_old_catalogue(tmp_path: Path) -> None:
    """When the new file does not fit, it goes, and the old one stays."""
    put(tmp_path, "演示旧片")
    # In a process of its own: the limit is the whole process's, and other tests' threads write in this one.
    command = [sys.executable, "-c", SMALL_DISK, str(tmp_path), "100000"]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert (0, "CatalogueUnwritable\n") == (done.returncode, done.stdout), done.stderr

    with Catalogue(tmp_path) as catalogue:
        assert ["A0"] == codes(catalogue.find("演示旧"))
    assert not (tmp_path / f"{NAME}.new").exists()


def test_a_directory_that_cannot_be(tmp_path: Path) -> None:
    """A file where the data directory should be is named as the cause."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(CatalogueUnwritable):
        put(tmp_path / "file" / "till", "演示片")


def test_an_import_that_is_killed(tmp_path: Path) -> None:
    """Killed at any moment, it leaves the old catalogue whole, and the next import clears up."""
    put(tmp_path, "演示旧片")
    program = (
        "import sys; from pathlib import Path; from tests.goods.test_importing import put\n"
        f"put(Path(sys.argv[1]), *(f'演示新片{{n}}' for n in range({5 * MANY})), over=True)"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=Path(__file__).parents[2])
    fresh = tmp_path / f"{NAME}.new"
    until = time.monotonic() + _PATIENCE_S
    while not (fresh.exists() and fresh.stat().st_size) and time.monotonic() < until:
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()

    assert fresh.exists()
    with Catalogue(tmp_path) as catalogue:
        assert ["A0"] == codes(catalogue.find("演示旧"))
    put(tmp_path, "演示新片", over=True)
    assert not fresh.exists()
    with Catalogue(tmp_path) as catalogue:
        assert ["A0"] == codes(catalogue.find("演示新"))


def test_there_is_none(tmp_path: Path) -> None:
    """Without a catalogue, or without the directory, the counter is told to import one."""
    for directory in (tmp_path, tmp_path / "none"):
        with pytest.raises(CatalogueMissing):
            Catalogue(directory)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(4096)])
def test_a_file_that_is_none_of_ours(tmp_path: Path, content: bytes) -> None:
    """Whatever lies under the name and is no catalogue is called damaged, with the cure."""
    (tmp_path / NAME).write_bytes(content)

    with pytest.raises(CatalogueDamaged, match="--replace"):
        Catalogue(tmp_path)


def test_a_folder_under_its_name(tmp_path: Path) -> None:
    """Even a folder in its place is no crash."""
    (tmp_path / NAME).mkdir()

    with pytest.raises(CatalogueDamaged):
        Catalogue(tmp_path)


def test_another_format(tmp_path: Path) -> None:
    """A catalogue of another version is imported anew and never half understood."""
    catalogue_of(tmp_path, [item()]).close()
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes().replace(b"format2", b"format9"))

    with pytest.raises(CatalogueDamaged, match="format 9 ≠ 2"):
        Catalogue(tmp_path)


def test_a_file_that_is_cut_while_it_is_read(tmp_path: Path) -> None:
    """Somebody who copies over an open catalogue gets an error to read, and the till goes on running."""
    goods = [item(f"A{number}", f"演示片{number}") for number in range(MANY)]
    with catalogue_of(tmp_path, goods) as till:
        os.truncate(tmp_path / NAME, 8192)

        with pytest.raises(CatalogueDamaged):
            till.check()
        with pytest.raises(CatalogueDamaged):
            till.scan("2999", 1)


def test_an_item_becomes_a_line() -> None:
    """A bill line has everything of the item; a discount keeps the price before it; a box may name its own batch."""
    one = item(
        "B7",
        "演示片",
        spec="12片",
        prodentp_name="演示一厂",
        chrgitm_lv="02",
        selfpay_prop_e4=1000,
        manu_lotnum="YS1",
        expy_end="2028-02-29",
    )
    plain = Line(
        feedetl_sn="1",
        medins_list_codg="B7",
        name="演示片",
        cnt_e4=20_000,
        pric_e6=12_300_000,
        chrgitm_lv="02",
        selfpay_prop_e4=1000,
        goods_kind="国药准字",
        spec="12片",
        prodentp_name="演示一厂",
        manu_lotnum="YS1",
        expy_end="2028-02-29",
    )
    box = ("8" * 20,)

    assert plain == line_of(one, feedetl_sn="1", cnt_e4=20_000) == line_of(one, feedetl_sn="1", cnt_e4=20_000, charged_e6=12_300_000)
    discounted = replace(plain, pric_e6=10_000_000, full_pric_e6=12_300_000, rxno="R1", drug_trac_codg=box)
    assert discounted == line_of(one, feedetl_sn="1", cnt_e4=20_000, charged_e6=10_000_000, rxno="R1", drug_trac_codg=box)
    boxed = replace(plain, manu_lotnum="YS2", expy_end="2029-01-31")
    assert boxed == line_of(one, feedetl_sn="1", cnt_e4=20_000, manu_lotnum="YS2", expy_end="2029-01-31")
