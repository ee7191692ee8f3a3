"""Which sectors of the economy the outbreak reached."""

from __future__ import annotations

from matplotlib.figure import Figure

from annelid.figures import style
from annelid.figures.bars import draw_number_and_share
from annelid.run_file import Run
from annelid.text import clock


def draw(run: Run) -> Figure | None:
    """Number and share of infected hosts in each sector at the end, largest number first."""
    if not run.has_sectors:
        return None
    infected, hosts = run.infected_at_end("sector"), run.hosts_in("sector")
    middle = infected.median("replicate") if run.has_replicates else infected
    order = middle.argsort().values[::-1]
    names = [name.replace("_", " ") for name in infected["sector"].values[order]]
    when = clock(run.series["time"].values[-1])
    figure = style.titled_figure(run, f"infected hosts by sector, {when}", 1.6 + 0.24 * len(names))
    left, right = figure.subplots(1, 2)
    draw_number_and_share(left, right, run, infected.isel(sector=order),
                          hosts.isel(sector=order), names)
    return figure
