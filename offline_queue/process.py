"""What every process of the counter makes sure of before anything else: that no crash of it writes a PIN or a name to disk."""

from __future__ import annotations

from offline_queue import operating_system
from settlement.errors import OperatorError, Phrase, Words


class CoreDumps(OperatorError):
    """A crash would write the memory of this process to disk, and the system does not let that be forbidden."""

    phrase = Phrase(
        "CORE-DUMPS",
        zh=Words(
            "系统不允许关闭内存转储：程序崩溃时会把内存写到磁盘。",
            "程序没有启动，没有动用任何钱。",
            "请技术员检查启动方式（容器或安全策略拦截了 prctl、setrlimit），改好后再启动。",
            "不要在能留下内存转储的环境里输入密码。",
        ),
        en=Words(
            "The system does not let core dumps be turned off: a crash would write this program's memory to disk.",
            "The program did not start and no money moved.",
            "Have a technician look at how it is started (a container or a policy that blocks prctl or setrlimit), then start it again.",
            "Do not type a PIN where its memory may be kept.",
        ),
    )


def forbid_core_dumps() -> None:
    """Turn core dumps off and read that back. Raises :class:`CoreDumps`."""
    try:
        operating_system.forbid_core_dumps()
    except (OSError, ValueError):
        raise CoreDumps from None
    if not operating_system.core_dumps_forbidden():
        raise CoreDumps
