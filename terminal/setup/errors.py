"""What can keep the set-up from trying a device or writing the settings."""

from __future__ import annotations

from settlement.errors import CardError, OperatorError, Phrase, SettingsError, Words

_KEPT_ZH, _KEPT_EN = "没有动任何钱，原来的设置文件没有改动。", "No money has moved; the settings file is as it was."
_IDLE_ZH, _IDLE_EN = "没有动任何钱，设备没有被碰。", "No money has moved and no device was touched."


class TillOpen(OperatorError):
    """A till uses the devices that were to be tried."""

    phrase = Phrase(
        "SETUP-TILL-OPEN",
        zh=Words("收银程序开着，读卡器和打印机归它使用。", _IDLE_ZH, "先退出收银程序再试。", "不要在收款当中测试设备。"),
        en=Words(
            "The till is open, and reader and printer are its own.",
            _IDLE_EN,
            "Leave the till, then try again.",
            "Do not test devices while a customer is served.",
        ),
    )


class ReaderLibraryMissing(CardError):
    """The library that talks to readers is not installed."""

    phrase = Phrase(
        "SETUP-NO-PYSCARD",
        zh=Words(
            "没有安装读卡器程序库 pyscard。",
            _IDLE_ZH,
            "在程序目录以 root 运行 deploy/apt-install pcscd libpcsclite-dev gcc libc6-dev python3-dev，再运行 make .venv/stamps/pcsc。",
            "不要从来历不明的网站下载驱动。",
        ),
        en=Words(
            "The reader library pyscard is not installed.",
            _IDLE_EN,
            "As root run deploy/apt-install pcscd libpcsclite-dev gcc libc6-dev python3-dev, then make .venv/stamps/pcsc, both in the "
            "program's folder.",
            "Do not fetch a driver from a site that you do not know.",
        ),
    )


class ReaderServiceStopped(CardError):
    """The PC/SC service does not answer."""

    phrase = Phrase(
        "SETUP-NO-PCSCD",
        zh=Words(
            "读卡服务 pcscd 没有运行（{why}）。",
            _IDLE_ZH,
            "以 root 运行 apt-get install pcscd，再运行 systemctl enable --now pcscd.socket。",
            "不要以管理员身份运行收银程序来绕过它。",
        ),
        en=Words(
            "The card service pcscd does not run ({why}).",
            _IDLE_EN,
            "As root run apt-get install pcscd, then systemctl enable --now pcscd.socket.",
            "Do not run the till as administrator to get around it.",
        ),
    )


class SettingsChangedMeanwhile(SettingsError):
    """Somebody else has changed the file since it was read."""

    phrase = Phrase(
        "SETTINGS-CHANGED-MEANWHILE",
        zh=Words(
            "设置文件 {file} 在此期间被别人改过。",
            _KEPT_ZH,
            "退出后重新运行 yibao setup，核对新的内容。",
            "不要两个人同时改一个收银台的设置。",
        ),
        en=Words(
            "Somebody else has changed the settings file {file} meanwhile.",
            _KEPT_EN,
            "Leave, run yibao setup again and look at what is new.",
            "Do not have two people change the settings of one till.",
        ),
    )


class SettingsUnwritable(SettingsError):
    """The settings file cannot be written."""

    phrase = Phrase(
        "SETTINGS-FILE-UNWRITABLE",
        zh=Words("写不了设置文件 {file}（{reason}）。", _KEPT_ZH, "检查目录的权限和剩余空间，然后再按 F8。", "不要把设置写到别的目录。"),
        en=Words(
            "The settings file {file} cannot be written ({reason}).",
            _KEPT_EN,
            "Check the folder's permissions and the space on the disk, then press F8 again.",
            "Do not write the settings to another folder.",
        ),
    )
