"""What can be wrong with a backup, a restore or an upgrade of the journal, and what it means for the money."""

from __future__ import annotations

from settlement.errors import JournalError, Phrase, Words

_UNTOUCHED_ZH, _UNTOUCHED_EN = "账本没有被改动，没有动用任何钱。", "The journal was not touched and no money moved."


class BackupExists(JournalError):
    """There is a file of that name already."""

    phrase = Phrase(
        "BACKUP-EXISTS",
        zh=Words("已有文件 {file}，没有覆盖。", _UNTOUCHED_ZH, "换一个文件名，或确认后加 --force。", "不要覆盖唯一的一份备份。"),
        en=Words(
            "There is a file {file} already; it was not overwritten.",
            _UNTOUCHED_EN,
            "Choose another name, or give --force if you are sure.",
            "Do not overwrite the only backup that you have.",
        ),
    )


class BackupUnwritten(JournalError):
    """The backup could not be written where it was wanted."""

    phrase = Phrase(
        "BACKUP-UNWRITTEN",
        zh=Words("备份 {file} 写不出来：{what}。", _UNTOUCHED_ZH, "检查介质、权限和剩余空间后再试。", "不要把半个文件当作备份。"),
        en=Words(
            "The backup {file} could not be written: {what}.",
            _UNTOUCHED_EN,
            "Check the medium, its permissions and its free space, and try again.",
            "Do not take half a file for a backup.",
        ),
    )


class BackupUnsound(JournalError):
    """The backup is not what the journal acknowledged, or not a whole journal."""

    phrase = Phrase(
        "BACKUP-UNSOUND",
        zh=Words(
            "备份 {file} 校验不通过：{what}",
            _UNTOUCHED_ZH,
            "换用另一份备份；如果是刚做的备份，运行 yibao-journal verify 检查账本。",
            "不要用它恢复，也不要删除更早的备份。",
        ),
        en=Words(
            "The backup {file} is not sound: {what}",
            _UNTOUCHED_EN,
            "Use another backup; if it was just made, look at the journal with yibao-journal verify.",
            "Do not restore from it and do not delete older backups.",
        ),
    )


class RestoreLosesRecords(JournalError):
    """The journal here knows more than the backup."""

    phrase = Phrase(
        "RESTORE-LOSES-RECORDS",
        zh=Words(
            "现有账本已确认到第 {known} 条，备份只到第 {count} 条，没有恢复。",
            _UNTOUCHED_ZH,
            "先查清现有账本能否修好；确实要放弃第 {count} 条以后的记录，再加 --force。",
            "不要为了省事覆盖还能用的账本。",
        ),
        en=Words(
            "The journal here has acknowledged {known} records, the backup holds {count}: nothing was restored.",
            _UNTOUCHED_EN,
            "First find out whether the journal here can be saved; give --force only to give up what came after record {count}.",
            "Do not overwrite a journal that still works.",
        ),
    )


class RestoreOtherChain(JournalError):
    """The journal here and the backup part ways before their ends."""

    phrase = Phrase(
        "RESTORE-OTHER-CHAIN",
        zh=Words(
            "现有账本第 {count} 条与备份的第 {count} 条不同：两者不是同一本账，没有恢复。",
            _UNTOUCHED_ZH,
            "核对备份来自哪台收银台；确实要换用备份，再加 --force。",
            "不要让两本账同时在用。",
        ),
        en=Words(
            "Record {count} of the journal here is not record {count} of the backup: they are two journals, and nothing was restored.",
            _UNTOUCHED_EN,
            "Find out which till the backup is of; give --force only to use the backup instead.",
            "Do not keep both in use.",
        ),
    )


class RestoreUnfinished(JournalError):
    """A restore was interrupted after it was decided: the next start finishes it."""

    phrase = Phrase(
        "RESTORE-UNFINISHED",
        zh=Words(
            "上次恢复没有做完。",
            "备份和原来的账本都在，没有动用任何钱。",
            "启动收银程序或再次恢复，会自动做完。",
            "不要手工移动数据目录里的文件。",
        ),
        en=Words(
            "A restore was interrupted.",
            "The backup and the journal before it are both there and no money moved.",
            "Start the till, or run the restore again: it is finished by itself.",
            "Do not move the files in the data directory by hand.",
        ),
    )


class JournalNewer(JournalError):
    """A newer release wrote the journal."""

    phrase = Phrase(
        "JOURNAL-NEWER",
        zh=Words(
            "账本是更新的版本写的（格式 {found}，本程序只认得到 {known}）。",
            _UNTOUCHED_ZH,
            "安装写它的那个版本，或更新的版本。",
            "不要用旧版本打开，不要新建账本。",
        ),
        en=Words(
            "A newer release wrote the journal (format {found}; this program knows up to {known}).",
            _UNTOUCHED_EN,
            "Install the release that wrote it, or a later one.",
            "Do not open it with an older one and do not start a new journal.",
        ),
    )


class JournalOlder(JournalError):
    """The journal waits for its upgrade, which only a till or a sender does."""

    phrase = Phrase(
        "JOURNAL-OLDER",
        zh=Words(
            "账本还是旧版本的格式（{found}，本程序用 {known}），尚未升级。",
            _UNTOUCHED_ZH,
            "启动一次收银程序，它会先备份再升级。",
            "不要同时运行旧版本。",
        ),
        en=Words(
            "The journal still has the format of an older release ({found}; this program uses {known}).",
            _UNTOUCHED_EN,
            "Start the till once: it makes a backup and upgrades.",
            "Do not run the older release beside it.",
        ),
    )


class UpgradeBlocked(JournalError):
    """The other process, of the older release, still runs."""

    phrase = Phrase(
        "JOURNAL-UPGRADE-BLOCKED",
        zh=Words(
            "账本要升级，但{role_zh}还在运行。", _UNTOUCHED_ZH, "先停止它，再启动；升级后两者都用新版本。", "不要让新旧版本同时写一本账。"
        ),
        en=Words(
            "The journal is to be upgraded, but a {role} still runs on it.",
            _UNTOUCHED_EN,
            "Stop it first, then start again: both then run the new release.",
            "Do not let two releases write one journal.",
        ),
    )
