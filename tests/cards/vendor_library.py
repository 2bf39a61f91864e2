"""A maker's library as LD/T 33 describes one, and what makes a till's card functions of it: nothing of PC/SC is behind the seam.

Each function gives a code and a string: fields between ``|``, files between ``$``. Codes are negated status words for what the card
refuses, and the library's own below that (−2 no card, −4 mute, −21 not genuine, −36 not to an initial PIN …). The library of this
module works on the simulated card; what it does inside is nobody's business. The adapter knows strings and codes alone: it is what has
to be written once for a real library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from settlement.allowance import NOT_AFTER_NEVER, CardRecord, RefreshWrite, SaleWrite
from settlement.card_debit import LOG_RECORDS, DebitPlan, LogEntry
from settlement.errors import CardError
from terminal.cards import errors, ldt
from terminal.cards.card_account import Begun, Proof
from terminal.cards.identity import CardHolder
from terminal.cards.keypad import Judge, KeypadEnd
from terminal.cards.port import OutcomeUnknown
from terminal.cards.services import CounterCard
from terminal.cards.trace import Trace

AUTO = 3
"""iType: with contact or without, as the reader finds it."""
OK, NO_CARD, MUTE, LOST, NOT_GENUINE, NO_KEY, INITIAL = 0, -2, -4, -12, -21, -24, -35
_ALLOWANCE = "DF04EF06"
_INTENTS = "DF04EF15"
_NO_RECORD = ""
Answer = tuple[int, str]


class VendorLibrary:
    """The functions, on a card that is in the reader. ``card`` is the maker's own way to it."""

    def __init__(self, card: CounterCard) -> None:
        self._card = card
        self.called: list[str] = []

    def iReadCardBas(self, kind: int) -> Answer:  # noqa: N802 - names of LD/T 33
        """发卡地区|社会保障号码|卡号|卡识别码|姓名|卡复位信息|规范版本|发卡日期|卡有效期|终端机编号|终端设备号|."""

        def read() -> str:
            holder = self._card.identify()
            fields = (holder.card_sn[:6], holder.certno, holder.card_no, holder.card_sn, holder.psn_name)
            more = (self._card.channel.atr.hex().upper(), holder.version, "", holder.valid_until, self._card.keys.terminal_number(), "")
            return "|".join((*fields, *more)) + "|"

        return self._done("iReadCardBas", kind, read)

    def iVerifyPIN(self, kind: int, card: str, pin: bytearray) -> Answer:  # noqa: N802
        """Verify; ``card`` is 卡识别码|卡号|."""
        del card
        return self._done("iVerifyPIN", kind, lambda: self._card.verify_pin(pin))

    def iChangePIN(self, kind: int, card: str, old: bytearray, new: bytearray) -> Answer:  # noqa: N802
        """Change."""
        del card
        return self._done("iChangePIN", kind, lambda: self._card.change_pin(old, new))

    def iUnblockPIN(self, kind: int, card: str) -> Answer:  # noqa: N802
        """Unblock."""
        del card
        return self._done("iUnblockPIN", kind, self._card.unblock_pin)

    def iReloadPIN(self, kind: int, card: str, new: bytearray) -> Answer:  # noqa: N802
        """Set anew."""
        del card
        return self._done("iReloadPIN", kind, lambda: self._card.reload_pin(new))

    def iReadCard(self, kind: int, card: str, files: str) -> Answer:  # noqa: N802
        """Read ``DF04EF06|90|92|93|$``, ``DF04EF15:01$`` …: values in hexadecimal, empty for one that cannot be read."""
        del card
        return self._done("iReadCard", kind, lambda: "".join(f"{self._file(one)}$" for one in files.split("$") if one))

    def iWriteCard(self, kind: int, card: str, files: str, content: str) -> Answer:  # noqa: N802
        """Write the same shape."""
        del card
        return self._done("iWriteCard", kind, lambda: self._write(files.rstrip("$"), content.rstrip("$")))

    def close(self) -> None:
        """Let the card go."""
        self._card.close()

    def _file(self, asked: str) -> str:
        name, *tags = asked.rstrip("|").split("|")
        if name == _ALLOWANCE:
            values = self._card._session.values(ldt.ALLOWANCE, *(int(tag, 16) for tag in tags)).values()
            return "".join(f"{_NO_RECORD if value is None else value.hex().upper()}|" for value in values)
        packed = self._card._session.record(ldt.INTENTS, int(name.partition(":")[2]))
        return f"{_NO_RECORD if not packed else packed.hex().upper()}|"

    def _write(self, asked: str, content: str) -> None:
        self._card._session.obtain(ldt.ALLOWANCE.write)
        name, *tags = asked.rstrip("|").split("|")
        value = bytes.fromhex(content.rstrip("|"))
        if name == _ALLOWANCE:
            self._card._session.update(ldt.ALLOWANCE, int(tags[0], 16), value)
        else:
            self._card._session.append(ldt.INTENTS, value)

    def _done(self, name: str, kind: int, work: Callable[[], str | None]) -> Answer:
        assert kind == AUTO
        self.called.append(name)
        try:
            return OK, work() or ""
        except OutcomeUnknown:
            return LOST, ""
        except CardError as error:
            return _code_of(error)


