"""Which counter the desk is: what the screen has to know of shop, till and operator."""

from __future__ import annotations

from terminal.counter import Counter
from terminal.screen.news import Place


def place_of(counter: Counter) -> Place:
    """Return the counter as the screen shows it."""
    own = counter.settings.counter
    return Place(
        shop=own.fixmedins_name,
        fixmedins_code=own.fixmedins_code,
        admdvs=own.admdvs,
        venue=own.venue,
        hosp_lv=own.hosp_lv,
        till=own.till,
        operator=counter.operator_shown,
        demonstration=counter.settings.reader.kind == "simulated" and not counter.settings.demonstration.training,
        training=counter.settings.demonstration.training,
        pharmacists=own.pharmacists,
    )
