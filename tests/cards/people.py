"""Cards for the tests: people who do not exist, from an area code that was never issued."""

from __future__ import annotations

from pathlib import Path

from terminal.cards import ldt

PIN = "246813"


def entry(letter: str, **changes: str) -> dict[str, str]:
    """Return one roster entry with right check characters; ``changes`` replace what they name."""
    number = ord(letter) % 10
    certno = f"99010019700101{number}15"
    card_no = f"TEST000{number}"
    values = {
        "image": f"{letter}.card",
        "psn_no": f"9901000000000000000{number}",
        "psn_name": f"测试人员{letter}",
        "certno": certno + ldt.citizen_check(certno),
        "card_no": card_no + ldt.card_no_check(card_no),
        "card_sn": f"990100D1560000050000000{number}FFFFFFFF",
        "admdvs": "990100",
        "pin": PIN,
    }
    return values | changes


def roster(directory: Path, *entries: dict[str, str]) -> Path:
    """Write a roster of the entries, or of one person ``a``, and return its path."""
    blocks = ["[[person]]\n" + "".join(f'{key} = "{value}"\n' for key, value in values.items()) for values in entries or (entry("a"),)]
    path = directory / "roster.toml"
    path.write_text("\n".join(blocks), encoding="utf-8")
    return path
