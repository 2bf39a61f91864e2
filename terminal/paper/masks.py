"""What a slip shows of a person: the masks that every list and screen uses."""

from __future__ import annotations

from settlement.masks import mask_name, mask_number

__all__ = ["mask_name", "mask_number"]
