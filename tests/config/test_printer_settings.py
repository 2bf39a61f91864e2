"""The printer's section: which address fits which kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.refusals import SettingRefused
from config.settings import Settings
from tests.config.test_settings import SHORT


def load(tmp_path: Path, printer: str) -> Settings:
    """Load the short settings file with a printer's section."""
    path = tmp_path / "settings.toml"
    path.write_text(f"{SHORT}[printer]\n{printer}\n", encoding="utf-8")
    return Settings.load(path)


def test_a_counter_has_no_printer_by_default(tmp_path: Path) -> None:
    """Nothing is printed on before somebody names it."""
    printer = load(tmp_path, "").printer

    assert ("none", "", 2, True, True) == (printer.kind, printer.address, printer.copies, printer.qr, printer.answers)


@pytest.mark.parametrize(
    ("kind", "address"),
    [("network", "printer.shop"), ("network", "192.168.0.9:9100"), ("serial", "COM3"), ("serial", "/dev/ttyUSB0"), ("usb", "04b8:0E15")],
)
def test_what_is_no_path_stays(tmp_path: Path, kind: str, address: str) -> None:
    """A host, a port or a device number is not made a path."""
    assert address == load(tmp_path, f'kind = "{kind}"\naddress = "{address}"').printer.address


@pytest.mark.parametrize("kind", ["text-file", "file", "simulated"])
def test_a_path_is_relative_to_the_file(tmp_path: Path, kind: str) -> None:
    """As every path of the settings; an absolute one stays."""
    assert str(tmp_path / "paper") == load(tmp_path, f'kind = "{kind}"\naddress = "paper"').printer.address
    assert "/dev/usb/lp0" == load(tmp_path, f'kind = "{kind}"\naddress = "/dev/usb/lp0"').printer.address


@pytest.mark.parametrize(
    "printer",
    [
        'kind = "network"',
        'kind = "network"\naddress = "a b"',
        'kind = "network"\naddress = "host:99999999"',
        'kind = "usb"\naddress = "04b8"',
        'kind = "file"',
        'address = "192.168.0.9"',
    ],
)
def test_an_address_that_does_not_fit(tmp_path: Path, printer: str) -> None:
    """It is told at start, with the kind, before a slip waits for it."""
    with pytest.raises(SettingRefused, match="printer") as caught:
        load(tmp_path, printer)

    assert "打印机的地址" in caught.value.say("zh")


@pytest.mark.parametrize("printer", ['kind = ["network"]\naddress = "x"', 'kind = "fax"', "copies = 3", "patience_s = 0", "baud = 1"])
def test_what_no_printer_has(tmp_path: Path, printer: str) -> None:
    """Values outside the list are refused by name."""
    with pytest.raises(SettingRefused, match="printer"):
        load(tmp_path, printer)
