"""What of a request is frozen before its first byte leaves: everything but the envelope."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Frozen:
    """``(infno, msgid, fixmedins_code, input)`` and its hash (commit-protocol section 3)."""

    infno: str
    msgid: str
    fixmedins_code: str
    input: str
    """Canonical JSON text."""
    sha256: str

    @property
    def content(self) -> dict[str, Any]:
        """The input as an object, ready for an envelope."""
        content: dict[str, Any] = json.loads(self.input)
        return content


def freeze(infno: str, msgid: str, fixmedins_code: str, content: dict[str, Any]) -> Frozen:
    """Return the frozen request; the same content always gives the same text and hash."""
    text = _canonical(content)
    digest = hashlib.sha256(_canonical([infno, msgid, fixmedins_code, text]).encode()).hexdigest()
    return Frozen(infno, msgid, fixmedins_code, text, digest)


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
