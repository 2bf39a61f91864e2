"""Status words."""

from __future__ import annotations

from enum import IntEnum


class SW(IntEnum):
    """Status words that mean something to a till (confirmed, but for 6581 as a torn record)."""

    OK = 0x9000
    MEMORY = 0x6581
    LENGTH = 0x6700
    STATE = 0x6901
    FILE_TYPE = 0x6981
    SECURITY = 0x6982
    BLOCKED = 0x6983
    NO_CHALLENGE = 0x6984
    CONDITIONS = 0x6985
    NO_EF = 0x6986
    SECURE_MESSAGE = 0x6988
    CONTENT = 0x6A80
    FUNCTION = 0x6A81
    NO_FILE = 0x6A82
    NO_RECORD = 0x6A83
    P1P2 = 0x6A86
    NO_KEY = 0x6A88
    OFFSET = 0x6B00
    INSTRUCTION = 0x6D00
    CLASS = 0x6E00
    MAC_INVALID = 0x9302
    LOCKED_FOR_EVER = 0x9303
    FUNDS = 0x9401
    KEY_INDEX = 0x9403
    NO_MAC = 0x9406
