"""From a roster to card images: what an issuing office does, for cards that are good for nothing but trying."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from settlement.money import parse_yuan
from simulator import crypto, rosters
from simulator.image import CardImage, empty_files, store
from simulator.rosters import Row
from terminal.cards import ldt

PSAM_NAME = "psam.card"
_MAKER = bytes.fromhex("0081544C86")
"""Chip maker and system in the historical bytes; the eight bytes after it are the serial number."""
_FORMS = {
    "image": r"[^/\\]+\.card",
    "psn_name": r".+",
    "certno": r"[0-9]{17}[0-9X]",
    "card_no": r"[0-9A-Z]{9}",
    "card_sn": r"[0-9]{6}D156000005[0-9A-F]{8}F{8}",
    "pin": r"[0-9]{6}",
    "admdvs": r"[0-9]{6}",
    "version": r"[123]\.[0-9]{2}",
    "issued": r"[0-9]{8}",
    "valid_until": r"[0-9]{8}",
    "pin_tries": r"[1-9]|1[0-5]",
    "algorithm": "|".join(crypto.Algorithm),
    "loaded": r"[0-9]{1,7}(\.[0-9]{1,2})?",
}
_DEFAULTS = {
    "admdvs": "990100",
    "version": "2.00",
    "issued": "20240101",
    "valid_until": "20331231",
    "pin_tries": "3",
    "algorithm": "3DES",
    "loaded": "0",
}
_UNIQUE = ("image", "certno", "card_no", "card_sn")
_CHECKS: dict[str, Callable[[str], str]] = {"certno": ldt.citizen_check, "card_no": ldt.card_no_check}


Person = dict[str, str]
"""One entry of a roster, checked, with the defaults filled in."""


KeyTable = Mapping[str, ldt.Key]


def make(roster: Path, folder: Path, *, seed: str, keys: KeyTable = ldt.KEYS) -> list[Path]:
    """Make one image for each person of a roster (:mod:`simulator.rosters`) and one PSAM; all or none.

    ``keys`` is the table of the PSAM: which purpose and identifier each key has there, as the tier that issued it has them.

    Raises :class:`~simulator.errors.RosterMalformed`, :class:`~simulator.errors.RosterUnreadable`.
    """
    people = read(roster)
    images = {person["image"]: card_of(person, seed, keys) for person in people}
    images[PSAM_NAME] = psam_of(people[0]["admdvs"] if people else _DEFAULTS["admdvs"], seed, keys)
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in images.items():
        store(folder / name, image)
    return [folder / name for name in images]


def read(roster: Path) -> list[Person]:
    """Return the people of a roster; what is not about the card is ignored. Raises as :func:`make`."""
    taken: dict[tuple[str, str], int] = {}
    return [_person(row, roster, taken) for row in rosters.rows(roster)]


def _person(row: Row, roster: Path, taken: dict[tuple[str, str], int]) -> Person:
    refuse = rosters.refusal(roster, row)
    values: Person = {}
    for key, form in _FORMS.items():
        value = row.values.get(key, _DEFAULTS.get(key))
        if value is None:
            raise refuse(key, "缺少", "it is absent")
        if not isinstance(value, str) or not re.fullmatch(form, value, re.ASCII):
            raise refuse(key, "格式不符", "it has not its form")
        values[key] = value
    for key, check in _CHECKS.items():
        if (right := check(values[key][:-1])) != values[key][-1]:
            raise refuse(key, f"校验位应为 {right}", f"its check character should be {right}")
    for key in _UNIQUE:
        # Names of files differ by more than capitals: a folder may not tell them apart.
        first = taken.setdefault((key, values[key].casefold()), row.line)
        if first != row.line:
            raise refuse(key, f"与第 {first} 行重复", f"line {first} has the same")
    if values["image"].casefold() == PSAM_NAME:
        raise refuse("image", "是 PSAM 的文件名", "it is the PSAM's")
    try:
        ldt.encode(ldt.HOLDER.item(ldt.TAG_NAME), values["psn_name"])
    except ValueError:
        raise refuse("psn_name", "姓名超过 30 字节", "the name has more than 30 bytes") from None
    return values


def card_of(person: Person, seed: str, keys: KeyTable = ldt.KEYS) -> CardImage:
    """Return a new card: no allowance yet, the PIN's tries whole. What ``person`` does not say is as in a roster."""
    person = _DEFAULTS | person
    serial = hmac.digest(seed.encode(), f"serial/{person['card_no']}".encode(), "sha256")[: ldt.FACTOR_BYTES]
    version, tries = person["version"], int(person["pin_tries"])
    card_sn = bytes.fromhex(person["card_sn"])
    factors = (serial, ldt.city_factor(card_sn), ldt.province_factor(card_sn))
    algorithm = crypto.Algorithm(person["algorithm"])
    table = {**keys, **ldt.HOST_KEYS}
    own = {ldt.key_place(name): crypto.card_key(seed, key, factors, algorithm).hex().upper() for name, key in table.items()}
    records, cyclic = empty_files(version)
    allowance = ldt.df04_files(version)[ldt.ALLOWANCE.fid]
    written = {
        "SSSE|EF05": _packed(ldt.ISSUER, _issuer(person)),
        "SSSE|EF06": _packed(ldt.HOLDER, _holder(person)),
        "DF04|EF06": _packed(allowance, (_ALLOWANCE if allowance == ldt.ALLOWANCE else _ALLOWANCE_V1) | _loaded(person)),
    }
    atr = ldt.ATR_HEAD + _MAKER + serial
    return CardImage(
        atr=atr.hex().upper(),
        version=version,
        algorithm=algorithm,
        keys=own,
        pin_check=crypto.pin_check(bytes.fromhex(person["pin"]), atr).hex().upper(),
        pin_tries=tries,
        pin_left=tries,
        records=records | written,
        cyclic=cyclic,
    )


