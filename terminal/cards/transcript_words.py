"""What an exchange of a trace means, by the tables: named where they know it, marked where they are not confirmed, never refused.

A PIN is not repeated, nor is a person: name and numbers are masked, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from settlement.masks import mask_name, mask_number
from terminal.cards import ldt, recognition
from terminal.cards.apdu import tries_left
from terminal.cards.ldt import SW, Coding, File, Item, Layout
from terminal.cards.trace import name_of
from terminal.cards.transcript import Exchange

Known = Literal["confirmed", "unconfirmed", "unknown"]
_SELECTIONS = {
    ldt.SSSE_AID: ("SSSE", "社会保障系统环境"),
    ldt.DF04_AID: ("DF04", "社会保险 2（医疗保险）"),
    ldt.DF03_AID: ("DF03", "社会保险 1"),
    ldt.DF01_AID: ("DF01", "公共应用"),
    ldt.PSAM_AID: ("PSAM", "PSAM 应用"),
}
_BY_ID = {fid: _SELECTIONS[aid] for fid, aid in ((ldt.DF01, ldt.DF01_AID), (ldt.DF03, ldt.DF03_AID), (ldt.DF04, ldt.DF04_AID))}
_UNKNOWN = "?"
"""An application that is in no table: what its files and items are, nothing here says."""
_BY_TAG, _BY_NUMBER, _ALL_FROM = 0, 4, 5
_SECRET = {0x20, 0x5E, 0xD4}
"""INS whose content is a PIN."""
_PERSONAL = {ldt.TAG_CERTNO, ldt.TAG_CARD_NO, ldt.TAG_SN}
_CONFIRMED = {0x82, 0x84, 0x88, 0xC0, 0xDE}
"""INS that independent public programs agree on, whatever their parameters are."""
_ENCRYPT = bytes.fromhex("80FA0000")
"""The only form of 80FA that they agree on: that of a MAC is our reading."""
_STATUS: dict[int, tuple[str, str]] = {
    SW.OK: ("成功", "done"),
    SW.MEMORY: ("记录不可读（可能被撕裂）", "the record cannot be read, perhaps torn"),
    SW.LENGTH: ("长度错", "wrong length"),
    SW.FILE_TYPE: ("文件类型不符", "wrong kind of file"),
    SW.SECURITY: ("安全条件不满足", "a right is missing"),
    SW.BLOCKED: ("已锁定", "blocked"),
    SW.NO_CHALLENGE: ("没有有效随机数", "no valid challenge"),
    SW.CONDITIONS: ("使用条件不满足", "conditions not met"),
    SW.CONTENT: ("数据错", "wrong content"),
    SW.FUNCTION: ("不支持，或卡已锁定", "not supported, or the card is locked"),
    SW.NO_FILE: ("没有这个文件或应用", "no such file or application"),
    SW.NO_RECORD: ("没有这条记录", "no such record"),
    SW.P1P2: ("P1 P2 错", "wrong P1 P2"),
    SW.NO_KEY: ("没有这个密钥", "no such key"),
    SW.INSTRUCTION: ("没有这个命令", "no such command"),
    SW.CLASS: ("没有这个类别", "no such class"),
    0x6988: ("MAC 错", "wrong MAC"),
    0x9302: ("MAC 无效", "invalid MAC"),
    0x9303: ("应用永久锁定", "application locked for ever"),
    0x9403: ("密钥索引不支持", "key index not supported"),
    0x9406: ("没有可用的 MAC", "no MAC available"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One exchange in words."""

    line: int
    name: str
    """Of the command, in the standard's words."""
    detail: str
    status: str
    zh: str
    en: str
    """The status word in both languages; empty where it is not named."""
    known: Known


