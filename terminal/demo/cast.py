"""Who and what appears in the demonstration: people who do not exist, in areas that do not exist.

Everything comes from the seed, so the same seed gives the same numbers. Citizen numbers start with an area
code that was never issued; names say what they are.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, replace

from settlement.money import format_yuan, parse_yuan
from terminal.cards.ldt import card_no_check, citizen_check


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """One insured person of the demonstration, and the card."""

    role: str
    psn_name: str
    psn_no: str
    certno: str
    card_no: str
    card_sn: str
    admdvs: str
    psn_type: str
    account_fen: int
    pin: str
    loaded_fen: int = 0
    """Of the account, what the office has loaded onto a card that debits by itself."""
    proof_key: str = ""
    """What such a card makes its TACs with."""

    @property
    def image(self) -> str:
        """Name of the card's image file."""
        return f"{self.role}.card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing on the shelf, as a bill line names it."""

    code: str
    name: str
    kind: str
    level: str
    first_pay: str
    price: str


class Dice:
    """Numbers from a seed: the n-th number of a label is always the same."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def number(self, label: str, below: int) -> int:
        """Return a number from 0 to ``below`` − 1."""
        digest = hashlib.sha256(f"{self._seed}/{label}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % below


Roles = tuple[tuple[str, str, str, str], ...]
"""Role, name, area and kind of insured person, of each."""
_DAY: Roles = (
    ("first", "演示甲", "990100", "11"),
    ("second", "演示乙", "990100", "12"),
    ("torn", "演示丙", "990100", "11"),
    ("lost", "演示丁", "990100", "11"),
    ("killed", "演示戊", "990100", "11"),
    ("elsewhere", "演示己", "990200", "11"),
    ("patient", "演示庚", "990100", "11"),
    ("visitor", "演示辛", "990100", "12"),
)
_VISITORS: Roles = (
    ("first", "演示甲", "990100", "11"),
    ("second", "演示乙", "990100", "12"),
    ("third", "演示丙", "990100", "11"),
    ("fourth", "演示丁", "990100", "11"),
)
_SMALL_FEN = 20_00
_NEW = "visitor"
INITIAL_PIN = "123456"


def players(seed: str, roles: Roles = _DAY) -> dict[str, Player]:
    """Return the cast by role; the visitor has a new card, whose PIN is still the one that it was issued with."""
    dice = Dice(seed)
    people = {role: _player(dice, index, role, *rest) for index, (role, *rest) in enumerate(roles)}
    return {role: replace(player, pin=INITIAL_PIN) if role == _NEW else player for role, player in people.items()}


def chosen_pin(seed: str, player: Player) -> str:
    """Return the PIN that the holder of a new card chooses."""
    return f"{700_000 + Dice(seed).number(f'chosen/{player.role}', 200_000)}"


def visitors(seed: str) -> dict[str, Player]:
    """Return the people of the playground; the last one has little in the account, so that cash has to make up for it."""
    people = players(seed, _VISITORS)
    return people | {"fourth": replace(people["fourth"], account_fen=_SMALL_FEN)}


def cast_of(text: str) -> dict[str, Player]:
    """Return who stands in what :func:`roster` wrote, by role. Raises :class:`ValueError` and :class:`KeyError`."""
    people = {}
    for row in tomllib.loads(text)["person"]:
        role = row["image"].removesuffix(".card")
        same = ("psn_name", "psn_no", "certno", "card_no", "card_sn", "admdvs", "psn_type", "pin")
        people[role] = Player(role=role, account_fen=parse_yuan(row["account"]), **{key: row[key] for key in same})
    return people


def shelf(seed: str) -> tuple[Item, ...]:
    """Return the goods: four that the account may pay and one that it may not."""
    dice = Dice(seed)

    def price(code: str, low: int, high: int) -> str:
        return format_yuan(low + dice.number(f"price/{code}", high - low))

    return (
        Item(code="A001", name="演示感冒片", kind="国药准字", level="01", first_pay="0", price=price("A001", 800, 3000)),
        Item(code="B001", name="演示胃胶囊", kind="国药准字", level="02", first_pay="0.1", price=price("B001", 1500, 5000)),
        Item(code="B002", name="演示降压片", kind="国药准字", level="02", first_pay="0.05", price=price("B002", 2000, 6000)),
        Item(code="D001", name="演示血压计", kind="械字", level="03", first_pay="1", price=price("D001", 3000, 9000)),
        Item(code="Z001", name="演示洗发水", kind="日用品", level="03", first_pay="1", price=price("Z001", 1000, 4000)),
    )


def roster(cast: dict[str, Player]) -> str:
    """Return the TOML that both ``yibao-card make`` and ``yibao-clearing serve`` read."""
    blocks = []
    for player in cast.values():
        rows = {
            "image": player.image,
            "psn_no": player.psn_no,
            "psn_name": player.psn_name,
            "certno": player.certno,
            "card_no": player.card_no,
            "card_sn": player.card_sn,
            "admdvs": player.admdvs,
            "psn_type": player.psn_type,
            "account": format_yuan(player.account_fen),
            "deductible_used": "0.00",
            "fund_paid": "0.00",
            "pin": player.pin,
        }
        if player.loaded_fen:
            rows |= {"loaded": format_yuan(player.loaded_fen), "proof_key": player.proof_key}
        blocks.append("[[person]]\n" + "".join(f'{key} = "{value}"\n' for key, value in rows.items()))
    return "\n".join(blocks)


def _player(dice: Dice, index: int, role: str, name: str, admdvs: str, psn_type: str) -> Player:
    serial = 100 + dice.number(f"serial/{role}", 900)
    body = f"{admdvs}1970010{index + 1}{serial}"
    number = f"{dice.number(f'card/{role}', 10**7):07d}{index}"
    unique = f"{dice.number(f'sn/{role}', 10**7):07d}{index}"
    return Player(
        role=role,
        psn_name=name,
        psn_no=f"{admdvs}{dice.number(f'psn/{role}', 10**12):012d}{index:02d}",
        certno=body + citizen_check(body),
        card_no=number + card_no_check(number),
        card_sn=f"{admdvs}D156000005{unique}FFFFFFFF",
        admdvs=admdvs,
        psn_type=psn_type,
        account_fen=60_000 + dice.number(f"account/{role}", 60_000),
        pin=f"{100_000 + dice.number(f'pin/{role}', 900_000)}",
    )
