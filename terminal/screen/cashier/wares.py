"""What a counter hands over, in the words that its screen has for it: goods at a pharmacy, the slip of a visit at a desk."""

from __future__ import annotations

from dataclasses import dataclass

from terminal.screen.words import tr


@dataclass(frozen=True, slots=True, kw_only=True)
class Wares:
    """The words, in the language of now."""

    heading: str
    """Over the names of a bill's lines."""
    hand_over: str
    """What to do once it is settled."""
    agreeing: str
    """What a yes and a no to the centre's other figures do."""
    went_out: str
    still_here: str
    did_go_out: str
    went_before: str
    """That it was handed over before the outcome was known."""


def goods() -> Wares:
    """Return a pharmacy's words."""
    return Wares(
        heading=tr("Goods"),
        hand_over=tr("Hand the goods over"),
        agreeing=tr("The centre's figures win. F8: the customer agrees, goods go out. F6: not agreed, it is voided."),
        went_out=tr("The goods went out"),
        still_here=tr("The goods are still here"),
        did_go_out=tr("did the goods go out?"),
        went_before=tr("Resolved: settled; the goods went out before"),
    )


def slip_of_visit() -> Wares:
    """Return a registration desk's words."""
    return Wares(
        heading=tr("Item"),
        hand_over=tr("Hand the slip over"),
        agreeing=tr("The centre's figures win. F8: the patient agrees, hand the slip over. F6: not agreed, it is voided."),
        went_out=tr("The slip was handed over"),
        still_here=tr("The slip is still here"),
        did_go_out=tr("was the slip handed over?"),
        went_before=tr("Resolved: settled; the slip was handed over before"),
    )