class Teller:
    """Tells one exchange after another: what was selected before says what a tag means."""

    def __init__(self) -> None:
        self._application = ""
        self._fid = 0
        self._version = "2.00"

    def tell(self, exchange: Exchange) -> Told:
        """Return what an exchange says."""
        if not exchange.command:
            kind = recognition.by_reset(exchange.answer)
            zh, en = (kind.zh, kind.en) if kind else ("", "")
            known: Known = "confirmed" if exchange.answer.startswith(ldt.ATR_HEAD) else "unconfirmed" if kind else "unknown"
            return Told(line=exchange.line, name="RESET", detail=exchange.answer.hex().upper(), status="", zh=zh, en=en, known=known)
        if len(exchange.command) < len(b"CIPP"):
            return self._told(exchange, "?", exchange.command.hex().upper(), "unknown")
        ins = exchange.command[1]
        name = name_of(exchange.command)
        named = {0xA4: self._select, 0xB2: self._record, 0xDC: self._record, 0x20: self._pin, 0x5E: self._pin, 0xD4: self._pin}.get(ins)
        if named is not None:
            detail, known = named(exchange)
        elif name.startswith("INS "):
            detail, known = f"{exchange.command.hex(' ').upper()}", "unknown"
        else:
            detail = self._key(exchange)
            known = _sure(confirmed=self._key_confirmed(exchange) and (ins in _CONFIRMED or exchange.command[:4] == _ENCRYPT))
        return self._told(exchange, name, detail, known)

    def _told(self, exchange: Exchange, name: str, detail: str, known: Known) -> Told:
        if exchange.sw is None:
            return Told(line=exchange.line, name=name, detail=detail, status="", zh="没有应答", en="no answer", known=known)
        zh, en = _status(exchange.sw)
        return Told(line=exchange.line, name=name, detail=detail, status=f"{exchange.sw:04X}", zh=zh, en=en, known=known)

    # --- commands ---------------------------------------------------------------------------------------------

    def _select(self, exchange: Exchange) -> tuple[str, Known]:
        content = exchange.command[5:]
        taken = exchange.sw is not None and (exchange.sw == SW.OK or exchange.sw >> 8 == 0x61)  # noqa: PLR2004 - more to come
        if content in _SELECTIONS:
            application, said = _SELECTIONS[content]
            # Traces often hold both slots: what the PSAM selects says nothing of the card.
            if taken and application != "PSAM":
                self._application, self._fid = application, 0
            return said, "confirmed"
        if len(content) > len(b"FI"):
            if taken:
                self._application, self._fid = _UNKNOWN, 0
            return content.hex().upper(), "unknown"
        if len(content) == len(b"FI"):
            fid = int.from_bytes(content)
            if fid in _BY_ID:
                application, said = _BY_ID[fid]
                if taken:
                    self._application, self._fid = application, 0
                return f"{fid:04X} {said}", "confirmed"
            if taken:
                self._fid = fid
            file = self._file(fid)
            return f"{fid:04X} {file.name if file else ''}".rstrip(), "unknown" if file is None else _sure(confirmed=file.confirmed)
        return content.hex().upper(), "unknown"

    def _record(self, exchange: Exchange) -> tuple[str, Known]:
        p1, p2, content = exchange.command[2], exchange.command[3], exchange.command[5:]
        fid = 0xEF00 | p2 >> 3 if p2 >> 3 else self._fid
        self._fid = fid
        file, mode = self._file(fid), p2 & 0x07
        if file is None:
            return f"{fid:04X} P1={p1:02X} {_shown(exchange.answer or content)}".rstrip(), "unknown"
        if file.layout is not Layout.TAGGED:
            return f"{file.name} {fid:04X}:{p1:02} {_shown(exchange.answer or content)}".rstrip(), _sure(confirmed=file.confirmed)
        if mode == _ALL_FROM and (values := ldt.values_of(file, exchange.answer)):
            return f"{file.name} {fid:04X} {self._row(file, values)}", "unconfirmed"
        item = _item(file, p1, mode)
        if item is None:
            return f"{file.name} {fid:04X}|{p1:02X} {_shown(exchange.answer or content)}".rstrip(), "unknown"
        value = self._value(item, exchange.answer or content)
        return f"{file.name} {fid:04X}|{item.tag:02X} {item.name} {value}".rstrip(), _sure(confirmed=file.confirmed and item.confirmed)

    def _row(self, file: File, values: dict[int, bytes]) -> str:
        """Name each of several records that came in one answer."""
        items = ((file.item(tag), bytes((tag, len(value))) + value) for tag, value in values.items())
        return " · ".join(f"{item.tag:02X} {item.name} {self._value(item, record)}".rstrip() for item, record in items)

    def _pin(self, exchange: Exchange) -> tuple[str, Known]:
        hidden = f"{len(exchange.command[5:])} B ******"
        return hidden, "confirmed" if exchange.command[1] == 0x20 else "unconfirmed"  # noqa: PLR2004 - VERIFY

    def _key(self, exchange: Exchange) -> str:
        """Name the key that an authentication or a process key is of; else the lengths alone."""
        lengths = f"{max(len(exchange.command) - 5, 0)} B → {len(exchange.answer)} B"
        return f"{' '.join(dict.fromkeys(self._keys(exchange)))} {lengths}".strip()

    def _key_confirmed(self, exchange: Exchange) -> bool:
        """Whether the numbers of the key that a command names are; a command that names none says nothing against it."""
        return all(ldt.KEYS[name].confirmed for name in self._keys(exchange))

    def _keys(self, exchange: Exchange) -> list[str]:
        """Return the names of the keys that a command may mean."""
        ins, p1, p2 = exchange.command[1], exchange.command[2], exchange.command[3]
        return [
            name
            for name, key in ldt.KEYS.items()
            if (ins == 0xDE and (key.purpose, key.psam_key) == (p1, p2 & ~ldt.SM4_KEY))  # noqa: PLR2004 - BFDE
            or (ins in {0x82, 0x88} and key.card_key == p2 and name.endswith(self._application[-4:] or "SSSE"))
            or (ins in {0x82, 0x88} and key.card_key == p2 < 0x80)  # noqa: PLR2004 - those of the environment serve in each
        ]

    # --- tables -----------------------------------------------------------------------------------------------

    def _file(self, fid: int) -> File | None:
        if self._application == _UNKNOWN:
            return None
        return ldt.files_of(self._application or "SSSE", self._version).get(fid)

    def _value(self, item: Item, record: bytes) -> str:
        if not record:
            return ""
        if record[:2] != bytes((item.tag, item.length)):
            return _shown(record)
        try:
            value = ldt.decode(item, record[2:])
        except ValueError:
            return _shown(record[2:])
        if item.tag == ldt.TAG_VERSION and value[:1] in {"1", "2", "3"}:
            self._version = value
        if item.tag in {ldt.TAG_NAME, ldt.TAG_NAME_MORE}:
            return mask_name(value)
        if item.tag in _PERSONAL or (item.coding is Coding.CN and self._fid == ldt.HOLDER.fid and self._application != "DF04"):
            return mask_number(value)
        return value


def _item(file: File, p1: int, mode: int) -> Item | None:
    if mode == _BY_TAG:
        return next((item for item in file.items if item.tag == p1), None)
    return file.items[p1 - 1] if mode == _BY_NUMBER and 1 <= p1 <= len(file.items) else None


def _status(sw: int) -> tuple[str, str]:
    left = tries_left(sw)
    if left is not None:
        return f"错误，还可试 {left} 次", f"wrong, {left} tries left"
    if sw >> 8 == 0x61:  # noqa: PLR2004 - more to come
        return f"还有 {sw & 0xFF} 字节", f"{sw & 0xFF} bytes more"
    if sw >> 8 == 0x6C:  # noqa: PLR2004 - wrong Le
        return f"应为 {sw & 0xFF} 字节", f"it has {sw & 0xFF} bytes"
    return _STATUS.get(sw, ("", ""))


def _sure(*, confirmed: bool) -> Known:
    return "confirmed" if confirmed else "unconfirmed"


def _shown(content: bytes) -> str:
    """Return bytes that have no meaning here by their number alone: they may be a person's."""
    return f"{len(content)} B" if content else ""
