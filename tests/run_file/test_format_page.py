"""results/FORMAT.md against a run file, and the run file against xarray.

    ANNELID_TEST_RUN_FILE=run.h5 /usr/bin/python3 -m unittest tests/run_file/test_format_page.py

The file is one that annelid wrote, finished or not, with or without replicates and options.
"""

from __future__ import annotations

import os
import unittest
from pathlib import Path

import h5py
import numpy as np
import xarray as xr

PAGE = Path(__file__).resolve().parents[2] / "results" / "FORMAT.md"
MADE_BY_HDF5 = {"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST"}
BARE_AXIS = b"This is a netCDF dimension but not a netCDF variable."

Row = dict[str, str]


def tables(page: str) -> list[list[Row]]:
    """Every table of a page as rows of {column title: cell}, back quotes around names left out."""
    found: list[list[Row]] = []
    titles: list[str] | None = None
    for line in page.splitlines():
        if not line.startswith("|"):
            titles = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if titles is None:
            titles = cells
            found.append([])
        elif not set(line) <= set("|-"):
            cells[:2] = [cell.strip("`") for cell in cells[:2]]
            found[-1].append(dict(zip(titles, cells, strict=True)))
    return found


def type_name(dataset: h5py.Dataset) -> str:
    if dataset.attrs.get("NAME", b"").startswith(BARE_AXIS):
        return "axis"
    return "text" if h5py.check_string_dtype(dataset.dtype) else str(dataset.dtype)


def attribute_type(value: object) -> str:
    if isinstance(value, str):
        return "text"
    return "integer" if isinstance(value, np.integer) else "number"


def axes(dataset: h5py.Dataset) -> list[str]:
    """Names of the dimension scales of a dataset."""
    if h5py.h5ds.is_scale(dataset.id):
        return [dataset.name.rsplit("/", 1)[-1]]
    return [dim[0].name.rsplit("/", 1)[-1] for dim in dataset.dims]


class FormatPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.path = Path(os.environ["ANNELID_TEST_RUN_FILE"])
        cls.file = h5py.File(cls.path, "r")
        cls.addClassCleanup(cls.file.close)
        cls.has_replicates = "replicate" in cls.file
        cls.has_worms = "worm" in cls.file
        cls.ensemble = ("quantile" if "quantile" in cls.file
                        else "replicate" if cls.has_replicates else "")
        cls.datasets: dict[str, h5py.Dataset] = {}
        cls.file.visititems(lambda name, item: cls.datasets.update({f"/{name}": item})
                            if isinstance(item, h5py.Dataset) else None)
        cls.listed: dict[str, Row] = {}
        cls.attributes: dict[tuple[str, str], Row] = {}
        cls.root_attributes: dict[str, Row] = {}
        for table in tables(PAGE.read_text(encoding="utf-8")):
            if "Axes" in table[0]:
                cls.listed |= {row["Dataset"]: row for row in table}
            elif "Dataset" in table[0]:
                cls.attributes |= {(row["Dataset"], row["Attribute"]): row for row in table}
            else:
                cls.root_attributes |= {row["Attribute"]: row for row in table}

    def expected(self, row: Row) -> bool | None:
        """Whether a row of the page must be in the file; None where either is right."""
        group = row["Dataset"].split("/")[1]
        return {"always": True,
                "finished": bool(self.file.attrs["complete"]),
                "with replicates": self.has_replicates,
                "with quantiles": self.ensemble == "quantile",
                "finished, with failures": "failures" in self.file,
                "with several worms": self.has_worms,
                "unfinished replicates": None if self.has_replicates else False,
                "with events": group in self.file,
                "with transitions": group in self.file,
                "with a network": group in self.file,
                "with hosts": group in self.file,
                "with sensors": "sensor" in self.file,
                "with telescopes": "telescope" in self.file,
                "with defences": "defence" in self.file,
                "finished, with defences": bool(self.file.attrs["complete"])
                and "defence" in self.file,
                "with isolation": None if "defence" in self.file else False,
                "with cleaning": None if "defence" in self.file else False,
                "with a kill switch": None if "defence" in self.file else False,
                "with services": "outages" in self.file}[row["In the file"]]

    def test_page_is_read(self) -> None:
        self.assertGreater(len(self.listed), 30)
        self.assertGreater(len(self.attributes), 5)
        self.assertGreater(len(self.root_attributes), 15)

    def test_every_dataset_is_on_the_page(self) -> None:
        self.assertEqual(sorted(set(self.datasets) - set(self.listed)), [])

    def test_every_dataset_of_the_page_is_in_the_file(self) -> None:
        for name, row in self.listed.items():
            with self.subTest(name):
                expected = self.expected(row)
                if expected is not None:
                    self.assertEqual(name in self.datasets, expected)

    def test_axes_and_types(self) -> None:
        for name, dataset in self.datasets.items():
            with self.subTest(name):
                row = self.listed[name]
                listed = row["Axes"].replace("(replicate)", "replicate" if self.has_replicates else "")
                listed = listed.replace("(ensemble)", self.ensemble)
                listed = listed.replace("(worm)", "worm" if self.has_worms else "")
                self.assertEqual(axes(dataset), listed.split())
                has_quantiles = "(ensemble)" in row["Axes"] and self.ensemble == "quantile"
                self.assertEqual(type_name(dataset), "float64" if has_quantiles else row["Type"])

    def test_units_and_meaning(self) -> None:
        start = self.file.attrs["start"]
        for name, dataset in self.datasets.items():
            with self.subTest(name):
                row = self.listed[name]
                self.assertEqual(dataset.attrs.get("units", ""), row["Units"].replace("START", start))
                long_name = dataset.attrs.get("long_name", "")
                self.assertTrue(row["Meaning"].startswith(long_name), long_name)
                self.assertEqual(not long_name, row["Type"] == "axis")

    def test_attributes_of_datasets(self) -> None:
        for name, dataset in self.datasets.items():
            own = set(dataset.attrs) - MADE_BY_HDF5 - {"units", "long_name"}
            listed = {attribute for owner, attribute in self.attributes if owner == name}
            with self.subTest(name):
                self.assertEqual(own - listed, set())
                for attribute in listed:
                    expected = self.expected(self.attributes[name, attribute])
                    if expected is not None:
                        self.assertEqual(attribute in own, expected, attribute)

    def test_root_attributes(self) -> None:
        self.assertEqual(sorted(self.file.attrs), sorted(self.root_attributes))
        for name, value in self.file.attrs.items():
            with self.subTest(name):
                allowed = self.root_attributes[name]["Type"]
                found = attribute_type(value)
                self.assertTrue(found == allowed or (found, allowed) == ("integer", "number"), found)


# Name: axes after the leading ones, and unit. The first four are in every file.
SERIES = {"counts": (("state",), "hosts"),
          "country_counts": (("country", "state"), "hosts"),
          "sector_counts": (("sector", "state"), "hosts"),
          "vector_infections": (("vector",), "hosts"),
          "detections": (("country", "sensor"), "hosts"),
          "false_alarms": (("country", "sensor"), "hosts"),
          "isolated": (("country",), "hosts"),
          "cleaned": (("country",), "hosts"),
          "sinkhole_beacons": (("country",), "hosts"),
          "telescope_scans": (("telescope",), "scans"),
          "telescope_sources": (("telescope",), "hosts"),
          "outages": (("country", "sector"), "organisations"),
          "outages_by_dependency": (("country", "sector"), "organisations"),
          "service_lost_s": (("country", "sector"), "s")}
WITH_WORMS = list(SERIES)[:4]
# Of tests/run_file/sample.hpp, with everything that there can be.
MADE_UP = {"sensor": ["antivirus", "tracing"], "telescope": ["large", "small", "far"],
           "defence": ["patching", "kill_switch"]}