def _code_of(error: CardError) -> Answer:
    match error:
        case errors.PinWrong():
            return -(0x63C0 | error.tries_left), ""
        case errors.PinInitial():
            return INITIAL, error.initial.decode()
        case errors.CardRefused():
            return -int(error.details["sw"], 16), ""
        case _:
            return _CODES.get(type(error), MUTE), ""


_CODES: dict[type[CardError], int] = {
    errors.NoCard: NO_CARD,
    errors.PinBlocked: -0x6983,
    errors.CardGone: LOST,
    errors.PinUncertain: LOST,
    errors.NotGenuine: NOT_GENUINE,
    errors.PsamMissing: -2201,
    errors.PsamKeyMissing: NO_KEY,
    errors.CardMalformed: -23,
}


def said(code: int, text: str) -> CardError:
    """Return the till's error for a code of the library."""
    known: dict[int, CardError] = {
        NO_CARD: errors.NoCard(),
        LOST: errors.CardGone(),
        NOT_GENUINE: errors.NotGenuine(),
        NO_KEY: errors.PsamKeyMissing(key="LD/T 33 -24"),
        -2201: errors.PsamMissing(),
        -23: errors.CardMalformed(what="LD/T 33 -23"),
        -0x6983: errors.PinBlocked(),
    }
    if code == INITIAL:
        return errors.PinInitial(text.encode())
    if code in known:
        return known[code]
    if -code & 0xFFF0 == 0x63C0:
        return errors.PinWrong(-code & 0x0F)
    return errors.CardRefused(sw=f"{-code:04X}") if -code > 0x6000 else errors.CardMute()


class LibraryKeys:
    """Where the keys are is the library's affair: only the terminal number is asked for."""

    sm4 = False

    def __init__(self) -> None:
        self.terminal = ""

    def terminal_number(self) -> str:
        """Return what iReadCardBas said."""
        return self.terminal

    def cryptogram(self, name: str, factors: tuple[bytes, ...], random: bytes, content: bytes) -> bytes:
        """Never asked."""
        raise AssertionError((name, factors, random, content))

    mac = cryptogram

    def sealed(self, name: str, factors: tuple[bytes, ...], random: bytes, head: bytes, secret: bytearray) -> bytes:
        """Never asked."""
        raise AssertionError((name, factors, random, head, secret))

    def close(self) -> None:
        """Nothing is held."""


class NoAccount:
    """A library without iDoDebit: its cards keep an allowance."""

    def begin(self, *, own_fen: int, pooled_fen: int, terminal: str) -> Begun:
        """Refuse as the library does (−27272: no such key)."""
        del own_fen, pooled_fen, terminal
        raise said(-0x6A88, "")

    def debit(self, plan: DebitPlan, begun: Begun) -> Proof:
        """Never begun."""
        raise AssertionError((plan, begun))

    def proof(self, plan: DebitPlan) -> Proof | None:
        """None."""
        del plan
        return None

    def log(self, *, until: DebitPlan | None = None, most: int = LOG_RECORDS) -> tuple[LogEntry | None, ...]:
        """None."""
        del until, most
        return ()


