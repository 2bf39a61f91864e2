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


class RecordsLost(JournalError):
    """The database holds fewer records than were acknowledged, or others."""

    phrase = Phrase(
        "JOURNAL-RECORDS-LOST",
        zh=Words(
            "本机账本缺少已确认的记录：第 {count} 条应在，现在没有，或不是原来那一条（共 {found} 条）。",
            "已送达中心的结算不受影响；缺少的记录可能还在原文件中。",
            "停止结算，保留数据目录原样，运行 yibao-journal verify，请技术员处理。",
            "不要用备份覆盖，不要删除 journal.head，不要新建账本。",
        ),
        en=Words(
            "Acknowledged records are missing from the journal: record {count} is not there or not the same ({found} records in all).",
            "What reached the centre stands; what is missing may still be in the files.",
            "Stop settling, keep the data directory as it is, run yibao-journal verify and call a technician.",
            "Do not restore a backup over it, do not delete journal.head, do not start a new journal.",
        ),
    )


class AnchorMissing(JournalError):
    """``journal.head`` is gone: nothing says any more how many records there must be."""

    phrase = Phrase(
        "JOURNAL-ANCHOR-MISSING",
        zh=Words(
            "账本旁的 {file} 不见了或已损坏，无法确认账本是否完整。",
            "账本没有被改动，没有动用任何钱。",
            "整个数据目录一起放回原样；只复制 .db 文件是不够的。",
            "不要新建 {file}，不要在确认之前结算。",
        ),
        en=Words(
            "{file} beside the journal is missing or damaged, so nothing says whether the journal is whole.",
            "The journal was not touched and no money moved.",
            "Put the whole data directory back as it was; the .db file alone is not enough.",
            "Do not make a new {file} and do not settle before this is clear.",
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


class JournalUnwritable(JournalError):
    """The disk refused or failed; whether the last transaction is on it is known only after a restart."""

    phrase = Phrase(
        "JOURNAL-UNWRITABLE",
        zh=Words(
            "账本写入失败：{what}。",
            "以前写入的都在；这一笔是否写入，重新打开账本时才知道。",
            "停止结算，检查磁盘，重新启动本程序，它会接着处理。",
            "不要给货，不要另开一单再结算。",
        ),
        en=Words(
            "Writing the journal failed: {what}.",
            "Everything written before is there; whether this one is, the next start will know.",
            "Stop settling, check the disk, start the program again: it takes up what is unfinished.",
            "Give no goods and do not settle it again under another number.",
        ),
    )


class JournalBusy(JournalError):
    """Another process held the journal for longer than ten seconds."""

    phrase = Phrase(
        "JOURNAL-BUSY",
        zh=Words("账本被另一个程序占用，等了十秒仍写不进去。", "已写入的都在；这一笔没有写入。", "稍候再试。", "不要给货。"),
        en=Words(
            "Another program holds the journal; after ten seconds it could still not be written.",
            "Everything written is there; this one is not.",
            "Wait a moment and try again.",
            "Give no goods.",
        ),
    )


class RoleTaken(JournalError):
    """A second till or a second sender on the same journal."""

    phrase = Phrase(
        "JOURNAL-ROLE-TAKEN",
        zh=Words("这个账本已有一个{role_zh}在运行。", "没有动用任何钱。", "使用已打开的那一个，或先关闭它。", "不要复制账本另开一个。"),
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


class NotDue(JournalError):
    """What was to be sent or answered is not owed any more: it was taken back, or an answer came first."""

    phrase = Phrase(
        "JOURNAL-NOT-DUE",
        zh=Words("{msgid} 已不在待发送之列。", "没有再次发送，没有动用任何钱。", "查看这一笔的记录。", "不要重新发送。"),
        en=Words(
            "{msgid} is not owed to the centre any more.",
            "It was not sent again and no money moved.",
            "Look at its records.",
            "Do not send it again.",
        ),
    )


class StillOpen(JournalError):
    """The person has settlements that are not finished, and they need the personal fields."""

    phrase = Phrase(
        "JOURNAL-STILL-OPEN",
        zh=Words(
            "此人还有 {count} 笔结算未了结，个人信息暂不能抹除。",
            "没有改动任何记录。",
            "等这些结算了结后再抹除。",
            "不要为了抹除而放弃未送达的结算。",
        ),
        en=Words(
            "{count} settlements of this person are not finished, so the personal fields cannot be erased yet.",
            "No record was changed.",
            "Erase when they are finished.",
            "Do not give up an unsent settlement for it.",
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


CHAIN_BEHIND = Phrase(
    "JOURNAL-BEHIND",
    zh=Words(
        "中心知道本机账本有 {known} 条记录，这里只有 {count} 条：这是旧的副本。",
        "没有动用任何钱；旧副本里没有的结算都在中心。",
        "关闭程序，用 yibao-journal restore 恢复最近的备份；原账本还在就放回原处。恢复之前只收现金。",
        "不要继续用这份账本做医保结算。",
    ),
    en=Words(
        "The centre knows of {known} records of this journal, and {count} are here: it is an older copy.",
        "No money moved; the centre has what the copy lacks.",
        "Close the program and restore the newest backup with yibao-journal restore, or put the true journal back. Cash only until then.",
        "Do not go on settling with this copy.",
    ),
)
CHAIN_FORKED = Phrase(
    "JOURNAL-FORKED",
    zh=Words(
        "同一收银台有两份账本在用（第 {known} 条不同）。",
        "没有动用任何钱；两份账本都停止医保结算。",
        "停用多出来的一台，由主管请中心重新登记留下的一台；在此之前只收现金。",
        "不要两台轮流使用，也不要复制数据目录。",
    ),
    en=Words(
        "Two journals of this till are in use: they differ at record {known}.",
        "No money moved; both of them stop settling.",
        "Take one out of use and have the centre enrol the other anew by a supervisor. Cash only until then.",
        "Do not use them in turn, and do not copy a data directory.",
    ),
)
CLOCK_BEHIND = Phrase(
    "CLOCK-BEHIND",
    zh=Words(
        "本机时间 {now} 比已知的时间 {known} 慢。",
        "没有动用任何钱；账本按顺序记录，不依赖时钟。",
        "校准系统时间后再结算。",
        "不要为了补单把时间调回过去。",
    ),
    en=Words(
        "This machine's clock says {now}, which is before {known}.",
        "No money moved; the journal keeps its order without a clock.",
        "Set the system's clock before settling.",
        "Do not turn it back to date a sale earlier.",
    ),
)
CLOCK_AHEAD = Phrase(
    "CLOCK-AHEAD",
    zh=Words(
        "本机时间 {now} 比中心最后签名的时间 {known} 快了 31 天以上。",
        "没有动用任何钱；报文编号不会跟着跑。",
        "校准系统时间；如确已断网这么久，先恢复线路。",
        "不要在改好之前脱机结算。",
    ),
    en=Words(
        "This machine's clock says {now}, more than 31 days after the centre's last signed time {known}.",
        "No money moved; message ids do not run along.",
        "Set the system's clock; if the line has really been down that long, mend the line first.",
        "Do not settle off-line before that.",
    ),
)
