"""``yibao catalogue import --desk`` at the command line: all or nothing, beside the goods, and what the status says of both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from offline_queue import operating_system
from offline_queue.catalogue import Catalogue
from offline_queue.registry import NAME, Registry, lines_of
from settlement.bill import Bill, Venue
from settlement.claim import check
from terminal.cli import main
from terminal.demo import goods
from tests.desk.offers import AT, HEADER, LINE, offer

SHIPPED = Path(goods.__file__).with_name("departments.csv")
SHELF = Path(goods.__file__).with_name("goods.csv")
BAD = LINE.replace("D01", "D02").replace("9.00", "九元")


def written(directory: Path, *lines: str, encoding: str = "utf-8") -> str:
    """Write a desk's file and return its path."""
    path = directory / "departments.csv"
    path.write_text("\n".join((HEADER, *lines, "")), encoding=encoding)
    return str(path)


def answered(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run ``yibao catalogue … --json`` and return exit code and answer."""
    code = main(["catalogue", *arguments, "--json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


def test_import_and_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A good file is imported, its encoding is named, and the status tells it, with and without goods."""
    till = str(tmp_path / "till")
    assert 0 == main(["catalogue", "import", "--desk", written(tmp_path, LINE, encoding="gbk"), "--data-dir", till])
    out, err = capsys.readouterr()
    assert ("已从 departments.csv（编码 GB18030）导入 1 个科室的 1 条号源。", "") == (out.splitlines()[0], err)
    assert 0 == main(["catalogue", "status", "--data-dir", till])
    told = capsys.readouterr().out
    assert "没有商品目录" in told
    assert "科室 1 个，号源 1 条" in told
    assert "1 departments, 1 offers" in told

    assert 0 == main(["catalogue", "import", str(SHELF), "--data-dir", till])
    capsys.readouterr()
    code, answer = answered(capsys, "status", "--data-dir", till)
    assert (0, "fine", "283", "1", {"普通": 1}, []) == (
        code,
        answer["outcome"],
        answer["items"],
        answer["desk"]["offers"],
        answer["desk"]["fee_classes"],
        answer["desk"]["faults"],
    )
    with Catalogue(Path(till)) as catalogue, Registry(Path(till)) as registry:
        assert (283, [offer()]) == (len(catalogue), registry.offers("K01", AT))


def test_all_or_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One bad line keeps all out; it is named with its cure, and there is no way around it."""
    file, till = written(tmp_path, LINE, BAD), tmp_path / "till"
    assert 1 == main(["catalogue", "import", "--desk", file, "--data-dir", str(till)])
    out, err = capsys.readouterr()
    assert "" == out
    assert "第 3 行 / line 3  诊察费 “九元”  写成元" in err
    assert "[REGISTRY-LINES-BAD]" in err
    assert not till.exists()

    code, answer = answered(capsys, "import", "--desk", file, "--data-dir", str(till))
    assert (1, "refused", "REGISTRY-LINES-BAD", 1, 1) == (
        code,
        answer["outcome"],
        answer["error"]["code"],
        answer["offers"],
        answer["bad_lines"],
    )
    with pytest.raises(SystemExit) as usage:
        main(["catalogue", "import", "--desk", "--skip-bad", file])
    assert 2 == usage.value.code


def test_a_kind_that_is_unusual_is_pointed_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What no region pack lists is paid in cash, so a word that none of them knows is said."""
    path = tmp_path / "departments.csv"
    path.write_text(f"{HEADER},诊察费批准类别,备注\n{LINE},诊金,x\n", encoding="utf-8")
    till = str(tmp_path / "till")
    assert 0 == main(["catalogue", "import", "--desk", str(path), "--data-dir", till])
    out = capsys.readouterr().out
    assert "1 项费用的类别“诊金”不是常用的词" in out
    assert "没有用到的列 / columns that were not used: 备注" in out
    code, answer = answered(capsys, "import", "--desk", str(path), "--data-dir", till, "--replace")

    assert (0, {"诊金": 1}, ["备注"]) == (code, answer["unknown_kinds"], answer["ignored_columns"])


def test_replace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second import needs the word, and then the fees are the new ones."""
    till = str(tmp_path / "till")
    assert 0 == main(["catalogue", "import", "--desk", written(tmp_path, LINE), "--data-dir", till])
    capsys.readouterr()
    dearer = written(tmp_path, LINE.replace("9.00", "12.00"))
    code, answer = answered(capsys, "import", "--desk", dearer, "--data-dir", till)
    assert (1, "REGISTRY-EXISTS") == (code, answer["error"]["code"])
    code, answer = answered(capsys, "import", "--desk", dearer, "--data-dir", till, "--replace")
    assert (0, "imported", 1, 1) == (code, answer["outcome"], answer["departments"], answer["offers"])
    with Registry(Path(till)) as registry:
        assert [1200] == [one.total_fen for one in registry.offers("K01", AT)]


def test_exit_codes_of_what_goes_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """3 a file that is none, also goods given as a desk's file; 75 while another import runs; 1 where one is damaged."""
    till = tmp_path / "till"
    till.mkdir()
    for file in (str(tmp_path / "none.csv"), str(SHELF)):
        code, answer = answered(capsys, "import", "--desk", file, "--data-dir", str(till))
        assert (3, "REGISTRY-FILE-UNUSABLE") == (code, answer["error"]["code"])
    code, answer = answered(capsys, "import", str(SHIPPED), "--data-dir", str(till))
    assert (3, "CATALOGUE-FILE-UNUSABLE") == (code, answer["error"]["code"])
    held = operating_system.lock(till / "registry.lock")
    assert held is not None
    code, answer = answered(capsys, "import", "--desk", written(tmp_path, LINE), "--data-dir", str(till))
    operating_system.unlock(held)
    assert (75, "REGISTRY-BUSY") == (code, answer["error"]["code"])
    (till / NAME).write_bytes(b"no database")
    code, answer = answered(capsys, "status", "--data-dir", str(till))
    assert (1, "unusable", "REGISTRY-DAMAGED") == (code, answer["outcome"], answer["error"]["code"])


def test_status_of_a_damaged_registry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that was overwritten is found by its structure, and the cure is the desk's."""
    lines = [LINE.replace("D01", f"D{number}") for number in range(2000)]
    assert 0 == main(["catalogue", "import", "--desk", written(tmp_path, *lines), "--data-dir", str(tmp_path)])
    path = tmp_path / NAME
    content = bytearray(path.read_bytes())
    for page in range(10, len(content) // 4096, 3):
        content[page * 4096 : page * 4096 + 8] = b"\xff" * 8
    path.write_bytes(content)
    capsys.readouterr()

    assert 1 == main(["catalogue", "status", "--data-dir", str(tmp_path)])
    out, err = capsys.readouterr()
    assert "--desk" in out + err


def test_the_shipped_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The demonstration's departments import without a fault; a fee changes at a midnight, and every offer makes a sound bill."""
    code, answer = answered(capsys, "import", "--desk", str(SHIPPED), "--data-dir", str(tmp_path))
    assert (0, [], {}, []) == (code, answer["faults"], answer["unknown_kinds"], answer["ignored_columns"])
    with Registry(tmp_path) as registry:
        names = [department.dept_name for department in registry.departments("", AT)]
        assert {"内科", "外科", "儿科", "妇产科", "中医科", "急诊科"} <= set(names)
        assert "内科" == registry.departments("nk", AT)[0].dept_name
        assert {"普通", "专家", "急诊"} == set(registry.fee_classes())
        before, after = (registry.offers("K01", at)[0] for at in ("2030-12-31 23:59:59", "2031-01-01 00:00:00"))
        assert (("演示医师甲", 1000), ("演示医师甲", 1300)) == ((before.dr_name, before.total_fen), (after.dr_name, after.total_fen))
        offers = [one for department in registry.departments("", AT) for one in registry.offers(department.dept_code, AT)]
        assert {True} == {one.dr_name.startswith("演示医师") for one in offers}
        for one in offers:
            bill = Bill(admdvs="990100", begntime=AT, venue=Venue.CLINIC, hosp_lv="1", med_type="12", lines=lines_of(one))
            check(bill)
            assert bill.total_fen == one.total_fen > 0
