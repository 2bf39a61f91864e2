"""What a clerk types and what the desk offers: found as exactly as by looking at every line, priced to the second of the visit."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offline_queue import operating_system
from offline_queue.catalogue import Catalogue
from offline_queue.catalogue.importing import replace_catalogue
from offline_queue.registry import NAME, Department, HalfDay, Offer, Registry, half_day_of, lines_of
from offline_queue.registry.building import replace_registry
from offline_queue.registry.errors import RegistryBusy, RegistryDamaged, RegistryExists, RegistryMissing, RegistryUnwritable
from settlement.bill import Line
from tests.desk.offers import AT, INTERNAL, departments_of, fee, in_force, offer, registry_of, wanted_departments
from tests.desk.offers import given as is_given
from tests.goods.shelf import codes, item

NAMES = ("呼吸内科", "内科二", "内科", "重症医学科", "血液科", "儿科", "妇产科", "中医科", "发热门诊", "Ⅱ病区", "长期护理", "行为医学科")
MIDNIGHT = "2027-01-01 00:00:00"
BEFORE = "2026-12-31 23:59:59"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Return a small registry for the file."""
    with registry_of(tmp_path_factory.mktemp("desk"), departments_of(*NAMES)) as registry:
        yield registry


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("nk", ["内科", "内科二", "呼吸内科"]),
        ("内科", ["内科", "内科二", "呼吸内科"]),
        ("hxnk", ["呼吸内科"]),
        ("zzyxk", ["重症医学科"]),
        ("czyxk", ["重症医学科"]),
        ("yxk", ["重症医学科", "行为医学科"]),
        ("xyk", ["血液科"]),
        ("ek", ["儿科"]),
        ("fck", ["妇产科"]),
        ("zyk", ["中医科"]),
        ("frmz", ["发热门诊"]),
        ("iibq", ["Ⅱ病区"]),
        ("cqhl", ["长期护理"]),
        ("zqhl", ["长期护理"]),
        ("hwyxk", ["行为医学科"]),
        ("xwyxk", ["行为医学科"]),
        ("K02", ["内科二"]),
        ("k01", ["呼吸内科"]),
        ("ＮＫ", ["内科", "内科二", "呼吸内科"]),
        (" n k ", ["内科", "内科二", "呼吸内科"]),
        ("病区", ["Ⅱ病区"]),
        ("nothing", []),
        ("%", []),
        ("'; DROP TABLE department; --", []),
        ("\ud800", []),
        ("nk\0", []),
        ("", list(NAMES)),
        ("  ", list(NAMES)),
    ],
)
def test_finds_by_initials_name_and_code(desk: Registry, query: str, found: list[str]) -> None:
    """Every reading of the initials, any part of name or code; whole ones first, then beginnings, then parts, each as in the file."""
    departments = desk.departments(query, AT)

    assert found == [department.dept_name for department in departments]
    assert wanted_departments(departments_of(*NAMES), query, AT) == [department.dept_code for department in departments]


def test_the_limit_cuts_after_the_order(desk: Registry) -> None:
    """The first are the nearest ones; none at all is a bug."""
    assert ["内科"] == [department.dept_name for department in desk.departments("nk", AT, 1)]
    assert list(NAMES[:3]) == [department.dept_name for department in desk.departments("", AT, 3)]
    with pytest.raises(ValueError, match="at least 1"):
        desk.departments("nk", AT, 0)


@pytest.mark.parametrize(
    "at", ["2026-03-02", "2026-03-02T09:00:00", "2026-03-02 9:00:00", "2026-03-02 09:00:00.5", "2026-03-02 09:00:00+08:00", "now", ""]
)
def test_a_moment_has_one_form(desk: Registry, at: str) -> None:
    """Any other form would be compared wrongly, so it is a bug."""
    for ask in (lambda: desk.departments("", at), lambda: desk.offers("K01", at), lambda: desk.offer("K01", "D01", "普通", at)):
        with pytest.raises(ValueError, match=r"yyyy|isoformat"):
            ask()


