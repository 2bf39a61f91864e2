"""The sections of the settings file, one small model each; every field says what it means and in which unit."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from config.psam_keys import LDT_KEYS, PsamKey
from config.ui import KeysUnusable, SafeGlyphs, ScreenChoice, ThemeChoice, Ui, keys_over_shipped
from settlement.bill import Venue
from settlement.errors import Language


def _fault(kind: str, **details: str) -> PydanticCustomError:
    """Return the validation error whose words stand in :data:`config.refusals.WHYS`."""
    return PydanticCustomError(kind, kind, details)


def _form(pattern: str, kind: str) -> AfterValidator:
    """Return a check that the whole text has the form ``pattern``; ``kind`` says it in words."""
    form = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if not form.fullmatch(text):
            raise _fault(kind)
        return text

    return AfterValidator(check)


_ONE_LINE = _form(r"[^\x00-\x1f\x7f]*", "one_line")
Seconds = Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)]
Phrases = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False)]
_PSAM_KEY = re.compile(r"([0-9A-F]{2}) ([0-9A-F]{2})/([0-9A-F]{2})")


class Section(BaseModel):
    """What every section has in common: no unknown key, no guessed type, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class Counter(Section):
    """Which institution, which till and who stands at it."""

    fixmedins_code: Annotated[str, _form(r"[A-Z][0-9]{11}", "institution_code")]
    """Code of the designated institution, 12 characters: the head of every msgid."""
    fixmedins_name: Annotated[str, Field(min_length=1, max_length=200), _ONE_LINE]
    """Its name, as in every request and on the slip."""
    admdvs: Annotated[str, _form(r"[0-9]{6}", "area_code")]
    """Pooling area: selects the region pack."""
    venue: Annotated[Venue, Field(strict=False)]
    """What the institution is: ``pharmacy``, ``clinic`` or ``hospital``."""
    hosp_lv: Literal["", "1", "2", "3"] = ""
    """Level of the institution; empty at a pharmacy."""
    till: Annotated[str, _form(r"[0-4][0-9]", "till_number")]
    """Number of this till within the institution, 00–49 (its sender uses 50–99)."""
    operator: Annotated[str, Field(min_length=1, max_length=30), _ONE_LINE]
    """Code of the operator: ``opter`` of the envelope."""
    operator_name: Annotated[str, Field(min_length=1, max_length=50), _ONE_LINE]
    """Name of the operator: ``opter_name`` of the envelope."""
    pharmacists: Phrases = ()
    """Names of the pharmacists who review prescriptions here: a digit chooses one. Without any the name is typed."""

    @model_validator(mode="after")
    def _level_fits_venue(self) -> Self:
        if self.venue is Venue.PHARMACY and self.hosp_lv:
            raise _fault("level_at_pharmacy")
        if self.venue is not Venue.PHARMACY and not self.hosp_lv:
            raise _fault("level_missing")
        return self


class Capabilities(Section):
    """What the gateway promises (commit-protocol section 4). Whatever it does not promise is not assumed."""

    dedups_msgid: bool = False
    """A second request under the same msgid is answered like the first and executed once."""
    query_by_msgid: bool = False
    """A settlement can be looked up by its msgid."""
    accepts_backdated: bool = False
    """A sale of an earlier day is accepted."""
    card_proof_at_settle: bool = False
    """The card's own proof is verified with the settlement: the request of an off-line sale carries it, whatever the centre offers else."""
    reversal_of_unknown: bool = False
    """2601 may undo a request whose outcome is not known, and what it undid is refused for ever: sent where the goods stayed here."""


class Envelope(Section):
    """Members of the envelope that each area sets (interface section 1.1): configuration, never constants."""

    recer_sys_code: str = Field("YBXT", min_length=1, max_length=10)
    """Receiving system."""
    infver: str = Field("V1.0", min_length=1, max_length=6)
    """Version of the interface."""
    opter_type: Literal["1", "2", "3"] = "1"
    """``1`` clerk · ``2`` self-service · ``3`` mobile."""
    dev_no: str = Field("", max_length=100)
    """Device number, where the area asks for one."""
    signtype: str = Field("", max_length=10)
    """Signature algorithm, where the area asks for one."""
    extra: dict[str, str] = {}
    """Further members that the area wants in every envelope."""
    input_as: Literal["object", "text"] = "object"
    """``text``: ``input`` goes out as the text of its JSON, as some gateways want it."""


class Refusals(Section):
    """Words in a refusal (``err_msg``) that make it one of these kinds. Anything else is a business refusal."""

    sign_in: Phrases = ("未签到", "签到已失效", "sign_no")
    """Sign in again, then the same request once more."""
    clock: Phrases = ("时间偏差", "inf_time")
    """The counter's clock is off: mend it, then the same request once more."""
    load: Phrases = ("系统繁忙", "稍后再试", "请求过于频繁")
    """The centre is busy: the same request later."""
    duplicate: Phrases = ("重复", "已存在")
    """An earlier copy arrived: nothing is known until a query says so."""
    cleared: Phrases = ("已清算",)
    """Of a void: what it would release is cleared (3203), and is refunded at the agency by hand."""


