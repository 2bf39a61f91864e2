"""Commands of LD/T cards beyond ISO 7816-4 that the till sends, byte by byte, each with what is known of it."""

from __future__ import annotations

UNBLOCK_PIN, RELOAD_PIN = 0x24, 0xD4
"""INS under CLA 84 (one program; P1 and P2 unconfirmed, and what its MAC covers)."""
PADDING = 0x80
PIN_BLOCK_BYTES = {False: 8, True: 16}
"""Length ‖ digits ‖ 80 00 …: one block of 3DES, or of SM4 (one program)."""