def test_a_fee_changes_at_midnight(tmp_path: Path) -> None:
    """The last second of the day has the old price and the next one the new, by the visit's time; the file's order stays."""
    dear = offer(begntime=MIDNIGHT, consultation=fee(1200))
    cheap = offer(endtime=MIDNIGHT)
    other = offer(fee_class="专家", consultation=fee(2800))
    with registry_of(tmp_path, [dear, other, cheap]) as desk:
        assert [other, cheap] == desk.offers("K01", BEFORE)
        assert [dear, other] == desk.offers("K01", MIDNIGHT)
        assert (cheap, dear) == (desk.offer("K01", "D01", "普通", BEFORE), desk.offer("K01", "D01", "普通", MIDNIGHT))
        assert (900, 1200) == (cheap.total_fen, dear.total_fen)


def test_a_department_without_an_offer_is_not_found(tmp_path: Path) -> None:
    """Before the first and after the last period nobody registers there; its code still has its name."""
    surgery = Department("K02", "外科", "A04")
    with registry_of(tmp_path, [offer(), offer(department=surgery, begntime=MIDNIGHT, endtime="2027-02-01 00:00:00")]) as desk:
        assert [INTERNAL] == desk.departments("", BEFORE)
        assert [INTERNAL, surgery] == desk.departments("", MIDNIGHT)
        assert [] == desk.departments("wk", "2027-02-01 00:00:00")
        assert [] == desk.offers("K02", BEFORE)
        assert surgery == desk.department("K02")


def test_half_days(tmp_path: Path) -> None:
    """A doctor of the morning is offered until 11:59:59, one of the afternoon from noon; what a visit costs does not depend on it."""
    morning = offer(sessions=(HalfDay.MORNING,), quota=2)
    afternoon = offer(fee_class="专家", sessions=(HalfDay.AFTERNOON,))
    evening = offer(department=Department("K02", "外科", "A04"), sessions=(HalfDay.AFTERNOON,))
    with registry_of(tmp_path, [morning, afternoon, evening]) as desk:
        assert [morning] == desk.offers("K01", "2026-03-02 11:59:59")
        assert [afternoon] == desk.offers("K01", "2026-03-02 12:00:00")
        assert [INTERNAL] == desk.departments("", "2026-03-02 00:00:00")
        assert ["K01", "K02"] == [department.dept_code for department in desk.departments("", "2026-03-02 23:59:59")]
        assert morning == desk.offer("K01", "D01", "普通", "2026-03-02 12:00:00")
    assert (HalfDay.MORNING, HalfDay.AFTERNOON) == (half_day_of("2026-03-02 11:59:59"), half_day_of("2026-03-02 12:00:00"))


def test_keys_are_exact(desk: Registry) -> None:
    """Another case, an unknown key and what is no text find nothing."""
    assert [offer(department=Department("K02", "内科二", "A03"))] == desk.offers("K02", AT)
    for code in ("k02", "K2", "", "\ud800", "' OR 1=1 --"):
        assert [] == desk.offers(code, AT)
        assert (None, None) == (desk.department(code), desk.offer(code, "D01", "普通", AT))
    assert (None, None) == (desk.offer("K02", "D02", "普通", AT), desk.offer("K02", "D01", "专家", AT))


def test_what_is_offered_is_the_whole_offer(tmp_path: Path) -> None:
    """Every field comes back as it went in."""
    whole = Offer(
        department=Department("K'9", "血液科", "A03.06"),
        atddr_no="D9",
        dr_name="演示医师壬",
        fee_class="特需",
        registration=fee(1, medins_list_codg="G1", med_list_codg="", chrgitm_lv="03", selfpay_prop_e4=10_000, goods_kind="挂号费"),
        consultation=fee(9_999_999_999, chrgitm_lv="02", selfpay_prop_e4=1500),
        begntime="2026-01-01 00:00:01",
        endtime="2026-12-31 12:00:00",
        quota=9999,
        sessions=(HalfDay.MORNING,),
    )
    free = offer(registration=None, consultation=None, begntime="", endtime="", quota=None)
    with registry_of(tmp_path, [whole, free]) as desk:
        assert [whole] == desk.offers("K'9", AT)
        assert [free] == desk.offers("K01", AT)
        assert (2, "2", "2", "departments.csv") == (len(desk), desk.about["offers"], desk.about["departments"], desk.about["source"])
        assert ({"特需": 1, "普通": 1}, ()) == (desk.fee_classes(), desk.check())