class LibraryCard:
    """:class:`terminal.cards.functions.CardFunctions` over the library's strings and codes."""

    def __init__(self, library: VendorLibrary, trace: Trace | None = None) -> None:
        self._library = library
        self.trace = trace
        self.pin_given = False
        self.keys = LibraryKeys()
        self.account = NoAccount()
        self._card = ""

    def identify(self) -> CardHolder:
        """Read and take apart."""
        fields = self._ask(self._library.iReadCardBas(AUTO)).split("|")
        _, certno, card_no, card_sn, psn_name, _, version, _, valid_until, self.keys.terminal, *_ = fields
        self._card = f"{card_sn}|{card_no}|"
        return CardHolder(
            card_sn=card_sn, card_no=card_no, version=version, valid_until=valid_until, certno=certno, psn_name=psn_name
        )  # fmt: skip

    def verify_pin(self, pin: bytearray) -> None:
        """Verify."""
        self._ask(self._library.iVerifyPIN(AUTO, self._card, pin))
        self.pin_given = True

    def change_pin(self, old: bytearray, new: bytearray) -> None:
        """Change; contact lost means that either may hold."""
        with _either():
            self._ask(self._library.iChangePIN(AUTO, self._card, old, new))

    def unblock_pin(self) -> None:
        """Unblock."""
        with _either():
            self._ask(self._library.iUnblockPIN(AUTO, self._card))

    def reload_pin(self, new: bytearray) -> None:
        """Set anew."""
        with _either():
            self._ask(self._library.iReloadPIN(AUTO, self._card, new))

    def has_keypad(self) -> bool:
        """No: the till asks."""
        return False

    def keypad_hands_over(self) -> bool:
        """No."""
        return False

    def changes_by_keypad(self) -> bool:
        """No."""
        return False

    def verify_by_keypad(self) -> KeypadEnd:
        """Never asked."""
        raise AssertionError

    def change_by_keypad(self, judge: Judge) -> KeypadEnd:
        """Never asked."""
        raise AssertionError(judge)

    def read_allowance(self) -> CardRecord:
        """Read 90, 92, 93 and the tags, newest first."""
        month, amount, counters = self._read(f"{_ALLOWANCE}|90|92|93|$")
        tags: list[int | None] = []
        for number in range(1, ldt.INTENTS.records + 1):
            (packed,) = self._read(f"{_INTENTS}:{number:02d}$")
            if not packed:
                break
            tags.append(int(packed[:4], 16))
        pair = bytes.fromhex(counters) if counters else None
        return CardRecord(
            generation=pair[0] if pair else None,
            counter=pair[1] if pair else None,
            amount_fen=int(amount, 16) if amount else None,
            not_after=bytes.fromhex(month).decode("latin-1") if month else None,
            tags=tuple(tags),
        )

    def write_sale(self, plan: SaleWrite) -> CardRecord:
        """Write 93, the tag, 92, and read back."""
        assert plan.before.generation is not None
        with _torn():
            self._put("93", bytes((plan.before.generation, plan.counter_after)))
            self._mark(plan.tag, ldt.INTENT_SALE)
            self._put("92", plan.amount_after_fen.to_bytes(4))
            return self.read_allowance()

    def write_refresh(self, plan: RefreshWrite) -> CardRecord:
        """Write 93, the tag, 90, 92, 93, and read back."""
        with _torn():
            if plan.closes_first:
                self._put("90", NOT_AFTER_NEVER.encode("ascii"))
            self._put("93", bytes((plan.generation, 0)))
            self._mark(plan.tag, ldt.INTENT_REFRESH)
            self._put("90", plan.not_after.encode("ascii"))
            self._put("92", plan.grant_fen.to_bytes(4))
            self._put("93", bytes((plan.generation, 1)))
            return self.read_allowance()

    def close(self) -> None:
        """Let go."""
        self._library.close()

    def _put(self, tag: str, value: bytes) -> None:
        self._ask(self._library.iWriteCard(AUTO, self._card, f"{_ALLOWANCE}|{tag}|$", f"{value.hex()}|$"))

    def _mark(self, tag: int, kind: int) -> None:
        self._ask(self._library.iWriteCard(AUTO, self._card, f"{_INTENTS}$", f"{tag:04X}{kind:02X}|$"))

    def _read(self, files: str) -> list[str]:
        return self._ask(self._library.iReadCard(AUTO, self._card, files)).rstrip("$").split("|")[:-1]

    def _ask(self, answer: Answer) -> str:
        code, text = answer
        if code != OK:
            raise said(code, text)
        return text


@contextmanager
def _instead(error: type[CardError], *of: type[CardError]) -> Iterator[None]:
    """Raise another error for what is lost in the middle of something."""
    try:
        yield
    except of as met:
        raise error from met


def _either() -> AbstractContextManager[None]:
    return _instead(errors.PinUncertain, errors.CardGone)


def _torn() -> AbstractContextManager[None]:
    return _instead(errors.CardTorn, CardError)
