"""Commands of LD/T cards beyond ISO 7816-4 that the till sends, byte by byte, each with what is known of it."""

from __future__ import annotations

UNBLOCK_PIN, RELOAD_PIN = 0x24, 0xD4
"""INS under CLA 84 (one program; P1 and P2 unconfirmed, and what its MAC covers)."""
PADDING = 0x80
PIN_BLOCK_BYTES = {False: 8, True: 16}
"""Length ‖ digits ‖ 80 00 …: one block of 3DES, or of SM4 (one program)."""
KEY_INDEX = 0x01
INITIALIZE_DEBIT = (0xB0, 0x28, 0x01, 0x01)
"""Key index ‖ two amounts ‖ terminal number. The load is public with P1 00; that P1 01 debits is ours (design)."""
DEBIT = (0x80, 0x54, 0x01, 0x00)
"""Number 4 ‖ date-time 7 ‖ MAC1 4: the 15 bytes are public, the header is PBOC's (unconfirmed). Answer: TAC 4 ‖ MAC2 4."""
DEBIT_PROOF = (0x80, 0x5A, 0x00, 0x32)
"""The type in P2, then the sequence (PBOC's GET TRANSACTION PROVE; design for LD/T)."""
