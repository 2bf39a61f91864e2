"""Region packs: rows that the medical type selects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from config.pack_file import PackMalformed, load_pack
from config.regions import policy_for
from settlement.bill import Venue
from settlement.drugs import NATIONAL
from settlement.policy import Policy
from settlement.rule import ORDINARY, Situation, find

SHIPPED = Path(__file__).parents[2] / "config" / "regions" / "990100" / "2023-02-01.toml"
OTHER_ROW = '\n[[pooling]]\nvenue = "{venue}"\nmed_type = {med_type}\nvalue = true\nstatus = "invented"\nsource = "demonstration"\n'


def pack(tmp_path: Path, text: str) -> Path:
    """Write a pack and return its path."""
    path = tmp_path / "990100" / "2023-02-01.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def shipped(admdvs: str) -> Policy:
    """Return a shipped pack."""
    found = policy_for(admdvs, "2026-03-02")
    assert isinstance(found, Policy)
    return found


def test_a_row_that_names_no_medical_type_speaks_of_ordinary_care() -> None:
    """In the tables that the medical type selects; what the account may pay and buy depends on none."""
    policy = load_pack(SHIPPED)

    selected = {row.med_types for table in (policy.deductible, policy.ratio, policy.ceiling) for row in table}
    unselected = {row.med_types for table in (policy.account, policy.goods) for row in table}

    assert ({ORDINARY}, {()}) == (selected, unselected)
    assert "pooling(venue=clinic|hospital, med_type=12)" in {row.mark.key for row in policy.pooling}


@pytest.mark.parametrize(("admdvs", "value"), [("990100", 0), ("990200", 0), ("420100", None)])
def test_what_the_shipped_packs_say_of_a_registration_fee(admdvs: str, value: int | None) -> None:
    """The demonstration areas share none of it; of Wuhan nobody says."""
    row = find(shipped(admdvs).pooling, _at_clinic("12"))

    assert row is not None
    assert value == row.value


@pytest.mark.parametrize("admdvs", ["990100", "990200", "420100"])
def test_no_shipped_pack_gives_maternity_a_value(admdvs: str) -> None:
    """No source, no rule: such a bill is refused."""
    policy = shipped(admdvs)
    found = [find(table, _at_clinic("51")) for table in (policy.pooling, policy.deductible, policy.ratio, policy.ceiling)]

    assert [] == [row for row in found if row is not None and row.value is not None]


@pytest.mark.parametrize(
    ("venue", "med_type", "key"),
    [
        ("clinic", '"12"', "value"),  # another row says it already
        ("clinic", '["11", "51"]', "value"),  # the ordinary row says 11
        ("pharmacy", '"12"', "hosp_lv"),  # a pharmacy registers nobody
        ("clinic", '"41"', "hosp_lv"),
        ("clinic", '"21"', "hosp_lv"),  # nor does a clinic admit anybody
        ("clinic", '"22"', "med_type"),
        ("clinic", "12", "med_type"),
    ],
)
def test_a_row_that_contradicts_another_or_fits_nothing_does_not_load(tmp_path: Path, venue: str, med_type: str, key: str) -> None:
    """The error names the key."""
    text = SHIPPED.read_text(encoding="utf-8") + OTHER_ROW.format(venue=venue, med_type=med_type)

    with pytest.raises(PackMalformed) as refused:
        load_pack(pack(tmp_path, text))

    assert str(refused.value.details["key"]).endswith(key)


def test_a_row_of_an_account_names_no_medical_type(tmp_path: Path) -> None:
    """There it is an unknown key."""
    text = SHIPPED.read_text(encoding="utf-8").replace('cost = "in_scope"\n', 'cost = "in_scope"\nmed_type = "12"\n')

    with pytest.raises(PackMalformed, match="med_type"):
        load_pack(pack(tmp_path, text))


MARK = '\nstatus = "invented"\nsource = "demonstration"\n'


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        (('[[ratio]]\nhosp_lv = "3"\npsn_type = "16"\nbelow = "100.00"\nvalue = "0.50"',), "rules.band_basis"),
        (('[[supplement]]\nfund = "hifob"\nvalue = "0.50"', '[[supplement]]\nfund = "hifes"\nvalue = "0.50"'), "value"),
    ],
)
def test_a_row_that_could_never_count_does_not_load(tmp_path: Path, rows: tuple[str, ...], key: str) -> None:
    """Bands of nothing, and a second fund behind the pool."""
    text = SHIPPED.read_text(encoding="utf-8") + "".join(f"\n{row}{MARK}" for row in rows)

    with pytest.raises(PackMalformed) as refused:
        load_pack(pack(tmp_path, text))

    assert str(refused.value.details["key"]).endswith(key)


def test_what_is_no_rule_of_the_price_shows_its_mark_too(tmp_path: Path) -> None:
    """Values of the counter and of drugs stand among the others by how far they are confirmed: doctor and --check-pack name them."""
    wuhan = load_pack(SHIPPED.parents[1] / "420100" / "2023-02-01.toml").by_status()
    marks = 'status = "invented"\nsource = "demonstration"\n'
    shown = load_pack(pack(tmp_path, f"{SHIPPED.read_text(encoding='utf-8')}\n[drugs]\n{marks}supply_chronic = 15\n")).by_status()

    assert "counter.later_settlement_days" in wuhan["unconfirmed"]
    assert "drugs.supply_chronic" in shown["invented"]


def test_an_area_may_ask_more_of_drugs(tmp_path: Path) -> None:
    """What it does not say is national; a value without its mark, and a word that is no rule, do not load."""
    text = SHIPPED.read_text(encoding="utf-8")
    marks = 'status = "invented"\nsource = "demonstration"\n'
    stricter = load_pack(pack(tmp_path, f"{text}\n[drugs]\n{marks}supply_chronic = 15\n")).drugs

    assert NATIONAL == load_pack(SHIPPED).drugs
    assert replace(NATIONAL, supply_chronic=15) == stricter
    for rows, key in (
        ("supply_chronic = 15\n", "status"),
        (f"{marks}supply = 15\n", "supply"),
        (f'{marks}ephedrine_packs = "two"\n', "ephedrine_packs"),
    ):
        with pytest.raises(PackMalformed) as caught:
            load_pack(pack(tmp_path, f"{text}\n[drugs]\n{rows}"))
        assert key in caught.value.details["key"]


def test_what_the_centre_tells_of_a_person_is_a_condition(tmp_path: Path) -> None:
    """By the codes of the area, whole or by their first digits; a word that means nothing, or has no mark, does not load."""
    text = SHIPPED.read_text(encoding="utf-8")
    marks = 'status = "invented"\nsource = "demonstration"\n'
    words = '\n[conditions]\ncontract = "签约家庭医生"\nfiled = "已备案"\n'
    policy = load_pack(pack(tmp_path, f'{text}{words}\n[identities]\n{marks}contract = ["0201", "03"]\nfiled = "0301"\n'))

    assert ("contract",) == policy.conditions_of(("0201",)) == policy.conditions_of(("0309", "9"))
    assert ("contract", "filed") == policy.conditions_of(("0301",))
    assert () == policy.conditions_of(("02", "1")) == load_pack(SHIPPED).conditions_of(("0201",))
    for rows, key in ((f'{marks}poor = "01"\n', "poor"), ('contract = "01"\n', "status"), (f"{marks}contract = 1\n", "contract")):
        with pytest.raises(PackMalformed) as caught:
            load_pack(pack(tmp_path, f"{text}{words}\n[identities]\n{rows}"))
        assert key in caught.value.details["key"]


def _at_clinic(med_type: str) -> Situation:
    return Situation(venue=Venue.CLINIC, hosp_lv="1", psn_type="11", med_type=med_type)


def test_how_a_card_pays_off_line_is_one_of_three(tmp_path: Path) -> None:
    """Cards that debit by themselves need neither limit nor days of an allowance; another word does not load."""
    values = {"offline_account": '"legacy_card"', "offline_account_limit": '"0.00"', "allowance_days": "0"}
    lines = [
        f"{key} = {values.get(key, rest)}" if rest else line
        for line, key, rest in map(_assignment, SHIPPED.read_text("utf-8").splitlines())
    ]
    text = "\n".join(lines)
    loaded = load_pack(pack(tmp_path, text))

    assert ("legacy_card", 0, 0) == (loaded.offline_account, loaded.offline_account_limit_fen, loaded.allowance_days)
    with pytest.raises(PackMalformed) as refused:
        load_pack(pack(tmp_path, text.replace('"legacy_card"', '"purse"')))
    assert "offline_account" in str(refused.value.details["key"])


def _assignment(line: str) -> tuple[str, str, str]:
    key, _, rest = line.partition(" = ")
    return line, key, rest
