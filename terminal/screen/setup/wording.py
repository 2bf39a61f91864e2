"""The words of the set-up: what is asked, what may be chosen, what helps. Made at each painting: the language is a choice too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from terminal.screen.words import tr
from terminal.setup import draft

if TYPE_CHECKING:
    from config.settings_text import Leaf


def step_words() -> tuple[str, ...]:
    """Return the names of the steps."""
    return (tr("Language"), tr("Shop"), tr("Centre"), tr("Card reader"), tr("Receipt printer"))


def label_of(leaf: Leaf) -> str:
    """Return what a setting is called; one that the set-up does not ask is called by its key."""
    labels: dict[Leaf, str] = {
        draft.LANGUAGE: tr("Language of the screen"),
        draft.THEME: tr("Colours"),
        draft.CODE: tr("Institution code"),
        draft.NAME: tr("Institution name"),
        draft.AREA: tr("Pooling area"),
        draft.VENUE: tr("Institution"),
        draft.LEVEL: tr("Hospital level"),
        draft.TILL: tr("Till number"),
        draft.OPERATOR: tr("Operator code"),
        draft.OPERATOR_NAME: tr("Operator name"),
        draft.URL: tr("Gateway address"),
        draft.CARD_READER: tr("Card slot"),
        draft.PSAM_READER: tr("PSAM slot"),
        draft.PRINTER: tr("Connection"),
        draft.ADDRESS: tr("Printer address"),
        draft.BAUD: tr("Speed"),
        draft.WIDTH: tr("Columns of paper"),
        draft.COPIES: tr("Copies of a slip"),
        draft.QR: tr("QR code on slips"),
        draft.ANSWERS: tr("Answers questions"),
    }
    return labels.get(leaf) or ".".join(leaf)


def word_of(leaf: Leaf, value: Any) -> str:  # noqa: ANN401 - text, number or flag
    """Return how a value is shown."""
    if isinstance(value, bool):
        value = "true" if value else "false"
    return _choices().get((leaf, str(value)), str(value))


def _choices() -> dict[tuple[Leaf, str], str]:
    yes_no = {"true": tr("yes"), "false": tr("no")}
    by_leaf: dict[Leaf, dict[str, str]] = {
        draft.LANGUAGE: {"zh": "中文", "en": "English"},
        draft.THEME: {
            "auto": tr("automatic"),
            "dark": tr("dark"),
            "light": tr("light"),
            "contrast": tr("high contrast"),
            "256": tr("256 colours"),
        },
        draft.VENUE: {"pharmacy": tr("pharmacy"), "clinic": tr("clinic"), "hospital": tr("hospital")},
        draft.LEVEL: {"1": tr("level 1"), "2": tr("level 2"), "3": tr("level 3"), "": tr("none")},
        draft.PRINTER: {
            "none": tr("no printer"),
            "network": tr("network"),
            "serial": tr("serial port"),
            "usb": "USB",
            "file": tr("device file"),
            "text-file": tr("collected as text"),
            "simulated": tr("simulated"),
        },
        draft.COPIES: {"1": tr("the customer's"), "2": tr("the customer's and the shop's")},
        draft.QR: yes_no,
        draft.ANSWERS: yes_no,
        draft.CARD_READER: {"": tr("the first that is no PSAM's")},
        draft.PSAM_READER: {"": tr("found by itself")},
    }
    return {(leaf, value): word for leaf, words in by_leaf.items() for value, word in words.items()}


def help_of(leaf: Leaf, printer: str) -> str:
    """Return what helps with a field; ``printer`` is the kind of printer that is chosen."""
    if leaf == draft.ADDRESS:
        return address_help(printer)
    helps: dict[Leaf, str] = {
        draft.LANGUAGE: tr("Of the screen. Slips are Chinese."),
        draft.THEME: tr("Automatic: by what this terminal can show."),
        draft.CODE: tr("As the insurer gave it: one capital letter and eleven digits. It begins the number of every settlement."),
        draft.NAME: tr("As in the contract: it goes into every request and onto every slip."),
        draft.AREA: tr("Six digits: its rules price the bills."),
        draft.VENUE: tr("What the institution is in the contract."),
        draft.LEVEL: tr("The level decides deductible and shares."),
        draft.TILL: tr("00 to 49, another one for each till of the institution."),
        draft.OPERATOR: tr("The operator's code, as the centre knows it."),
        draft.OPERATOR_NAME: tr("The operator's name: it goes into every request."),
        draft.URL: tr("As the insurer gave it, with http:// or https:// and its path."),
        draft.CARD_READER: tr("Part of the reader's name is enough. Left empty: the first reader that is not the PSAM's."),
        draft.PSAM_READER: tr("Part of the reader's name. Left empty: the reader whose name says SAM, else the other one."),
        draft.PRINTER: tr("How the receipt printer is connected."),
        draft.BAUD: tr("As set at the printer."),
        draft.WIDTH: tr("32 on paper of 58 mm, 48 on paper of 80 mm. A Chinese character takes two."),
        draft.COPIES: tr("The shop's copy has a line for the customer's signature."),
        draft.QR: tr("The settlement's number as a QR code; no for a printer that has none."),
        draft.ANSWERS: tr("No for a printer that never answers: what it took is believed printed."),
    }
    return helps[leaf]


def address_help(printer: str) -> str:
    """Return how the address of a printer is written."""
    helps = {
        "network": tr("Host or host:port; the port is 9100 when none is given. Such as 192.168.1.50"),
        "serial": tr("The port, such as /dev/ttyUSB0 or COM3."),
        "usb": tr("Vendor and product in hexadecimal, as lsusb shows them, such as 0416:5011"),
        "file": tr("The device file, such as /dev/usb/lp0."),
        "text-file": tr("The file in which slips are collected; relative to the settings file."),
        "simulated": tr("A folder; for demonstrations."),
    }
    return helps.get(printer, "")


def prompt_of(leaf: Leaf) -> str:
    """Return what stands in an empty field."""
    prompts: dict[Leaf, str] = {
        draft.CODE: "P00000000000",
        draft.TILL: "01",
        draft.URL: "http://",
        draft.CARD_READER: tr("the first that is no PSAM's"),
        draft.PSAM_READER: tr("found by itself"),
    }
    return prompts.get(leaf, "")
