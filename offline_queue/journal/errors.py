"""What can be wrong with the journal, and what it means for the money."""

from __future__ import annotations

from settlement.errors import JournalError, Phrase, Words


class JournalDamaged(JournalError):
    """The journal's file cannot be read as it was written."""

    phrase = Phrase(
        "JOURNAL-DAMAGED",
        zh=Words(
            "本机账本已损坏：{what}",
            "已送达中心的结算不受影响；未送达的仍在原文件中。",
            "停止结算，保留数据目录原样，运行 yibao-journal verify。",
            "不要删除或覆盖任何文件，不要新建账本。",
        ),
        en=Words(
            "The local journal is damaged: {what}",
            "What reached the centre stands; what did not is still in the file.",
            "Stop settling, keep the data directory as it is, run yibao-journal verify.",
            "Do not delete or overwrite any file and do not start a new journal.",
        ),
    )


class WrongKey(JournalError):
    """The key does not open the journal."""

    phrase = Phrase(
        "JOURNAL-WRONG-KEY",
        zh=Words(
            "密钥打不开本机账本，或账本文件开头已损坏。",
            "账本没有被改动。",
            "放回与账本配套的 journal.key。",
            "不要删除账本，不要生成新密钥。",
        ),
        en=Words(
            "The key does not open the journal, or the file's beginning is damaged.",
            "The journal was not touched.",
            "Put back the journal.key that belongs to it.",
            "Do not delete the journal and do not make a new key.",
        ),
    )


class KeyExposed(JournalError):
    """Others on this machine can read the key file."""

    phrase = Phrase(
        "JOURNAL-KEY-EXPOSED",
        zh=Words(
            "密钥文件 {file} 可被他人读取。", "账本没有打开，没有动用任何钱。", "把权限改为 0600，并检查谁读过它。", "不要在改好之前结算。"
        ),
        en=Words(
            "Others can read the key file {file}.",
            "The journal was not opened and no money moved.",
            "Set its mode to 0600 and find out who could read it.",
            "Do not settle before that.",
        ),
    )


class JournalFull(JournalError):
    """The disk is full."""

    phrase = Phrase(
        "JOURNAL-DISK-FULL",
        zh=Words("磁盘已满，账本写不进去。", "已写入的都在；这一笔没有写入。", "腾出空间后再试。", "不要删除账本旁的文件，不要给货。"),
        en=Words(
            "The disk is full and the journal cannot be written.",
            "Everything written is there; this one is not.",
            "Free some space and try again.",
            "Do not delete the files beside the journal and give no goods.",
        ),
    )


class RoleTaken(JournalError):
    """A second till or a second sender on the same journal."""

    phrase = Phrase(
        "JOURNAL-ROLE-TAKEN",
        zh=Words("这个账本已有一个{role}在运行。", "没有动用任何钱。", "使用已打开的那一个，或先关闭它。", "不要复制账本另开一个。"),
        en=Words(
            "A {role} is already running on this journal.",
            "No money moved.",
            "Use the one that runs, or close it first.",
            "Do not copy the journal to run a second one.",
        ),
    )


class JournalMissing(JournalError):
    """There is no journal where one was asked for."""

    phrase = Phrase(
        "JOURNAL-MISSING",
        zh=Words("目录 {directory} 里没有账本。", "没有动用任何钱。", "检查 --data-dir。", "不要另建目录继续结算。"),
        en=Words(
            "There is no journal in {directory}.", "No money moved.", "Check --data-dir.", "Do not go on settling in another directory."
        ),
    )


class EngineTooOld(JournalError):
    """The bundled SQLite has the WAL-reset bug (fixed in 3.51.3), or a setting did not take."""

    phrase = Phrase(
        "JOURNAL-ENGINE",
        zh=Words("数据库引擎不合要求：{what}", "没有打开账本，没有动用任何钱。", "按锁定的依赖重新安装。", "不要用这个引擎写账本。"),
        en=Words(
            "The database engine is not fit: {what}",
            "The journal was not opened and no money moved.",
            "Install the locked requirements again.",
            "Do not write the journal with this engine.",
        ),
    )


class ClaimTooLate(JournalError):
    """The sender had begun the request that was to be taken back."""

    phrase = Phrase(
        "JOURNAL-CLAIM-TOO-LATE",
        zh=Words(
            "{msgid} 已开始发送，不能收回。", "结果由中心决定，最多只会结算一次。", "等待应答或按结果未定处理。", "不要另开一单再结算。"
        ),
        en=Words(
            "{msgid} is being sent and cannot be taken back.",
            "The centre decides; it settles at most once.",
            "Wait for the answer or treat it as in doubt.",
            "Do not settle it again under another number.",
        ),
    )


class NotThisCounter(JournalError):
    """The journal belongs to another institution or till."""

    phrase = Phrase(
        "JOURNAL-OTHER-COUNTER",
        zh=Words("账本属于 {owner}，设置写的是 {here}。", "没有动用任何钱。", "核对设置和数据目录。", "不要改账本来配合设置。"),
        en=Words(
            "The journal belongs to {owner}; the settings say {here}.",
            "No money moved.",
            "Check the settings and the data directory.",
            "Do not change the journal to fit.",
        ),
    )
