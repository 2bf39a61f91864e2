"""The captured messages: real answers of real gateways, personal values replaced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_ITEMS = json.loads(Path(__file__).with_name("messages.json").read_text(encoding="utf-8"))
_MESSAGES = {item["id"]: item["message"] for item in _ITEMS}


def captured(name: str) -> dict[str, Any]:
    """Return one captured message, a fresh copy."""
    message: dict[str, Any] = json.loads(json.dumps(_MESSAGES[name]))
    return message


def infnos() -> dict[str, str]:
    """Return the transaction of each captured message."""
    return {item["id"]: item["infno"] for item in _ITEMS}


def sent(message: dict[str, Any]) -> bytes:
    """Return a message as bytes of the line."""
    return json.dumps(message, ensure_ascii=False).encode()
