// What the first rank knows of a run, as datasets of the run file.
#pragma once

#include "engine/files/run_file.hpp"
#include "engine/files/run_file_table.hpp"

#include <map>
#include <string>
#include <vector>

namespace annelid {

/// What does not change during a run.
struct RunDescription {
    RunAxes axes;
    PopulationTable population;
    std::map<std::string, Attribute> attributes;
    std::string scenario;
};

/// Root attributes, /population and /scenario; the axes of the series, `time` cut after `rows`.
void write_description(TableWriter& table, const RunDescription& run, bool complete,
                       std::int64_t rows);

/// Rows of the time axis that a file with this series has: all of it with a replicate axis, else
/// those that are final.
std::int64_t num_time_rows(const RunAxes& axes, const RunSeries& series);

/// The series; -1 in rows of a replicate that are not final yet. With quantiles, those over the
/// replicates that are finished.
void write_series(TableWriter& table, const RunAxes& axes, const RunSeries& series);

/// /defence_starts, in order. Nothing where the run has no defences.
void write_defence_starts(TableWriter& table, const RunAxes& axes,
                          std::vector<DefenceStart> starts);

/// /failures, in order. Nothing where no replicate failed.
void write_failures(TableWriter& table, std::vector<RunFailure> failures);

void write_diagnostics(TableWriter& table, const RunDiagnostics& diagnostics);
void write_timings(TableWriter& table, const RunTimings& timings);

}  // namespace annelid
