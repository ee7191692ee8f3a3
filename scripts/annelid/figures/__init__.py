"""The figures of a run file, one a module: each has `draw(run)`, which returns a Figure.

`draw` returns None where the run has nothing to show, for example countries of a flat world.
"""

from annelid.figures import countries, curve, early_warning, incidence, outages, sectors, vectors

KINDS = {
    "curve": curve.draw,
    "incidence": incidence.draw,
    "countries": countries.draw,
    "sectors": sectors.draw,
    "vectors": vectors.draw,
    "early_warning": early_warning.draw,
    "outages": outages.draw,
}
# Figures of the hosts, whatever worm did it to them: one for all worms of a run.
OF_ALL_WORMS = {"outages"}
