"""The figures of run and study files, one a module: each has `draw`, which returns a Figure.

Of a run it is `draw(run)`, which returns None where the run has nothing to show, for example
countries of a flat world.
"""

from collections.abc import Callable

from matplotlib.figure import Figure

from annelid.figures import (countries, curve, early_warning, growth, incidence, mixing, offspring,
                             organisation, outages, panels, reproduction, sectors, sensitivity,
                             sweep, vectors)

KINDS: dict[str, Callable[..., Figure | None]] = {
    "curve": curve.draw,
    "incidence": incidence.draw,
    "growth": growth.draw,
    "countries": countries.draw,
    "sectors": sectors.draw,
    "vectors": vectors.draw,
    "reproduction": reproduction.draw,
    "offspring": offspring.draw,
    "mixing": mixing.draw,
    "organisation": organisation.draw,
    "early_warning": early_warning.draw,
    "outages": outages.draw,
}
# Figures of the hosts, whatever worm did it to them: one for all worms of a run.
OF_ALL_WORMS = {"outages"}
# Figures that a file of quantiles has enough for: one series at a time.
OF_QUANTILES = {"curve", "growth"}
# Figures of study files, beside `compare`, which takes study files or several run files.
STUDY_KINDS = {"sweep": sweep.draw, "panels": panels.draw, "sensitivity": sensitivity.draw}
COMPARE = "compare"