def test_a_registration_becomes_bill_lines() -> None:
    """Registration fee first, one of each, with national codes; a fee that is not charged is no line."""
    both = offer(
        registration=fee(150, medins_list_codg="G1", med_list_codg="YSG1"), consultation=fee(chrgitm_lv="02", selfpay_prop_e4=1000)
    )
    registration = Line(
        feedetl_sn="1",
        medins_list_codg="G1",
        med_list_codg="YSG1",
        name="挂号费（普通）",
        cnt_e4=10_000,
        pric_e6=1_500_000,
        chrgitm_lv="01",
        goods_kind="医疗服务",
    )
    consultation = Line(
        feedetl_sn="2",
        medins_list_codg="YSZ1",
        med_list_codg="YSZ1",
        name="诊察费（普通）",
        cnt_e4=10_000,
        pric_e6=9_000_000,
        chrgitm_lv="02",
        selfpay_prop_e4=1000,
        goods_kind="医疗服务",
    )

    assert (registration, consultation) == lines_of(both)
    assert both.total_fen == sum(line.det_item_fee_sumamt for line in lines_of(both))
    assert ["7"] == [line.feedetl_sn for line in lines_of(offer(), first_sn=7)]
    assert () == lines_of(offer(consultation=None))


@st.composite
def _asked(draw: st.DrawFn) -> tuple[list[Offer], list[str], list[str]]:
    moments = [f"2026-03-0{day} {time}" for day in (1, 2, 3) for time in ("00:00:00", "11:59:59", "12:00:00")]
    names = draw(st.lists(st.text("内外科重血液长行中医AＡ2 ", min_size=1, max_size=5).filter(str.strip), min_size=1, max_size=6))
    departments = [Department(f"{draw(st.sampled_from('Kk01'))}{number}", name, "A03") for number, name in enumerate(names)]
    offers = []
    for place in range(draw(st.integers(1, 12))):
        begntime, endtime = sorted(draw(st.lists(st.sampled_from(moments), min_size=2, max_size=2, unique=True)))
        offers.append(
            offer(
                department=draw(st.sampled_from(departments)),
                atddr_no=f"D{place}",
                begntime=draw(st.sampled_from(["", begntime])),
                endtime=draw(st.sampled_from(["", endtime])),
                sessions=draw(st.sampled_from([tuple(HalfDay), (HalfDay.MORNING,), (HalfDay.AFTERNOON,)])),
            )
        )
    queries = draw(st.lists(st.text("nwkzcxyhaA12内外科 ", max_size=4), min_size=1, max_size=6))
    return offers, queries, draw(st.lists(st.sampled_from(moments), min_size=1, max_size=4))


@settings(max_examples=80)
@given(_asked())
def test_equals_looking_at_every_line(asked: tuple[list[Offer], list[str], list[str]]) -> None:
    """Whatever is offered, typed and when, the answers are those of the definition; a department is found when it offers something."""
    offers, queries, moments = asked
    every = {one.department.dept_code: one.department for one in offers}
    with tempfile.TemporaryDirectory() as name, registry_of(Path(name), offers) as desk:
        for at in moments:
            for query in queries:
                assert wanted_departments(offers, query, at) == [found.dept_code for found in desk.departments(query, at)], (query, at)
            for code, department in every.items():
                wanted = [one for one in offers if one.department.dept_code == code and is_given(one, at)]
                assert wanted == desk.offers(code, at)
                assert bool(wanted) == (department in desk.departments("", at))
            for one in offers:
                keyed = desk.offer(one.department.dept_code, one.atddr_no, one.fee_class, at)
                assert (one if in_force(one, at) else None) == keyed