_ALLOWANCE = {ldt.TAG_NOT_AFTER: "1", ldt.TAG_AMOUNT: "0", ldt.TAG_COUNTERS: "0000"}
"""Generation 0, counter 0, nothing to spend."""
_ALLOWANCE_V1 = {ldt.TAG_NOT_AFTER: "0", ldt.TAG_AMOUNT: "0", ldt.TAG_COUNTERS: "0"}


def _loaded(person: Person) -> dict[int, str]:
    """Return what an office has loaded onto a card that debits by itself."""
    return {ldt.TAG_AMOUNT: str(parse_yuan(person["loaded"]))}


def _issuer(person: Person) -> dict[int, str]:
    return {
        ldt.TAG_SN: person["card_sn"],
        0x02: "3",
        ldt.TAG_VERSION: person["version"],
        0x04: person["admdvs"],
        ldt.TAG_ISSUED: person["issued"],
        ldt.TAG_VALID_UNTIL: person["valid_until"],
        ldt.TAG_CARD_NO: person["card_no"],
    }


def _holder(person: Person) -> dict[int, str]:
    certno = person["certno"]
    gender = "1" if int(certno[16]) % 2 else "2"
    return {
        ldt.TAG_CERTNO: certno,
        ldt.TAG_NAME: person["psn_name"],
        ldt.TAG_GENDER: gender,
        0x0B: "01",
        0x0C: person["admdvs"],
        0x0D: certno[6:14],
    }


def _packed(file: ldt.File, values: dict[int, str]) -> dict[str, str | None]:
    """Return those records of a file that have a value."""
    return {f"{item.tag:02X}": ldt.encode(item, values[item.tag]).hex().upper() for item in file.items if item.tag in values}


def psam_of(admdvs: str, seed: str, keys: KeyTable = ldt.KEYS) -> CardImage:
    """Return the PSAM of the same seed, with every key of the table for both ciphers."""
    masters = {
        f"{key.purpose:02X}/{key.psam_key | mark:02X}": crypto.master_key(seed, key, algorithm).hex().upper()
        for key in keys.values()
        for algorithm, mark in ((crypto.Algorithm.DES, 0), (crypto.Algorithm.SM4, ldt.SM4_KEY))
    }
    atr = ldt.ATR_HEAD + _MAKER + b"PSAM" + bytes.fromhex(admdvs + "01")
    return CardImage(kind="psam", atr=atr.hex().upper(), keys=masters, terminal_number=f"{admdvs}000001", serial=f"{admdvs}00000000000001")
