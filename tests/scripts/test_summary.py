"""scripts/summary: the words say what the numbers say."""

from __future__ import annotations

from annelid.run_file import open_run
from annelid.summary import main, summarise


def test_says_what_happened(single):
    run = open_run(single)
    lines = "\n".join(summarise(run))
    infections = int(run.infections.isel(time=-1))
    for words in ("A made-up outbreak (seed 1)", "Start:      2017-05-12 07:24 UTC, 24 hours",
                  "1,000,000 modelled for 1,500,000,000 real ones (1 stands for 1500)",
                  f"Infections: {infections:,} modelled", "new infections per hour, from 2017-05-12",
                  "By vector:  subnet 6", "most infected hosts in United States 30 %", "run.h5"):
        assert words in lines


def test_counts_hosts_that_are_out_of_use(single, ensemble):
    run = open_run(single)
    assert run.disrupted_states == ["encrypted"]
    encrypted = run.series["counts"].sel(state="encrypted")
    assert (run.disrupted == encrypted).all()
    lines = "\n".join(summarise(run))
    assert f"Out of use: {int(encrypted.max()):,} hosts at most, at 2017-05-1" in lines
    assert f"{int(encrypted[-1]):,} at the end" in lines
    assert open_run(ensemble).disrupted.dims == ("replicate", "time")


def test_counts_organisations_that_are_out_of_service(single, ensemble, make_run):
    series = open_run(single).series
    out = (series["outages"] + series["outages_by_dependency"]).sum(["country", "sector"])
    at = out.argmax("time")
    dependent = series["outages_by_dependency"].isel(time=at).sum()
    hours = series["service_lost_s"].isel(time=-1).sum() / 3600
    [line] = [line for line in summarise(open_run(single)) if line.startswith("Outages")]
    assert line.startswith(f"Outages:    {int(out.max()):,} organisations out of service at most, "
                           f"at 2017-05-1")
    assert str(out["time"].values[at])[11:16] in line
    assert f"{int(dependent):,} of them by dependency alone" in line and dependent > 0
    assert line.endswith(f"; {float(hours):,.0f} organisation-hours of service lost")
    assert "Outages:    " in "\n".join(summarise(open_run(ensemble)))
    assert "Outages" not in "\n".join(summarise(open_run(make_run(services=False))))


def test_replicates_come_with_their_range(ensemble):
    lines = "\n".join(summarise(open_run(ensemble)))
    assert "5 replicates" in lines and " to " in lines


def test_flat_and_unfinished(make_run):
    lines = "\n".join(summarise(open_run(make_run(flat=True, final_rows=1))))
    assert "UNFINISHED" in lines and "Countries" not in lines and "Peak" not in lines


def test_bad_file_is_refused(tmp_path, capsys):
    assert main([str(tmp_path / "none.h5")]) == 2
    assert "no such file" in capsys.readouterr().err


def test_quantiles_are_told_as_they_are(make_run):
    run = open_run(make_run(quantiles=True))
    text = "\n".join(summarise(run))
    last = run.series["counts"].isel(time=-1).sel(state="encrypted")
    low, middle, high = (float(last.sel(quantile=q)) for q in (0.025, 0.5, 0.975))
    assert f"{middle:,.0f} [{low:,.0f} to {high:,.0f}] encrypted" in text
    assert "20 replicates: medians" in text and "By vector" not in text