def test_goods_and_desk_keep_out_of_each_others_way(tmp_path: Path) -> None:
    """Either is imported and replaced while the other is open, and is not stale for it."""

    def goods(*names: str) -> None:
        replace_catalogue(tmp_path, [item(f"A{n}", name) for n, name in enumerate(names)], {}, lambda _done, _total: None, over=True)

    goods("演示片")
    with Catalogue(tmp_path) as shelf, registry_of(tmp_path, [offer()]) as desk:
        registry_of(tmp_path, [offer(consultation=fee(1000))]).close()
        assert (False, True) == (shelf.stale(), desk.stale())
        assert [offer()] == desk.offers("K01", AT)
        goods("演示丸")
        assert shelf.stale()
    with Catalogue(tmp_path) as shelf, Registry(tmp_path) as desk:
        assert (False, False) == (shelf.stale(), desk.stale())
        assert ["A0"] == codes(shelf.find("演示丸"))
        assert [1000] == [one.total_fen for one in desk.offers("K01", AT)]


def test_a_registry_that_is_gone_replaces_nothing(tmp_path: Path) -> None:
    """When somebody deletes the file, the desk goes on with what it has."""
    with registry_of(tmp_path, [offer()]) as desk:
        (tmp_path / NAME).unlink()

        assert not desk.stale()
        assert [offer()] == desk.offers("K01", AT)


def test_nothing_is_replaced_unasked_or_twice_at_once(tmp_path: Path) -> None:
    """Where there is a registry an import says so; while another import runs it waits; the old one stays in both cases."""
    registry_of(tmp_path, [offer()]).close()
    with pytest.raises(RegistryExists):
        replace_registry(tmp_path, [], {}, lambda _done, _total: None, over=False)
    held = operating_system.lock(tmp_path / "registry.lock")
    assert held is not None
    with pytest.raises(RegistryBusy):
        replace_registry(tmp_path, [], {}, lambda _done, _total: None, over=True)
    operating_system.unlock(held)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RegistryUnwritable):
        replace_registry(tmp_path / "file" / "till", [], {}, lambda _done, _total: None, over=True)

    with Registry(tmp_path) as desk:
        assert [offer()] == desk.offers("K01", AT)
    assert not (tmp_path / f"{NAME}.new").exists()


def test_there_is_none(tmp_path: Path) -> None:
    """Without a registry, or without the directory, the desk is told to import one."""
    for directory in (tmp_path, tmp_path / "none"):
        with pytest.raises(RegistryMissing, match="--desk"):
            Registry(directory)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + bytes(4096)])
def test_a_file_that_is_none_of_ours(tmp_path: Path, content: bytes) -> None:
    """Whatever lies under the name and is no registry is called damaged, with the cure."""
    (tmp_path / NAME).write_bytes(content)

    with pytest.raises(RegistryDamaged, match="--desk --replace"):
        Registry(tmp_path)


def test_another_format(tmp_path: Path) -> None:
    """A registry of another version is imported anew and never half understood."""
    registry_of(tmp_path, [offer()]).close()
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes().replace(b"format1", b"format9"))

    with pytest.raises(RegistryDamaged, match="format 9 ≠ 1"):
        Registry(tmp_path)


def test_a_file_that_is_cut_while_it_is_read(tmp_path: Path) -> None:
    """Somebody who copies over an open registry gets an error to read, and the desk goes on running."""
    with registry_of(tmp_path, [offer(atddr_no=f"D{number}") for number in range(3000)]) as desk:
        os.truncate(tmp_path / NAME, 8192)

        with pytest.raises(RegistryDamaged):
            desk.offers("K01", AT)
        with pytest.raises(RegistryDamaged):
            desk.check()


def test_reading_loads_nothing_heavy() -> None:
    """The side that the first frame needs loads neither a database toolkit, nor validation, nor the pinyin tables."""
    program = "import sys, offline_queue.registry\nprint(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert {"sqlcipher3", "settlement"} <= set(loaded)
    assert set() == set(loaded) & {"sqlalchemy", "pydantic", "pypinyin", "config", "nhsa", "tomllib", "httpx", "cryptography", "csv"}
