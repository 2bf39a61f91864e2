"""The rule sets that are compared: the trade's usual client, the same without some of its rules, and ours."""

from __future__ import annotations

from dataclasses import dataclass

from terminal.demo.stage import Stage
from terminal.demo.versus.counters import Counter, Ours, Usual

RULES = ("stores-only-on-success", "please-retry", "corrects-by-hand", "5xx-is-failure")
"""Of :class:`simulator.usual_client.Rule`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One way to be a counter."""

    name: str
    without: tuple[str, ...] = ()
    """Rules of the usual client that it does not have."""


USUAL = RuleSet(name="usual")
OURS = RuleSet(name="ours")
BETWEEN = (*(RuleSet(name=f"usual without {rule}", without=(rule,)) for rule in RULES), RuleSet(name="usual without any", without=RULES))


def counter_of(stage: Stage, rule_set: RuleSet) -> Counter:
    """Return the counter that works by a rule set."""
    return Ours(stage) if rule_set is OURS else Usual(stage, rule_set.without)
