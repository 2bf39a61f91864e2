"""``yibao catalogue`` at the command line: what it answers, what it says and how it exits."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from offline_queue import operating_system
from offline_queue.catalogue import NAME, Catalogue
from settlement.money import parse_scaled
from terminal.cli import main
from terminal.demo import goods
from terminal.demo.cast import shelf
from terminal.progress_bar import ProgressBar
from tests.goods.shelf import HEADER, LINE, codes

SHIPPED = Path(goods.__file__).with_name("goods.csv")
BAD = "A2,演示丸,十元,甲,国药准字"


def written(directory: Path, *lines: str, encoding: str = "utf-8") -> str:
    """Write a goods file and return its path."""
    path = directory / "goods.csv"
    path.write_text("\n".join((HEADER, *lines, "")), encoding=encoding)
    return str(path)


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run ``yibao catalogue … --json`` and return exit code and answer."""
    code = main(["catalogue", *arguments, "--json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


def test_import_and_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A good file is imported, its encoding is named, and the status tells it again."""
    file, till = written(tmp_path, LINE, encoding="gbk"), str(tmp_path / "till")
    assert 0 == main(["catalogue", "import", file, "--data-dir", till])
    out, err = capsys.readouterr()

    assert "编码 GB18030" in out
    assert "encoding GB18030" in out
    assert "" == err
    assert 0 == main(["catalogue", "status", "--data-dir", till])
    told = capsys.readouterr().out
    assert "商品 1 种" in told
    assert "1 products" in told
    code, answer = answered(capsys, "status", "--data-dir", till)
    assert 0 == code
    assert ("yibao.catalogue/1", "fine", "1", {"国药准字": 1}, []) == tuple(
        answer[key] for key in ("schema", "outcome", "items", "kinds", "faults")
    )


def test_import_answers_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The answer names encoding, counts, columns that were not used and kinds that no usual word covers."""
    path = tmp_path / "goods.csv"
    path.write_text(f"{HEADER},库存\n{LINE},5\nC1,演示粒,1,自费,中药配方颗粒,7\n", encoding="utf-8-sig")
    code, answer = answered(capsys, "import", str(path), "--data-dir", str(tmp_path / "till"))

    assert 0 == code
    assert ("imported", "UTF-8", 2, 0, []) == tuple(answer[key] for key in ("outcome", "encoding", "items", "bad_lines", "faults"))
    assert ["库存"] == answer["ignored_columns"]
    assert {"中药配方颗粒": 1} == answer["unknown_kinds"]


def test_all_or_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One bad line keeps all out; it is named with its cure in both languages, and nothing is left behind."""
    file, till = written(tmp_path, LINE, BAD), tmp_path / "till"
    assert 1 == main(["catalogue", "import", file, "--data-dir", str(till)])
    out, err = capsys.readouterr()

    assert "" == out
    assert "第 3 行 / line 3  零售价 “十元”  写成元" in err
    assert "Write yuan" in err
    assert "[CATALOGUE-LINES-BAD]" in err
    assert not till.exists()
    code, answer = answered(capsys, "import", file, "--data-dir", str(till))
    assert (1, "refused", "CATALOGUE-LINES-BAD") == (code, answer["outcome"], answer["error"]["code"])
    assert [(3, "零售价", "十元")] == [(fault["line"], fault["column"], fault["value"]) for fault in answer["faults"]]


def test_skip_bad(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Asked to, it imports the rest, lists the bad lines and says that it found some."""
    file, till = written(tmp_path, LINE, BAD), tmp_path / "till"
    assert 1 == main(["catalogue", "import", file, "--data-dir", str(till), "--skip-bad"])
    out, err = capsys.readouterr()

    assert "跳过 1 行" in out
    assert "line 3" in err
    with Catalogue(till) as catalogue:
        assert ["A1"] == codes(catalogue.find("演示"))
        assert "1" == catalogue.about["skipped"]


def test_skip_bad_with_nothing_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of bad lines alone never makes an empty catalogue."""
    code, answer = answered(capsys, "import", written(tmp_path, BAD), "--data-dir", str(tmp_path / "till"), "--skip-bad")

    assert (1, "CATALOGUE-LINES-BAD") == (code, answer["error"]["code"])
    assert not (tmp_path / "till" / NAME).exists()


def test_what_a_fault_shows_moves_no_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Control characters of the file reach the terminal as their numbers, and long values are cut."""
    file = written(tmp_path, "A1,演示\x1b[2J\u202e片,1,甲,国药准字", f"A2,{'演' * 300},1,甲,国药准字")
    assert 1 == main(["catalogue", "import", file, "--data-dir", str(tmp_path / "till")])
    err = capsys.readouterr().err

    assert "演示\\u{1b}[2J\\u{202e}片" in err
    assert "\x1b" not in err
    assert "演" * 41 not in err


def test_replace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second import needs the word, and then the goods are the new ones."""
    till = str(tmp_path / "till")
    assert 0 == main(["catalogue", "import", written(tmp_path, LINE), "--data-dir", till])
    capsys.readouterr()
    code, answer = answered(capsys, "import", written(tmp_path, "N1,新片,1,甲,国药准字"), "--data-dir", till)
    assert (1, "CATALOGUE-EXISTS") == (code, answer["error"]["code"])
    code, answer = answered(capsys, "import", written(tmp_path, "N1,新片,1,甲,国药准字"), "--data-dir", till, "--replace")
    assert (0, "imported") == (code, answer["outcome"])
    with Catalogue(tmp_path / "till") as catalogue:
        assert ["N1"] == codes(catalogue.find("片"))


def test_exit_codes_of_what_goes_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """2 usage, 3 a file that is none, 75 while another import runs, 1 without a catalogue."""
    till = tmp_path / "till"
    till.mkdir()
    for arguments in (["catalogue"], ["catalogue", "import"], ["catalogue", "import", "x.csv", "--encoding", "big5"]):
        with pytest.raises(SystemExit) as usage:
            main(arguments)
        assert 2 == usage.value.code
    capsys.readouterr()
    code, answer = answered(capsys, "import", str(tmp_path / "none.csv"), "--data-dir", str(till))
    assert (3, "CATALOGUE-FILE-UNUSABLE") == (code, answer["error"]["code"])
    held = operating_system.lock(till / "catalogue.lock")
    assert held is not None
    code, answer = answered(capsys, "import", written(tmp_path, LINE), "--data-dir", str(till))
    operating_system.unlock(held)
    assert (75, "CATALOGUE-BUSY") == (code, answer["error"]["code"])
    code, answer = answered(capsys, "status", "--data-dir", str(till))
    assert (1, "CATALOGUE-MISSING") == (code, answer["error"]["code"])


def test_status_of_a_damaged_catalogue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A flipped page is found by its structure, and the cure is named."""
    lines = [f"A{number},演示片{number},1,甲,国药准字" for number in range(2000)]
    assert 0 == main(["catalogue", "import", written(tmp_path, *lines), "--data-dir", str(tmp_path)])
    path = tmp_path / NAME
    content = bytearray(path.read_bytes())
    for page in range(10, len(content) // 4096, 3):
        content[page * 4096 : page * 4096 + 8] = b"\xff" * 8
    path.write_bytes(content)
    capsys.readouterr()

    assert 1 == main(["catalogue", "status", "--data-dir", str(tmp_path)])
    out, err = capsys.readouterr()
    assert "--replace" in out + err


@pytest.mark.parametrize(
    ("environment", "coloured", "drawn"), [({}, True, True), ({"NO_COLOR": "1"}, False, True), ({"TERM": "dumb"}, False, False)]
)
def test_progress_on_a_terminal(tmp_path: Path, environment: dict[str, str], coloured: bool, drawn: bool) -> None:  # noqa: FBT001 - columns of the table
    """A bar is drawn on stderr when that is a terminal, in colour unless NO_COLOR is set, and wiped at the end."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "terminal.cli", "catalogue", "import", written(tmp_path, LINE), "--data-dir", str(tmp_path)]
    program = f"import sys; from terminal.cli import main; sys.exit(main({command[3:]!r}))"
    clean = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "TERM"}}
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=follower, check=False, env={"TERM": "xterm", **clean, **environment}
    )
    os.set_blocking(leader, False)
    os.close(follower)
    try:
        shown = os.read(leader, 65536).decode()
    except OSError:
        shown = ""
    os.close(leader)

    assert 0 == done.returncode
    assert drawn == ("100%" in shown)
    assert coloured == ("\x1b[36m" in shown)
    assert not drawn or shown.endswith("\r")


def test_no_bar_where_there_is_no_terminal() -> None:
    """A file or a pipe gets no bar."""
    stream = io.StringIO()
    bar = ProgressBar(stream, {"TERM": "xterm"})
    bar.show("reading", 1, 2)
    bar.clear()

    assert "" == stream.getvalue()


def test_a_bar_is_redrawn_only_when_it_changes() -> None:
    """A hundred thousand steps write a hundred times, and a shorter line covers the longer one."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    bar = ProgressBar(stream, {"NO_COLOR": "1"})
    for done in range(100_001):
        bar.show("读取 reading", done, 100_000)
    bar.show("x", 0, 0)
    bar.clear()
    frames = stream.getvalue().split("\r")

    assert ["", "░" * 24 + " 读取 reading   0%"] == frames[:2]
    assert "█" * 12 + "░" * 12 + " 读取 reading  50%" == frames[51]
    assert ["█" * 24 + " 读取 reading 100%", "█" * 24 + " x 100%" + " " * 11, " " * 31, ""] == frames[101:]


def test_the_shipped_goods_are_what_the_rule_says() -> None:
    """The file of the demonstration comes from ``python -m terminal.demo.goods`` and from nothing else."""
    assert goods.document() == SHIPPED.read_text(encoding="utf-8")


def test_the_shipped_goods_import_without_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """About 300 invented products of every usual kind, with the demonstration's shelf among them."""
    code, answer = answered(capsys, "import", str(SHIPPED), "--data-dir", str(tmp_path))
    assert (0, [], {}) == (code, answer["faults"], answer["unknown_kinds"])
    assert 250 < answer["items"] < 350
    with Catalogue(tmp_path) as catalogue:
        assert {"国药准字", "中药饮片", "械字", "消字", "国食健字", "日用品", "化妆品", "食品"} == set(catalogue.kinds())
        assert set() == {one.code for one in shelf("1")} - {one.code for one in shelf("1") if catalogue.by_code(one.code)}
        for given in shelf("1"):
            one = catalogue.by_code(given.code)
            assert one is not None
            assert (given.name, given.kind, given.level) == (one.name, one.goods_kind, one.chrgitm_lv)
            assert parse_scaled(given.first_pay, 4) == one.selfpay_prop_e4
            assert one == catalogue.by_barcode(one.barcodes[0])
        assert "C001" == (catalogue.by_trac("8000009" + "0" * 13) or catalogue.find("C001")[0]).code
        everything = {one.code: one for letter in "ABCDFHJMXZ" for start in range(10) for one in catalogue.find(f"{letter}{start}", 50)}
    assert all(one.name.startswith("演示") for one in everything.values())
    assert all(barcode.startswith("20") for one in everything.values() for barcode in one.barcodes)
    assert all(one.trac_prefix.startswith("8") for one in everything.values() if one.trac_required)