class Gateway(Section):
    """What the province's gateway wants of each HTTP request (interface section 1.4)."""

    kind: Literal["plain", "tif", "apikey", "csb", "paths"] = "plain"
    """``plain`` nothing (Henan, Jilin) · ``tif`` Guangdong · ``apikey`` Hebei, Shanghai · ``csb`` Jiangsu · ``paths`` Zhejiang."""
    account: str = Field("", max_length=100)
    """``tif``: the paasid · ``csb``: the access key. ``paths`` takes the institution's code."""
    secret_file: str = ""
    """File with the token, key or secret, alone; the settings never hold it."""
    api_name: str = Field("", max_length=100)
    """``csb``: name of the service; ``{infno}`` in it stands for the transaction."""
    api_version: str = Field("1.0.0", max_length=20)
    """``csb``: its version."""
    paths: dict[str, Annotated[str, _form(r"/[^\s?#]*", "gateway_path")]] = {}
    """``paths``: transaction → path behind ``url``, beside and before those that are known."""

    @model_validator(mode="after")
    def _has_what_it_signs_with(self) -> Self:
        if self.kind != "plain" and not self.secret_file:
            raise _fault("gateway_secret", gateway=self.kind)
        if self.kind in {"tif", "csb"} and not self.account:
            raise _fault("gateway_account", gateway=self.kind)
        if self.kind == "csb" and not self.api_name:
            raise _fault("gateway_api_name")
        return self


class Statements(Section):
    """Reconciling with the centre (3201, 3202)."""

    agencies: Phrases = ()
    """Clearing agencies (``setl_optins``) with which this institution clears; none = that of its own area. A doubt is taken as not
    done only when the statements of all of them are silent."""
    days: int = Field(7, ge=0, le=62)
    """How many days that are over are reconciled, each until it is the same on both sides; 0 = none by itself."""
    upload_as: Literal["base64", "numbers"] = "base64"
    """How 9101 takes the bytes of a file: as Base64, or as an array of numbers."""


class Centre(Section):
    """The way to the clearing centre."""

    url: Annotated[str, _form(r"https?://[^\s/?#@]+(/[^\s?#]*)?", "address")]
    """Address of the gateway, without query or password."""
    connect_s: Seconds = 3
    """Patience for a connection."""
    exchange_s: Seconds = 10
    """Outer deadline of one whole exchange, whatever trickles in."""
    byte_cap: int = Field(4_194_304, ge=4096, le=67_108_864)
    """Largest answer that is read, in bytes."""
    query_every_s: Seconds = 2
    """Pause between two queries for a request whose outcome is unknown."""
    hotlist_every_s: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)] = 600
    """Pause between two fetches of the hotlist."""
    gateway: Gateway = Gateway()
    capabilities: Capabilities = Capabilities()
    envelope: Envelope = Envelope()
    refusals: Refusals = Refusals()
    statements: Statements = Statements()

    @model_validator(mode="after")
    def _connect_within_exchange(self) -> Self:
        if self.connect_s > self.exchange_s:
            raise _fault("connect_beyond_exchange")
        return self


class Reader(Section):
    """Where the card and the PSAM are."""

    kind: Literal["pcsc", "simulated"] = "pcsc"
    """``pcsc`` a reader on this machine · ``simulated`` image files."""
    card_reader: str = ""
    """Part of the card slot's PC/SC name; empty = the first reader that is not the PSAM's."""
    psam_reader: str = ""
    """Part of the PSAM slot's PC/SC name."""
    keypad: bool = True
    """Whether the PIN is typed on the reader where it has keys; else on the keyboard."""
    keypad_device: str = ""
    """A password keypad on a serial line, such as ``/dev/ttyUSB0``; empty = none. The PIN typed there passes through this machine."""
    slot_dir: str = ""
    """Folder with ``slot.json``, which says what is inserted in the simulated slots."""

    @model_validator(mode="after")
    def _simulated_has_slots(self) -> Self:
        if self.kind == "simulated" and not self.slot_dir:
            raise _fault("slots_missing")
        return self


def _read_psam_key(text: object) -> PsamKey:
    if isinstance(text, PsamKey):
        return text
    match = _PSAM_KEY.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise _fault("psam_key")
    return PsamKey(*(int(part, 16) for part in match.groups()))


def _over_ldt(given: object) -> object:
    if not isinstance(given, dict):
        return given
    for name in given.keys() - LDT_KEYS.keys():
        raise _fault("psam_name", name=name, known=", ".join(LDT_KEYS))
    return LDT_KEYS | given


class Psam(Section):
    """The key table of this counter's PSAM: it differs by the tier that issued it, so it is configuration."""

    keys: Annotated[dict[str, Annotated[PsamKey, BeforeValidator(_read_psam_key)]], BeforeValidator(_over_ldt)] = Field(
        default={}, validate_default=True
    )
    """Name → ``"<card key> <purpose>/<PSAM key>"`` in hexadecimal. What is given replaces that entry of the LD/T table."""


