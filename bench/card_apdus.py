"""How many commands a whole off-line sale sends, and how much longer it takes than they do: ``python bench/card_apdus.py``.

A T=0 card at 9600 baud costs 20 to 60 ms a command, so the count is what a customer waits for: of a card with an allowance, and of one that
debits by itself, at an open till. The last table sells at a whole counter (journal, driver, slip) with 30 ms a command, and compares its
wall time with the sum of what the commands took.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from config.sections import Psam as PsamSettings  # noqa: E402 - the path comes first
from settlement.allowance import Verdict, judge  # noqa: E402
from settlement.card_debit import DebitPlan, judge_by_log  # noqa: E402
from settlement.checkout.states import Settled  # noqa: E402
from terminal.cards.opening import OpenReader, slots_of  # noqa: E402
from tests.cards.counter import Counter, sale_of, sent_to_psam  # noqa: E402
from tests.cards.people import PIN  # noqa: E402
from tests.cards.slow import SlowReader  # noqa: E402
from tests.world.shop import Shop  # noqa: E402

MOST = (26, 14)
"""To card and PSAM."""
VERSIONS = ("2.00", "3.00")
"""3.00 asks for three commands more: its algorithm is fetched, and the cardholder's file wants a proof of its own."""
FULL = 9
"""Sales after which the file of tags is full, and one reading finds it as long as it asks."""
APDU_S = 0.030
CARDS = (("few tags on the card", 1, False), ("eight tags", FULL, False), ("it debits by itself", 1, True))
RATIO_MAX = 1.03
SALES = 5
MOMENT = "20260302091530"


def steps(reader: OpenReader, *, by_itself: bool) -> list[tuple[str, int, int]]:
    """Sell once; return each step with the commands sent to card and PSAM up to its end."""
    card = reader.open_card()
    counted = []

    def count(step: str) -> None:
        counted.append((step, card.channel.sent, sent_to_psam(card)))

    card.identify()
    count("identify and prove genuine")
    card.verify_pin(bytearray(PIN.encode()))
    count("PIN")
    record = card.read_allowance()
    count("read the allowance")
    if by_itself:
        terminal = card.keys.terminal_number()
        begun = card.account.begin(own_fen=0, pooled_fen=1, terminal=terminal)
        debit = DebitPlan(
            sequence=begun.sequence, number=1, terminal=terminal, moment=MOMENT, own_fen=0, pooled_fen=1, balance_fen=begun.balance_fen
        )
        card.account.debit(debit, begun)
        assert judge_by_log(debit, card.account.log(most=1)) is Verdict.DONE
        count("begin, debit, read the log")
    else:
        plan = sale_of(record, debit_fen=1)
        assert judge(plan, card.write_sale(plan)) is Verdict.DONE
        count("write and read back")
    card.close()
    return counted


def counts() -> bool:
    """Print the commands of each step; whether no sale is longer than it may be."""
    short = True
    for version in VERSIONS:
        with tempfile.TemporaryDirectory() as directory:
            counter = Counter(Path(directory), version=version)
            counter.grant()
            reader = OpenReader(counter.slots, PsamSettings())
            reader.power_psam()
            for what, sales, by_itself in (
                ("few tags on the card", 1, False),
                ("eight tags", FULL, False),
                ("it debits by itself", 1, True),
            ):
                rows = [steps(reader, by_itself=by_itself) for _ in range(sales)][-1]
                print(f"specification {version}, {what}")
                card = psam = 0
                for step, card_sent, psam_sent in rows:
                    print(f"  {step:<28} card {card_sent - card:>3}   PSAM {psam_sent - psam:>3}")
                    card, psam = card_sent, psam_sent
                print(f"  {'whole off-line sale':<28} card {card:>3}   PSAM {psam:>3}   (at most {MOST[0]} and {MOST[1]})")
                short &= card <= MOST[0] and psam <= MOST[1]
    return short


def ratio() -> bool:
    """Sell off-line at a whole counter with slow cards; whether its wall time is hardly more than the commands'."""
    with tempfile.TemporaryDirectory() as directory, Shop(Path(directory) / "stage") as shop:
        shop.sell("torn", "5.00")
        shop.cut()
        ratios = []
        for _ in range(SALES):
            shop.insert("torn")
            slow = SlowReader(slots_of(shop.counter.settings.reader), APDU_S)
            shop.counter.open_card = slow.open  # type: ignore[method-assign]
            began = time.perf_counter()
            ended = shop.sell_inserted("1.00", pins=[shop.stage.cast["torn"].pin])
            wall_s = time.perf_counter() - began
            assert isinstance(ended, Settled), ended
            ratios.append(wall_s / slow.taken_s)
            card, psam = slow.exchanges
            print(f"  wall {wall_s * 1000:6.0f} ms   {card} + {psam} commands {slow.taken_s * 1000:6.0f} ms   ratio {ratios[-1]:.3f}")
        middle = sorted(ratios)[len(ratios) // 2]
        print(f"  median ratio {middle:.3f} (at most {RATIO_MAX})")
    return middle <= RATIO_MAX


def main() -> int:
    """Print both tables; 1 when a sale is longer than it may be."""
    short = counts()
    print(f"a whole off-line sale with {APDU_S * 1000:.0f} ms a command")
    return int(not (ratio() and short))


if __name__ == "__main__":
    sys.exit(main())
