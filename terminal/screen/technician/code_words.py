"""What a reason code says: all that the log itself needs of the words of records, which load with the first timeline."""

from __future__ import annotations

from terminal.screen.words import tr


def code_word(code: str) -> str:
    """Return what a code says, with the code itself for whoever looks it up; one that is not known stays alone."""
    words = {
        "LINE-DOWN": tr("the line was down"),
        "SENDER-SILENT": tr("the sender was silent"),
        "customer": tr("customer's wish"),
        "reason-1": tr("customer returns"),
        "reason-2": tr("wrong goods"),
        "reason-3": tr("wrong quantity or price"),
        "reason-4": tr("wrong person"),
        "reason-5": tr("other"),
        "card-torn": tr("the card left while it was written"),
        "card-not-written": tr("nothing was written to the card"),
        "record-renewed": tr("the card's record was made anew"),
        "refused": tr("the centre refused"),
        "unreachable": tr("the centre was not reached"),
        "patience": tr("waited too long"),
        "restart": tr("the program was started again"),
        "refresh-interrupted": tr("the refresh was interrupted"),
        "deadline": tr("its deadline is past"),
        "partial-return": tr("part of it comes back"),
        "not-in-statement": tr("the centre's statements do not name it"),
        "stands-alone": tr("it stood at the centre alone"),
        "settled-twice": tr("the centre settled it twice"),
        "not-wanted": tr("nothing here wants it any more"),
        "not-ours": tr("this till never made it"),
        "written-off": tr("it was written off here"),
        "lost-here": tr("its record was lost in a restore"),
        "refunded-elsewhere": tr("refunded, and not from here"),
        "missing-there": tr("the centre does not have it"),
        "other-amounts": tr("the amounts differ"),
        "stands": tr("the goods went out, it stands"),
        "release": tr("nobody has the goods, it is released"),
        "goods-back": tr("the goods came back"),
        "goods-out": tr("the goods stayed out"),
        "claimed": tr("claimed at the agency"),
        "taken": tr("the centre's figures are taken"),
        "refresh-not-read-back": tr("the card read back something else"),
    }
    return f"{words[code]} ({code})" if code in words else code
