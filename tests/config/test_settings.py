"""The settings file: what is accepted, and what each mistake is told."""

from __future__ import annotations

import re
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from config.psam_keys import PsamKey
from config.refusals import (
    WHYS,
    SettingAbsent,
    SettingRefused,
    SettingsMissing,
    SettingsNotToml,
    SettingsUnreadable,
    SettingUnknown,
)
from config.settings import Settings, data_directory, settings_file
from settlement.bill import Venue
from settlement.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).parents[2] / "deploy" / "settings.example.toml"
SHORT = """
[counter]
fixmedins_code = "P99010000001"
fixmedins_name = "演示大药房"
admdvs = "990100"
venue = "pharmacy"
till = "01"
operator = "0001"
operator_name = "测试人员"

[centre]
url = "http://127.0.0.1:8700"
"""


def load(tmp_path: Path, text: str) -> Settings:
    """Load ``text`` as a settings file."""
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return Settings.load(path)


def leaves(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Name every setting by its path."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from leaves(inner, (*above, name))
        else:
            yield (*above, name)


def test_short_file_is_enough(tmp_path: Path) -> None:
    """What has a safe default need not be given: a real reader, no promise of the gateway, the machine's clock."""
    settings = load(tmp_path, SHORT)

    assert Venue.PHARMACY == settings.counter.venue
    assert "pcsc" == settings.reader.kind
    assert not any(settings.centre.capabilities.model_dump().values())
    assert ("", "") == (settings.clock.file, settings.demonstration.seed)


def test_example_says_every_setting_and_its_default() -> None:
    """The shipped example names every key, and beyond the shop's own lines it changes no default."""
    example = Settings.load(EXAMPLE)
    table = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    plain = Settings(counter=example.counter, centre=example.centre.model_validate({"url": example.centre.url}))

    for leaf in leaves(Settings):
        place = table
        for part in leaf:
            assert part in place, f"deploy/settings.example.toml lacks {'.'.join(leaf)}"
            place = place[part]
    assert plain == example


def test_environment_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody redirects claims by an environment variable."""
    monkeypatch.setenv("CENTRE__URL", "http://elsewhere.example")
    monkeypatch.setenv("CENTRE", '{"url": "http://elsewhere.example"}')

    assert "http://127.0.0.1:8700" == load(tmp_path, SHORT).centre.url


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """A counter started from any folder finds the same files; an absolute path stays."""
    settings = load(tmp_path, f'{SHORT}[reader]\nkind = "simulated"\nslot_dir = "slots"\n[clock]\nfile = "{tmp_path / "now"}"\n')

    assert (str(tmp_path / "slots"), str(tmp_path / "now"), "") == (
        settings.reader.slot_dir,
        settings.clock.file,
        settings.regions.directory,
    )


def test_psam_keys_replace_single_entries(tmp_path: Path) -> None:
    """A PSAM of another tier changes one line; the other keys stay as published."""
    keys = load(tmp_path, f'{SHORT}[psam.keys]\nUK2DF04 = "86 47/2A"\n').psam.keys

    assert PsamKey(card_key=0x86, purpose=0x47, psam_key=0x2A) == keys["UK2DF04"]
    assert PsamKey(card_key=0x84, purpose=0x67, psam_key=0x2D) == keys["RK1DF04"]


def test_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    """A file saved by a Windows editor loads."""
    assert load(tmp_path, f"\ufeff{SHORT}") == load(tmp_path, SHORT)


def test_missing_file_names_itself_and_the_example(tmp_path: Path) -> None:
    """A counter without settings says where they belong."""
    with pytest.raises(SettingsMissing) as caught:
        Settings.load(tmp_path / "settings.toml")

    assert str(tmp_path / "settings.toml") in caught.value.say("zh")
    assert "deploy/settings.example.toml" in caught.value.say("en")


def test_folder_and_foreign_encoding_are_unreadable(tmp_path: Path) -> None:
    """What is no UTF-8 text file says so."""
    (tmp_path / "gbk.toml").write_bytes("# 设置".encode("gbk"))

    for path in (tmp_path, tmp_path / "gbk.toml"):
        with pytest.raises(SettingsUnreadable, match=re.escape(str(path))):
            Settings.load(path)


@pytest.mark.parametrize(
    ("addition", "line"), [("till = 01\n", "13"), ("[slip\n", "13"), ('x = "', "—"), (f"x = {'9' * 9999}", "—"), (f"x = {'[' * 9999}", "—")]
)
def test_malformed_toml_names_the_line(tmp_path: Path, addition: str, line: str) -> None:
    """The sentence leads to the line that must be corrected."""
    with pytest.raises(SettingsNotToml) as caught:
        load(tmp_path, SHORT + addition)

    assert line == caught.value.details["line"]


@pytest.mark.parametrize(
    ("addition", "key", "known"),
    [
        ("[slips]\nwidth = 32\n", "slips", "slip"),
        ("[slip]\nwidht = 32\n", "slip.widht", "width"),
        ("[centre.capabilities]\ndedup_msgid = true\n", "centre.capabilities.dedup_msgid", "dedups_msgid"),
    ],
)
def test_unknown_key_names_the_known_ones(tmp_path: Path, addition: str, key: str, known: str) -> None:
    """A typing error is refused, with the right spelling beside it."""
    with pytest.raises(SettingUnknown) as caught:
        load(tmp_path, SHORT + addition)

    assert key == caught.value.details["key"]
    assert known in caught.value.details["known"].split(", ")


@pytest.mark.parametrize("key", ["fixmedins_code", "admdvs", "venue", "till", "operator", "url"])
def test_missing_key_is_named(tmp_path: Path, key: str) -> None:
    """What goes into every settlement has no default."""
    text = re.sub(rf"(?m)^{key} = .*$", "", SHORT)

    with pytest.raises(SettingAbsent, match=key):
        load(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new", "key", "why"),
    [
        ('till = "01"', 'till = "50"', "counter.till", "till_number"),
        ('till = "01"', "till = 1", "counter.till", "string_type"),
        ('"990100"', '"99010"', "counter.admdvs", "area_code"),
        ('"990100"', '"９９０１００"', "counter.admdvs", "area_code"),
        ('"P99010000001"', '"P9901000001"', "counter.fixmedins_code", "institution_code"),
        ('"P99010000001"', '"P99010000001\\n"', "counter.fixmedins_code", "institution_code"),
        ('"pharmacy"', '"shop"', "counter.venue", "enum"),
        ('"pharmacy"', '"hospital"', "counter", "level_missing"),
        ('till = "01"', 'till = "01"\nhosp_lv = "3"', "counter", "level_at_pharmacy"),
        ('till = "01"', 'till = "01"\nhosp_lv = "4"', "counter.hosp_lv", "literal_error"),
        ('"演示大药房"', '""', "counter.fixmedins_name", "string_too_short"),
        ('"0001"', f'"{"0" * 31}"', "counter.operator", "string_too_long"),
        ('"http://127.0.0.1:8700"', '"127.0.0.1:8700"', "centre.url", "address"),
        ('"http://127.0.0.1:8700"', '"http://name:word@centre.example"', "centre.url", "address"),
        ("[centre]", "[centre]\nexchange_s = -1", "centre.exchange_s", "greater_than"),
        ("[centre]", "[centre]\nexchange_s = nan", "centre.exchange_s", "finite_number"),
        ("[centre]", "[centre]\nexchange_s = 601", "centre.exchange_s", "less_than_equal"),
        ("[centre]", '[centre]\nexchange_s = "10"', "centre.exchange_s", "float_type"),
        ("[centre]", "[centre]\nconnect_s = 20", "centre", "connect_beyond_exchange"),
        ("[centre]", "[centre]\nbyte_cap = -4096", "centre.byte_cap", "greater_than_equal"),
        ("[centre]", "[centre]\nbyte_cap = 4096.5", "centre.byte_cap", "int_type"),
        ("[centre]", "[centre.capabilities]\ndedups_msgid = 1\n[centre]", "centre.capabilities.dedups_msgid", "bool_type"),
        ("[centre]", '[centre.refusals]\nload = "busy"\n[centre]', "centre.refusals.load", "tuple_type"),
        ("[centre]", "[reader]\nkind = 'simulated'\n[centre]", "reader", "slots_missing"),
        ("[centre]", "[psam.keys]\nIRK = '0 6/8'\n[centre]", "psam.keys.IRK", "psam_key"),
        ("[centre]", "[psam.keys]\nUK2DF4 = '86 27/2A'\n[centre]", "psam.keys", "psam_name"),
        ('"演示大药房"', '"演示\\n大药房"', "counter.fixmedins_name", "one_line"),
        ("[centre]", "[psam]\nkeys = 3\n[centre]", "psam.keys", "dict_type"),
        ("\n[counter]", "slip = 32\n[counter]", "slip", "model_type"),
    ],
)
def test_wrong_value_is_explained(tmp_path: Path, old: str, new: str, key: str, why: str) -> None:
    """Each wrong value names its key and says in both languages what it must be."""
    with pytest.raises(SettingRefused) as caught:
        load(tmp_path, SHORT.replace(old, new))

    assert key == caught.value.details["key"]
    zh, en = (words.partition("{")[0] for words in WHYS[why])
    assert zh in caught.value.say("zh")
    assert en in caught.value.say("en")
    assert "{" not in caught.value.say("zh").replace(new, "")


def test_section_is_not_repeated_in_a_message(tmp_path: Path) -> None:
    """A fault of a whole section shows no neighbouring value."""
    with pytest.raises(SettingRefused) as caught:
        load(tmp_path, SHORT.replace('"pharmacy"', '"hospital"'))

    assert "0001" not in caught.value.say("en")


@given(start=st.integers(0, 4000), size=st.integers(0, 60), put=st.binary(max_size=20))
def test_damaged_file_never_ends_in_anything_else(start: int, size: int, put: bytes) -> None:
    """Whatever is cut out of the example or put into it: settings, or a sentence for the operator."""
    whole = EXAMPLE.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settings.toml"
        path.write_bytes(whole[:start] + put + whole[start + size :])
        try:
            said = Settings.load(path).counter.fixmedins_code, "loaded"
        except SettingsError as error:
            said = error.details.get("why_zh", error.say("zh")), error.details.get("why_en", error.say("en"))

    assert said[0] != said[1]


def test_every_mistake_says_that_money_is_safe(tmp_path: Path) -> None:
    """Whatever is wrong with the file, the operator learns that nothing has moved."""
    for text in ("", "[", "x = 1", SHORT.replace('"01"', '"99"')):
        with pytest.raises(SettingsError) as caught:
            load(tmp_path, text)
        assert "没有动任何钱" in caught.value.say("zh")
        assert "No money has moved" in caught.value.say("en")


def test_data_directory_is_as_given_or_the_users_own(tmp_path: Path) -> None:
    """``--data-dir`` wins; without it the data lie in the user's state folder."""
    assert tmp_path == data_directory(str(tmp_path))
    assert "yibao" == data_directory(None).name
    assert tmp_path / "settings.toml" == settings_file(tmp_path)
