"""Goods for the tests, the definition of search written a second time, and files as a shop would export them."""

from __future__ import annotations

import itertools
import tomllib
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pypinyin import Style, pinyin

from offline_queue.catalogue import NAME, Catalogue, Item
from offline_queue.catalogue import readings as shipped
from offline_queue.catalogue.building import build

HEADER = "商品编码,商品名称,零售价,医保等级,批准类别"
LINE = "A1,演示片,12.30,甲,国药准字"
PLAIN: dict[str, Any] = {
    "code": "A1",
    "med_list_codg": "",
    "name": "演示片",
    "spec": "",
    "prodentp_name": "",
    "unit": "盒",
    "barcodes": (),
    "trac_prefix": "",
    "pric_e6": 12_300_000,
    "chrgitm_lv": "01",
    "selfpay_prop_e4": 0,
    "pric_uplmt_e6": None,
    "goods_kind": "国药准字",
    "manu_lotnum": "",
    "expy_end": "",
    "controls": (),
    "trac_required": True,
    "popularity": 0,
}
OWN: dict[str, dict[str, str]] = tomllib.loads(Path(shipped.__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def item(code: str = "A1", name: str = "演示片", **more: Any) -> Item:  # noqa: ANN401 - any field
    """Return one product."""
    return Item(**{**PLAIN, "code": code, "name": name, **more})


def catalogue_of(directory: Path, items: Iterable[Item]) -> Catalogue:
    """Build a catalogue and open it."""
    build(directory / NAME, items, {}, lambda _done, _total: None)
    return Catalogue(directory)


def codes(items: Iterable[Item]) -> list[str]:
    """Return what was found, by codes."""
    return [found.code for found in items]


class Definition:
    """What a query must find: every reading of every name is written out, nothing is indexed."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._placed = sorted(items, key=lambda one: (-one.popularity, one.code))
        self._texts = [_texts(one) for one in self._placed]

    def codes(self, query: str, limit: int = 20) -> list[str]:
        """Return the codes that it finds, in order."""
        sought = _folded(query)
        found = (
            one.code
            for one, text in zip(self._placed, self._texts, strict=True)
            if sought and (sought in text or any(barcode.startswith(sought) for barcode in one.barcodes))
        )
        return list(itertools.islice(found, limit))


def wanted(query: str, items: Iterable[Item], limit: int = 20) -> list[str]:
    """Return the codes that a query must find among ``items``."""
    return Definition(items).codes(query, limit)


def spellings(name: str) -> list[str]:
    """Return every way to type a name by its initials, written out."""
    return ["".join(letters) for letters in itertools.product(*_letters(_folded(name)))]


def _texts(one: Item) -> str:
    return "\n".join((_folded(one.name), _folded(one.code), *spellings(one.name)))


def _letters(name: str) -> list[list[str]]:
    """Return for each place of a name the letters that it may be typed by."""
    places = []
    for at, character in enumerate(name):
        letters = [character] if character.isascii() and character.isalnum() else list(OWN["characters"].get(character, ""))
        if not letters:
            found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
            letters = [unicodedata.normalize("NFKD", reading)[0] for reading in (found[0] if found else [])]
        for word, spelled in OWN["words"].items():
            letters += [spelled[place] for place in range(len(word)) if at >= place and name.startswith(word, at - place)]
        if letters:
            places.append(sorted(set(letters)))
    return places


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())
