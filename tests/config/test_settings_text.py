"""A settings file edited as text: values go in, comments and everything else stay, and what cannot be edited is laid out anew."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings_text import Leaf, changed_text, example, merged, value_at, written

OWN = """\
# 本店自己的说明
[counter]   # 柜台
till = "01"   # 一号台 # 不是 "02"
fixmedins_name = 'a # b'
operator = "8"

[centre.envelope.extra]
note = [
  "x", # 第一项
]
[ printer ]
kind = "file"
address = "C:\\\\lp0"
"""


def lines_that_differ(before: str, after: str) -> list[str]:
    """Return the lines of ``after`` that ``before`` lacks, having checked that none was lost but for those replaced."""
    return [line for line in after.split("\n") if line not in before.split("\n")]


def test_only_the_line_of_the_value_changes() -> None:
    """Own comments, layout, other values and quotes stay as they are."""
    changed = changed_text(OWN, {("counter", "till"): "02", ("printer", "address"): "/dev/usb/lp1"})

    assert not changed.anew
    assert ['till = "02"   # 一号台 # 不是 "02"', 'address = "/dev/usb/lp1"'] == lines_that_differ(OWN, changed.text)
    assert len(OWN.split("\n")) == len(changed.text.split("\n"))


def test_the_same_value_changes_nothing() -> None:
    """A file in which every value stands already is the same file."""
    assert OWN == changed_text(OWN, {("counter", "till"): "01", ("printer", "kind"): "file"}).text


def test_a_key_that_is_lacking_brings_its_comment() -> None:
    """It goes to the end of its section, or into a section of its own, with the example's words."""
    changed = changed_text(OWN, {("counter", "operator_name"): "演示甲", ("ui", "language"): "en", ("printer", "baud"): 19200})

    assert not changed.anew
    assert [
        'operator_name = "演示甲"             # operator\'s name 经办人姓名',
        "baud = 19200                        # serial only 仅串口",
        "[ui]",
        'language = "en"                     # language of the screen 界面语言: zh · en',
    ] == lines_that_differ(OWN, changed.text)
    assert changed.text.index("operator_name") < changed.text.index("[centre.envelope.extra]")


def test_comments_of_the_example_stay_in_their_column() -> None:
    """Short and long values, narrow and wide: the comment begins where it was, or two blanks after the value."""
    text = changed_text(example(), {("counter", "fixmedins_name"): "甲" * 3, ("centre", "url"): "http://" + "a" * 40}).text
    # The first of a name: other sections have a url too.
    lines = {line.partition(" ")[0]: line for line in reversed(text.split("\n"))}

    assert 'fixmedins_name = "甲甲甲"            # its name 名称' == lines["fixmedins_name"]
    assert f'url = "http://{"a" * 40}"  # gateway 中心地址' == lines["url"]


@pytest.mark.parametrize(
    "odd",
    [
        'counter = { till = "01", operator = "8" }\ncentre.url = "http://a"',
        'counter.till = "01"\ncounter.operator = "8"\ncentre = { url = "http://a" }',
        '"counter" = { "till" = "01", operator = "8" }\n[centre]\n"url" = "http://a"',
        '[centre]\nurl = """\nhttp://a"""\n[counter]\noperator = "8"\ntill = """\n01"""',
        '[log]\nx = """\n[counter]\ntill = "01"\n"""\n[centre]\nurl = "http://a"\n[counter]\ntill = "01"\noperator = "8"',
    ],
)
def test_a_layout_that_lines_do_not_follow_is_laid_out_anew(odd: str) -> None:
    """Inline tables, dotted keys, texts of several lines: the values are right whatever it takes."""
    before = tomllib.loads(odd)
    changed = changed_text(odd, {("counter", "till"): "02"})
    after = tomllib.loads(changed.text)

    assert "02" == after["counter"]["till"]
    assert ("8", before["centre"]["url"]) == (after["counter"]["operator"], after["centre"]["url"])
    assert changed.anew
    assert before.get("log", {}).items() <= after["log"].items()
    assert example().count("#") == changed.text.count("#")


def test_what_nobody_knows_is_kept_when_it_is_laid_out_anew() -> None:
    """Unknown keys, sections, keys of a PSAM, dates: all there afterwards, for the check of the file to judge."""
    odd = 'counter = { till = "01", zz = 1979-05-27 }\nyy.x = [1, { a = "b" }]\n[psam.keys]\nIRK = "00 67/09"\n'
    odd += '[centre.envelope]\nextra = { q = "r" }\n'

    changed = changed_text(odd, {("counter", "till"): "02"})
    after = tomllib.loads(changed.text)

    assert changed.anew
    assert tomllib.loads(odd)["counter"]["zz"] == after["counter"]["zz"]
    assert {"x": [1, {"a": "b"}]} == after["yy"]
    assert "00 67/09" == after["psam"]["keys"]["IRK"]
    assert {"q": "r"} == after["centre"]["envelope"]["extra"]


def test_line_ends_stay() -> None:
    """A file from a Windows editor keeps its line ends, on new lines too."""
    windows = OWN.replace("\n", "\r\n")
    text = changed_text(windows, {("counter", "till"): "02", ("counter", "operator_name"): "x", ("ui", "bell"): False}).text

    assert text.count("\n") == text.count("\r\n")
    assert "02" == tomllib.loads(text)["counter"]["till"]


def test_no_toml_is_no_settings() -> None:
    """What cannot be read cannot be edited."""
    with pytest.raises(tomllib.TOMLDecodeError):
        changed_text("[counter", {("counter", "till"): "01"})


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXTS, st.sampled_from([OWN, example(), "", "[counter]", 'counter = { till = "01" }']))
def test_any_text_goes_in_and_comes_out(text: str, file: str) -> None:
    """Quotes, backslashes, hash signs, control characters, brackets: the value is what was given."""
    leaf: Leaf = ("counter", "fixmedins_name")

    assert text == value_at(tomllib.loads(changed_text(file, {leaf: text}).text), leaf)


@given(
    st.recursive(TEXTS | st.booleans() | st.integers(-(2**63), 2**63 - 1), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner))
)
def test_what_is_written_is_read(value: Any) -> None:  # noqa: ANN401 - whatever a file may hold
    """Every value comes back from the TOML that it was written as."""
    assert value == tomllib.loads(f"x = {written(value)}")["x"]


def test_values_are_put_into_a_copy() -> None:
    """The table that was given stays as it is; what stands in the way of a section makes room."""
    table = {"counter": 5, "ui": {"language": "zh"}}

    assert {"counter": {"till": "01"}, "ui": {"language": "en"}} == merged(table, {("counter", "till"): "01", ("ui", "language"): "en"})
    assert {"counter": 5, "ui": {"language": "zh"}} == table
    assert None is value_at(table, ("counter", "till"))
