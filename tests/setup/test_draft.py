"""What is asked and what it becomes: fields that come and go, what is typed, what is written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from config.settings import Settings
from config.settings_text import Leaf, example, value_at
from terminal.setup import draft
from terminal.setup.draft import FIELDS, STEPS, Draft
from tests.setup.files import ANSWERS, OWN, answered, shop


def load(tmp_path: Path, made: Draft) -> Settings:
    """Load what a draft becomes."""
    return Settings.load(shop(tmp_path, made.result().text))


def test_new_file_is_the_example_with_the_answers(tmp_path: Path) -> None:
    """Every comment and every other value is the example's; nothing of the example's shop is left."""
    made = answered()
    text, shipped = made.result().text, example()
    differing = [(new, old) for new, old in zip(text.split("\n"), shipped.split("\n"), strict=True) if new != old]

    assert ["fixmedins_name", "till", "url"] == [new.partition(" ")[0] for new, _ in differing]
    assert [old[old.index("# ") :] for _, old in differing] == [new[new.index("# ") :] for new, _ in differing]
    settings = load(tmp_path, made)
    assert ("演示大药房（总店）", "07") == (settings.counter.fixmedins_name, settings.counter.till)


@pytest.mark.parametrize("leaf", [draft.CODE, draft.NAME, draft.AREA, draft.TILL, draft.OPERATOR, draft.OPERATOR_NAME, draft.URL])
def test_the_example_stands_for_no_answer(leaf: Leaf) -> None:
    """What was not answered is empty in the file: nobody settles under the code of the example."""
    made = answered()
    made.typed[leaf] = ""

    assert "" == value_at(tomllib.loads(made.result().text), leaf) == value_at(made.table(), leaf)


def test_file_begins_with_its_own_values_and_keeps_the_rest() -> None:
    """Opened and written without a change it is the same file; one answer changes one line."""
    same, other = Draft(OWN), Draft(OWN)
    other.typed[draft.TILL] = "02"

    assert (False, [], OWN) == (same.altered, same.changes(), same.result().text)
    assert OWN.replace('till = "01"', 'till = "02"') == other.result().text
    assert [draft.Change(draft.TILL, "01", "02")] == other.changes()


def test_default_that_the_file_does_not_say_is_not_written() -> None:
    """Only what differs from what holds already goes into a file that is there."""
    made = Draft(OWN)
    made.typed[draft.PRINTER] = "network"
    made.typed[draft.ADDRESS] = "10.0.0.9"

    assert [draft.PRINTER, draft.ADDRESS] == [change.leaf for change in made.changes()]


def test_level_is_asked_of_clinics_and_hospitals_only() -> None:
    """A pharmacy's is emptied, even where the file had one."""
    made = Draft(OWN.replace('venue = "pharmacy"', 'venue = "clinic"\nhosp_lv = "2"'))
    assert draft.LEVEL in made.asked(1)

    made.typed[draft.VENUE] = "pharmacy"

    assert draft.LEVEL not in made.asked(1)
    assert ["pharmacy", ""] == [change.after for change in made.changes()]


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("none", (draft.PRINTER, draft.WIDTH)),
        ("network", (draft.PRINTER, draft.ADDRESS, draft.WIDTH, draft.COPIES, draft.QR, draft.ANSWERS)),
        ("serial", (draft.PRINTER, draft.ADDRESS, draft.BAUD, draft.WIDTH, draft.COPIES, draft.QR, draft.ANSWERS)),
    ],
)
def test_printer_is_asked_what_its_kind_needs(kind: str, asked: tuple[Leaf, ...]) -> None:
    """Without a printer no address; a speed of a serial one only."""
    made = Draft(None)
    made.typed[draft.PRINTER] = kind

    assert asked == made.asked(4)


def test_simulated_reader_and_printer_of_a_file_stay() -> None:
    """They are offered where the file has them, and nowhere else."""
    made = Draft(OWN + '[reader]\nkind = "simulated"\nslot_dir = "slot"\n[printer]\nkind = "simulated"\naddress = "p"\n')

    assert () == made.asked(3)
    assert "simulated" in made.options(draft.PRINTER)
    assert "simulated" not in Draft(OWN).options(draft.PRINTER)
    assert [] == made.changes()


@pytest.mark.parametrize(
    ("leaf", "typed", "taken"),
    [
        (draft.CODE, "ｐ９９ ０１\t00", "P990100"),
        (draft.URL, " http：//10.0.0.1／a ", "http://10.0.0.1/a"),
        (draft.NAME, "大药房（总店）\u202e\x1b[2J\x00\u200b", "大药房（总店）[2J"),
        (draft.NAME, "甲\u3000乙\n丙", "甲 乙丙"),
        (draft.AREA, "９９０１００", "990100"),
        (draft.NAME, "\ud800甲", "甲"),
    ],
)
def test_what_a_field_takes(leaf: Leaf, typed: str, taken: str) -> None:
    """Wide forms become narrow where codes stand; what cannot be seen is not taken anywhere."""
    assert taken == Draft(None).takes(leaf, typed)


def test_address_of_a_connection_is_narrow_and_a_path_is_not() -> None:
    """A wide colon in a host is a slip of the input method, a wide bracket in a path may be meant."""
    made = Draft(None)
    made.typed[draft.PRINTER] = "network"
    assert "10.0.0.9:9100" == made.takes(draft.ADDRESS, "10.0.0.9：9100")

    made.typed[draft.PRINTER] = "text-file"
    assert "小票（一）.txt" == made.takes(draft.ADDRESS, "小票（一）.txt")


@pytest.mark.parametrize("text", ["", "counter = 5", '[counter]\ntill = 1\nadmdvs = ["x"]\nvenue = true', '[ui]\ntheme = "pink"'])
def test_file_with_faults_can_be_opened_and_mended(tmp_path: Path, text: str) -> None:
    """Values of the wrong type show as text or not at all; answered, the file can be used."""
    made = answered(text)
    made.typed[draft.VENUE] = "pharmacy"
    made.typed[draft.THEME] = "auto"

    settings = load(tmp_path, made)

    assert (ANSWERS[draft.TILL], "990100") == (settings.counter.till, settings.counter.admdvs)


def test_every_field_is_asked_in_one_step_and_is_a_setting() -> None:
    """No field is forgotten and none has another place than the example's."""
    asked = [leaf for step in STEPS for leaf in step]

    assert sorted(FIELDS) == sorted(asked)
    assert [] == [leaf for leaf in FIELDS if value_at(tomllib.loads(example()), leaf) is None]
