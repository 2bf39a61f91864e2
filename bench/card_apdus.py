"""How many commands a whole off-line sale sends to card and PSAM: ``python bench/card_apdus.py``.

Commands are counted, not timed: a T=0 card at 9600 baud costs 20 to 60 ms each, so the count is what a customer waits for.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from settlement.allowance import Verdict, judge  # noqa: E402 - the path comes first
from tests.cards.counter import Counter, sale_of  # noqa: E402
from tests.cards.people import PIN  # noqa: E402

CARD_MAX, PSAM_MAX = 30, 16
FULL = 9
"""Sales after which the file of tags is full, and one reading finds it as long as it asks."""


def steps(counter: Counter) -> list[tuple[str, int, int]]:
    """Sell once; return each step with the commands sent to card and PSAM up to its end."""
    card = counter.open()
    counted = []

    def count(step: str) -> None:
        counted.append((step, card.channel.sent, card.psam.channel.sent))

    card.identify()
    count("identify and prove genuine")
    card.verify_pin(bytearray(PIN.encode()))
    count("PIN")
    plan = sale_of(card.read_allowance(), debit_fen=1)
    count("read the allowance")
    after = card.write_sale(plan)
    count("write and read back")
    card.close()
    assert judge(plan, after) is Verdict.DONE
    return counted


def main() -> int:
    """Print the table; 1 when a sale is longer than it may be."""
    longest = 0, 0
    for version in ("2.00", "3.00"):
        with tempfile.TemporaryDirectory() as directory:
            counter = Counter(Path(directory), version=version)
            counter.grant()
            for tags, sales in (("few", 1), ("eight", FULL)):
                rows = [steps(counter) for _ in range(sales)][-1]
                print(f"specification {version}, {tags} tags on the card")
                card = psam = 0
                for step, card_sent, psam_sent in rows:
                    print(f"  {step:<28} card {card_sent - card:>3}   PSAM {psam_sent - psam:>3}")
                    card, psam = card_sent, psam_sent
                print(f"  {'whole off-line sale':<28} card {card:>3}   PSAM {psam:>3}   (at most {CARD_MAX} and {PSAM_MAX})")
                longest = max(longest[0], card), max(longest[1], psam)
    return int(longest[0] > CARD_MAX or longest[1] > PSAM_MAX)


if __name__ == "__main__":
    sys.exit(main())
