"""Reading what a centre says: tolerant in types, exact in money, bounded in everything.

Numbers come as numbers, as strings, as null or as ``""`` (interface section 9). They are decoded as text, so
no binary fraction ever touches an amount. Duplicate keys, NaN and deep nesting are refused.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Never

from pydantic import BaseModel, BeforeValidator, ConfigDict

from settlement.money import format_yuan, parse_scaled

DEPTH_MAX = 32
_BRACKETS_MAX = 100_000
_TOO_MUCH, _NO_OBJECT, _TOO_DEEP, _TWICE = "too many brackets", "not an object", "nested too deeply", "a member twice"
_HALF_A_CHARACTER = "half a character"
_ZERO_WITH_EXPONENT = re.compile(r"-?0+(\.0+)?[eE][+-]?[0-9]{1,3}")


class NotReadable(ValueError):
    """The text is no JSON object that the interface allows."""


def decode(content: bytes) -> dict[str, Any]:
    """Return the JSON object in ``content`` with every number as its own text. Raises :class:`NotReadable`."""
    try:
        text = content.decode("utf-8")
        if text.count("[") + text.count("{") > _BRACKETS_MAX:
            raise NotReadable(_TOO_MUCH)
        value = json.loads(text, parse_float=str, parse_int=str, parse_constant=_refuse, object_pairs_hook=_unique)
        if "\\ud" in text.lower():
            # An escaped half of a pair is no text: it could be neither stored nor sent on.
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise NotReadable(_HALF_A_CHARACTER) from error
    except (ValueError, RecursionError) as error:
        raise NotReadable(str(error)[:200]) from error
    if not isinstance(value, dict):
        raise NotReadable(_NO_OBJECT)
    if _depth(value) > DEPTH_MAX:
        raise NotReadable(_TOO_DEEP)
    return value


def _refuse(constant: str) -> Never:
    raise NotReadable(constant)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotReadable(_TWICE)
    return members


def _depth(value: object) -> int:
    level, depth = [value], 0
    while level:
        depth += 1
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
        if depth > DEPTH_MAX:
            break
    return depth


def _fen(value: object) -> object:
    if value is None:
        return 0
    if isinstance(value, bool):
        # Python takes true for 1; the interface does not.
        raise ValueError(str(value))  # noqa: TRY004 - pydantic turns a ValueError into its own
    if not isinstance(value, str):
        return value
    text = value.strip()
    # Java writes a scaled zero as 0E-8, Oracle leaves out the zero before the point.
    if not text or _ZERO_WITH_EXPONENT.fullmatch(text):
        return 0
    if text.startswith((".", "-.")):
        text = text.replace(".", "0.", 1)
    # 23.10000 and 0.0 are seen; a third decimal that says something is not money.
    return parse_scaled(text, 2)


def _text(value: object) -> object:
    return "" if value is None else value


def _filled(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return ``value`` without the empty members of its objects."""
    if isinstance(value, dict):
        return {name: _filled(member) for name, member in value.items() if member not in ("", None)}
    return [_filled(member) for member in value] if isinstance(value, list) else value


Fen = Annotated[int, BeforeValidator(_fen)]
"""An amount in fen; yuan on the wire."""
Text = Annotated[str, BeforeValidator(_text)]
"""A text; null reads as empty."""


class Answer(BaseModel):
    """A part of a response: unknown members are ignored, absent ones have a meaning."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Content(BaseModel):
    """A part of a request: every member known, typed and bounded, as the interface lists it."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    def wire(self) -> dict[str, Any]:
        """Return the JSON-ready form; empty optional members are left out."""
        content: dict[str, Any] = _filled(self.model_dump(mode="json"))
        return content


def yuan(fen: int) -> str:
    """Return an amount as it is sent."""
    return format_yuan(fen)
