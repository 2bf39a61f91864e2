"""What can be wrong with the way to a gateway before anything is sent."""

from __future__ import annotations

from settlement.errors import Phrase, SettingsError, Words


class SecretUnreadable(SettingsError):
    """The file with the gateway's secret cannot be read."""

    phrase = Phrase(
        "GATEWAY-SECRET",
        zh=Words(
            "读不了网关密钥文件 {file}（{reason}）。",
            "没有动任何钱，发送程序没有启动。",
            "请检查 centre.gateway.secret_file 的路径和权限。",
            "不要把密钥写进设置文件。",
        ),
        en=Words(
            "The file {file} with the gateway's secret cannot be read ({reason}).",
            "No money has moved; the sender did not start.",
            "Check the path in centre.gateway.secret_file and its permissions.",
            "Do not write the secret into the settings file.",
        ),
    )


class PathsMissing(SettingsError):
    """A gateway with a path for each service, and not all of them are given."""

    phrase = Phrase(
        "GATEWAY-PATHS",
        zh=Words(
            "网关按服务分路径，但这些交易没有路径：{missing}。",
            "没有动任何钱，发送程序没有启动。",
            "请向网关运营方要到路径，填入 centre.gateway.paths。",
            "不要用别的交易的路径代替。",
        ),
        en=Words(
            "The gateway has a path for each service, and these transactions have none: {missing}.",
            "No money has moved; the sender did not start.",
            "Ask the gateway's operator for the paths and enter them in centre.gateway.paths.",
            "Do not use the path of another transaction.",
        ),
    )
