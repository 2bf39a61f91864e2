"""200,000 products from one file: the memory for them does not grow out of proportion, and what is found is what a scan finds."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest

from offline_queue.catalogue import Catalogue
from tests.goods.shelf import HEADER, codes
from tests.goods.test_search import FORMS, STEMS

FEW, MANY = 20_000, 200_000
TIMES_MAX = 3
"""It is 2.2 times: a program of 100 MB, and the products once, which are laid out by how often they are sold."""
NAMES = [f"{first}{second}{form}" for first in STEMS.split() for second in STEMS.split() for form in FORMS.split()]
QUERIES = ("阿莫西林", "amxl", "清瘟颗粒", "fflh", "G0123", "G199999", "西林 ", "维生素缓释丸", "没有这个")
PROGRAM = """
import resource, sys
from terminal.cli import main
code = main(sys.argv[1:])
sys.stderr.write(f"\\n{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\\n")
sys.exit(code)
"""
"""``yibao``, and at its end the most memory that it had."""


def exported(path: Path, count: int) -> Path:
    """Write a file as a shop exports it: names that share their parts, in the GBK of its programs."""
    names = itertools.cycle(NAMES)
    rows = (f"G{number:06d},{next(names)}{number % 97}号,{number % 900 + 1}.50,甲,国药准字" for number in range(count))
    path.write_text("\n".join((HEADER, *rows, "")), encoding="gbk")
    return path


def imported(file: Path, till: Path) -> int:
    """Import a file; return the most memory that it took."""
    command = [sys.executable, "-c", PROGRAM, "catalogue", "import", str(file), "--data-dir", str(till), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert 0 == done.returncode, done.stderr
    assert "GB18030" in done.stdout
    assert {"schema"} <= json.loads(done.stdout).keys()
    return int(done.stderr.split()[-1])


@pytest.mark.timeout(240)
def test_a_large_file_is_imported_and_searched_as_a_small_one(tmp_path: Path) -> None:
    """Ten times the lines take at most three times the memory, and the index answers what looking at every product does."""
    few = imported(exported(tmp_path / "few.csv", FEW), tmp_path / "small")
    many = imported(exported(tmp_path / "many.csv", MANY), tmp_path / "large")

    assert many < TIMES_MAX * few
    with Catalogue(tmp_path / "large") as catalogue:
        assert MANY == len(catalogue)
        for query in QUERIES:
            assert codes(catalogue.scan(query)) == codes(catalogue.find(query)), query
        assert codes(catalogue.find("阿莫西林"))