class ClockFile(Section):
    """Demonstrations only."""

    file: str = ""
    """File with the simulated wall time; empty = the machine's clock."""


class Demonstration(Section):
    """Demonstrations and training only."""

    seed: str = ""
    """Seed of every random byte; empty = the operating system's randomness."""
    training: bool = False
    """A till to learn at: it says so on the screen and on every slip, and may know no reader and no centre but simulated ones."""


class Ecert(Section):
    """The bureau's decoding component for medical e-certificates (医保电子凭证)."""

    kind: Literal["none", "simulated"] = "none"
    """``none`` no e-certificate is taken here · ``simulated`` the component that ships, for demonstrations and tests."""
    url: Annotated[str, _form(r"|https?://[^\s/?#@]+(/[^\s?#]*)?", "address")] = ""
    """Address of the component; the sender asks it."""

    @model_validator(mode="after")
    def _component_has_address(self) -> Self:
        if self.kind != "none" and not self.url:
            raise _fault("component_address")
        return self


class Regions(Section):
    """Region packs."""

    directory: str = ""
    """Folder with further packs, ``<admdvs>/<effective-date>.toml``; the shipped ones are always there."""


class Slip(Section):
    """The printed slip."""

    width: int = Field(32, ge=24, le=80)
    """Columns of the paper; a Chinese character takes two."""


PrinterKind = Literal["none", "text-file", "file", "network", "serial", "usb", "simulated"]
_ADDRESSES: dict[PrinterKind, str] = {
    "none": r"",
    "text-file": r".+",
    "file": r".+",
    "network": r"[0-9A-Za-z.-]+(:[1-9][0-9]{0,4})?",
    "serial": r".+",
    "usb": r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}",
    "simulated": r".+",
}


class Printer(Section):
    """The receipt printer."""

    kind: PrinterKind = "none"
    """``none`` · ``network`` · ``serial`` · ``usb`` · ``file`` a device file, such as a parallel port's · ``text-file`` slips
    collected as text · ``simulated``."""
    address: Annotated[str, Field(max_length=200), _ONE_LINE] = ""
    """Network: host or host:port (9100) · serial: the port · usb: vendor:product, hexadecimal · file, text-file: the file ·
    simulated: a folder."""
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 9600
    """Speed of a serial port."""
    copies: Literal[1, 2] = 2
    """``1`` the customer's · ``2`` the shop's too, with a line for the signature."""
    qr: bool = True
    """Print the settlement's number as a QR code; false for a printer that has none."""
    answers: bool = True
    """The printer answers status requests (DLE EOT); false = what it took is believed printed. A device file never answers."""
    patience_s: Seconds = 10
    """How long an answer, or taking the bytes, may last."""

    @model_validator(mode="after")
    def _address_fits_kind(self) -> Self:
        if not re.fullmatch(_ADDRESSES[self.kind], self.address):
            raise _fault("printer_address", printer=self.kind)
        return self


def _over_shipped(given: object) -> object:
    if not isinstance(given, dict) or not all(isinstance(part, str) for entry in given.items() for part in entry):
        return given
    try:
        return keys_over_shipped(given)
    except KeysUnusable as unusable:
        raise _fault(unusable.kind, **unusable.details) from unusable


class UiSection(Section):
    """The screen. :func:`config.ui.read_ui` reads the same before the first frame."""

    language: Language = "zh"
    """``zh`` · ``en``: of the screen; the slip is Chinese."""
    theme: ThemeChoice = "auto"
    """``auto`` by what the terminal can show · ``dark`` · ``light`` · ``contrast`` · ``256``."""
    safe_glyphs: SafeGlyphs = "auto"
    """Paint no character of doubtful width: ``auto`` by measuring the terminal · ``yes`` · ``no``."""
    bell: bool = True
    """Ring on a refusal and an error."""
    screen: ScreenChoice = "auto"
    """``cashier`` · ``registration`` the desk's · ``auto`` the desk's at a clinic or hospital that has imported its departments."""
    keys: Annotated[dict[str, str], BeforeValidator(_over_shipped)] = Field(default={}, validate_default=True)
    """Action → keys, comma-separated (``f8,f12``). What is given replaces the keys of that action."""

    def light(self) -> Ui:
        """Return the section as :func:`config.ui.read_ui` returns it."""
        return Ui(
            language=self.language, theme=self.theme, safe_glyphs=self.safe_glyphs, bell=self.bell, screen=self.screen, keys=self.keys
        )


class Log(Section):
    """The log files of till and sender, ``logs/`` in the data directory."""

    file_bytes: int = Field(1_048_576, ge=65_536, le=104_857_600)
    """Size at which a new file begins, in bytes."""
    files: int = Field(8, ge=2, le=100)
    """Files that are kept for each process, the current one included."""


class JournalFile(Section):
    """The journal, which lies in the data directory."""

    high_water: str = ""
    """Folder outside the data directory that keeps how far the journal had come; empty = this user's own, none with simulated cards."""