class Xarray(unittest.TestCase):
    """The promise of DESIGN 6: every series with named axes, times as dates."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.path = os.environ["ANNELID_TEST_RUN_FILE"]
        cls.run_file = xr.open_dataset(cls.path, engine="h5netcdf")
        cls.addClassCleanup(cls.run_file.close)
        cls.leading = (*(axis for axis in ("quantile", "replicate")
                         if axis in cls.run_file["counts"].dims), "time")
        cls.worm = ("worm",) if "worm" in cls.run_file.dims else ()

    def test_series_have_named_axes_and_units(self) -> None:
        for name, (dims, units) in SERIES.items():
            if name not in WITH_WORMS and name not in self.run_file:
                continue
            with self.subTest(name):
                worm = self.worm if name in WITH_WORMS else ()
                self.assertEqual(self.run_file[name].dims, self.leading + worm + dims)
                self.assertEqual(self.run_file[name].attrs["units"], units)
                self.assertTrue(self.run_file[name].attrs["long_name"])

    def test_the_made_up_defences_are_all_there(self) -> None:
        """Axes by name, each value where it belongs, and rows that are not final missing."""
        if self.run_file.attrs["title"] != "A made-up outbreak" or "defence" not in self.run_file:
            self.skipTest("not the made-up run with defences")
        for axis, names in MADE_UP.items():
            self.assertEqual(list(self.run_file[axis].values), names)
        rows = self.run_file["counts"].isel(state=0, drop=True)
        row = rows.copy(data=np.arange(rows.size).reshape(rows.shape)).where(rows.notnull())
        for name, (axes, _) in SERIES.items():
            if name in WITH_WORMS:
                continue
            with self.subTest(name):
                series = self.run_file[name]
                lengths = [series.sizes[axis] for axis in axes]
                place = xr.DataArray(np.arange(np.prod(lengths)).reshape(lengths), dims=axes)
                expected = (row + 100 * place).transpose(*series.dims)
                np.testing.assert_array_equal(series.values, expected.values)

    def test_defence_starts_are_in_order(self) -> None:
        with h5py.File(self.path, "r") as file:
            if "defence_starts" not in file:
                self.skipTest("a run without defences, or unfinished")
        with xr.open_dataset(self.path, engine="h5netcdf", group="defence_starts") as starts:
            self.assertEqual(set(starts.dims), {"start"})
            keys = [starts[name].values.tolist() for name in
                    ("replicate", "time_us", "defence", "country", "sector", "organisation")]
            rows = list(zip(*keys))
            self.assertEqual(rows, sorted(rows))
            if self.run_file.attrs["title"] == "A made-up outbreak":
                self.assertEqual(rows, [(0, 0, 1, -1, -1, -1),
                                        (0, 7_200_000_000, 0, -1, 1, 400),
                                        (0, 7_200_000_000, 1, 1, -1, -1)])

    def test_times_are_dates(self) -> None:
        times = self.run_file["time"].values
        self.assertEqual(times.dtype, np.dtype("datetime64[ns]"))
        if len(times) > 0:
            self.assertEqual(times[0], np.datetime64(self.run_file.attrs["start"].replace(" ", "T")))

    def test_axes_select_by_name(self) -> None:
        state = self.run_file["state"].values[0]
        self.assertIsInstance(state, str)
        self.assertEqual(self.run_file["counts"].sel(state=state).dims, self.leading + self.worm)
        self.assertEqual(self.run_file["vector"].values[0], "seed")

    def test_sums_agree(self) -> None:
        """Countries and sectors add up to the whole, and states to all hosts, in final rows."""
        if "quantile" in self.leading:
            self.skipTest("quantiles of a sum are not the sums of quantiles")
        counts = self.run_file["counts"]
        final = counts.isel(state=0).notnull()
        for name, axis in (("country_counts", "country"), ("sector_counts", "sector")):
            total = self.run_file[name].sum(axis)
            self.assertTrue((total == counts).where(final, True).all(), name)
        hosts = counts.sum("state") == self.run_file.attrs["hosts"]
        self.assertTrue(hosts.where(final, True).all())

    def test_events_are_in_order(self) -> None:
        with h5py.File(self.path, "r") as file:
            if "events" not in file:
                self.skipTest("a run without events")
        with xr.open_dataset(self.path, engine="h5netcdf", group="events") as events:
            self.assertEqual(set(events.dims), {"event"})
            keys = [events[name].values for name in ("worm", "host", "time_us", "replicate")]
            order = np.lexsort(keys)
            self.assertTrue((order == np.arange(len(order))).all())
            is_seed = events["vector"].values == 0
            self.assertTrue(((events["infector"].values == -1) == is_seed).all())


if __name__ == "__main__":
    unittest.main()
