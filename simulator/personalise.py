"""From a roster to card images: what an issuing office does, for cards that are good for nothing but trying."""

from __future__ import annotations

import hmac
import tomllib
from pathlib import Path
from typing import Any

from settlement.errors import Phrase, SettingsError, Words
from simulator import crypto, image
from terminal.cards import ldt

_MAKER = "0081544C86"
"""Chip maker and system in the historical bytes (section 1); the rest is the serial number."""
PSAM_NAME = "psam.card"


class RosterMalformed(SettingsError):
    """A roster from which no cards can be made."""

    phrase = Phrase(
        "ROSTER-MALFORMED",
        zh=Words("名册 {file} 第 {entry} 条：{what}", "没有制作任何卡。", "改正后重新制作。", "不要用真实人员的资料。"),
        en=Words(
            "Roster {file}, entry {entry}: {what}",
            "No card was made.",
            "Mend it and make the cards again.",
            "Do not use data of real people.",
        ),
    )


def make(roster: Path, folder: Path, *, seed: str) -> list[Path]:
    """Make one image for each ``[[person]]`` and one PSAM; all or none. Raises :class:`RosterMalformed`."""
    people = _read(roster)
    images = {person["image"]: _card(person, number, roster.name, seed) for number, person in enumerate(people, 1)}
    images[PSAM_NAME] = _psam(people, seed)
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in images.items():
        image.store(folder / name, made)
    return [folder / name for name in images]


def _read(roster: Path) -> list[dict[str, Any]]:
    try:
        people = tomllib.loads(roster.read_text(encoding="utf-8")).get("person", [])
    except (OSError, ValueError) as error:
        raise RosterMalformed(file=roster.name, entry="—", what=str(error)) from None
    seen: dict[tuple[str, str], int] = {}
    for number, person in enumerate(people, 1):
        for key in ("image", "certno", "card_no", "card_sn", "psn_name", "pin"):
            if not isinstance(person.get(key), str) or not person[key]:
                raise RosterMalformed(file=roster.name, entry=str(number), what=f"{key}?")
            first = seen.setdefault((key, person[key]), number)
            if first != number and key not in {"psn_name", "pin"}:
                raise RosterMalformed(file=roster.name, entry=str(number), what=f"{key} = {key} #{first}")
        _check(person, number, roster.name)
    return list(people)


def _check(person: dict[str, Any], number: int, file: str) -> None:
    checks = {"certno": ldt.citizen_check, "card_no": ldt.card_no_check}
    for key, check in checks.items():
        try:
            right = check(person[key][:-1])
        except (ValueError, IndexError):
            right = "?"
        if person[key][-1] != right:
            raise RosterMalformed(file=file, entry=str(number), what=f"{key} {person[key][-1]} ≠ {right}")
    if len(person["pin"]) != ldt.PIN_DIGITS or not person["pin"].isdigit():
        raise RosterMalformed(file=file, entry=str(number), what="pin ≠ 6 × 0–9")


def _card(person: dict[str, Any], number: int, file: str, seed: str) -> image.CardImage:
    serial = hmac.digest(seed.encode(), f"serial/{person['card_no']}".encode(), "sha256")[:8]
    atr = ldt.ATR_HEAD + bytes.fromhex(_MAKER) + serial
    try:
        issuer = {
            0x01: person["card_sn"],
            0x02: "3",
            0x03: "2.00",
            0x04: person.get("admdvs", "990100"),
            0x05: person.get("issued", "20240101"),
            0x06: person.get("valid_until", "20331231"),
            0x07: person["card_no"],
        }
        holder = {
            0x08: person["certno"],
            0x09: person["psn_name"],
            0x0A: "1",
            0x0B: "01",
            0x0D: person["certno"][6:14],
        }
        records = {
            "SSSE|EF05": _packed(ldt.ISSUER, issuer),
            "SSSE|EF06": _packed(ldt.HOLDER, holder),
            "DF04|EF05": {},
            "DF04|EF06": _packed(ldt.ALLOWANCE, {0x90: "1", 0x92: "0", 0x93: "0000"}),
        }
    except ValueError as error:
        raise RosterMalformed(file=file, entry=str(number), what=str(error)) from None
    card_sn = bytes.fromhex(person["card_sn"])
    factors = (atr[-ldt.FACTOR_BYTES :], ldt.city_factor(card_sn), ldt.province_factor(card_sn))
    keys = {f"{key.card_key:02X}": crypto.card_key(seed, key, factors).hex() for key in ldt.KEYS.values()}
    tries = int(person.get("pin_tries", 3))
    return image.CardImage(
        atr=atr.hex().upper(),
        keys=keys,
        pin=person["pin"],
        pin_tries=tries,
        pin_left=int(person.get("pin_left", tries)),
        records=records,
        cyclic={"DF04|EF08": [], "DF04|EF15": []},
    )


def _packed(file: ldt.File, values: dict[int, str]) -> dict[str, str | None]:
    return {f"{tag:02X}": ldt.encode(file.item(tag), value).hex().upper() for tag, value in values.items()}


def _psam(people: list[dict[str, Any]], seed: str) -> image.CardImage:
    area = str(people[0].get("admdvs", "990100")) if people else "990100"
    keys = {f"{key.purpose:02X}/{key.psam_key:02X}": crypto.master_key(seed, key).hex() for key in ldt.KEYS.values()}
    atr = ldt.ATR_HEAD + bytes.fromhex(_MAKER) + b"PSAM" + bytes(4)
    return image.CardImage(kind="psam", atr=atr.hex().upper(), keys=keys, terminal_number=f"{area}000001")
