#include "engine/files/run_file_contents.hpp"

#include "engine/base/quantiles.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace annelid {

namespace {

/// The replicate axis counts one where there is none.
std::int64_t num_replicates(const RunAxes& axes) {
    return axes.replicate_axis ? static_cast<std::int64_t>(axes.replicates.size()) : 1;
}

/// Leading rows of a replicate that are final.
std::int64_t rows_final(const RunSeries& series, std::size_t replicate) {
    return replicate < series.rows_final.size() ? series.rows_final[replicate] : 0;
}

/// Values of `width` a row; -1 in the rows of a replicate, of which there are `rows`, that are not
/// final.
void write_counts(TableWriter& table, const std::string& path, const RunSeries& series,
                  std::span<const std::int64_t> values, std::size_t width, std::int64_t rows) {
    const std::size_t size = static_cast<std::size_t>(rows) * width;
    std::vector<std::int64_t> so_far;
    for (std::size_t r = 0; r * size < values.size(); ++r) {
        const auto is_final = static_cast<std::size_t>(std::min(rows, rows_final(series, r)));
        if (is_final * width < size && so_far.empty()) {
            so_far.assign(values.begin(), values.end());
        }
        if (!so_far.empty()) {
            const auto begin = so_far.begin() + static_cast<std::ptrdiff_t>(r * size);
            std::fill(begin + static_cast<std::ptrdiff_t>(is_final * width),
                      begin + static_cast<std::ptrdiff_t>(size), -1);
        }
    }
    table.numbers<std::int64_t>(path, so_far.empty() ? values : so_far);
    if (!so_far.empty()) {
        // Only here: readers turn integers that may be missing into floating-point numbers.
        table.file().write_attribute(path, "_FillValue", std::int64_t{-1});
    }
}

void write_one_series(TableWriter& table, const std::string& path, const RunAxes& axes,
                      const RunSeries& series, const std::vector<std::int64_t>& values,
                      std::size_t width) {
    const std::int64_t rows = num_time_rows(axes, series);
    const auto replicates = static_cast<std::size_t>(num_replicates(axes));
    const std::size_t size = static_cast<std::size_t>(rows) * width;
    if (values.size() < replicates * size) {
        throw std::logic_error(path + " has fewer values than its axes");
    }
    const std::span all = std::span(values).first(replicates * size);
    if (axes.quantiles.empty()) {
        write_counts(table, path, series, all, width, rows);
        return;
    }
    std::vector<std::span<const std::int64_t>> finished;
    for (std::size_t r = 0; r < replicates; ++r) {
        if (rows_final(series, r) >= rows) {
            finished.push_back(all.subspan(r * size, size));
        }
    }
    table.numbers<double>(path, quantiles_over(finished, size, axes.quantiles));
}

void write_network(TableWriter& table, const RunNetwork& network) {
    if (network.vertices.empty()) {
        return;
    }
    table.numbers<std::int64_t>("/network/vertices", network.vertices);
    table.numbers<std::int64_t>("/network/links", network.links);
    table.numbers<std::int64_t>("/network/self_loops", network.self_loops);
    table.numbers<std::int64_t>("/network/duplicates", network.duplicates);
    table.numbers<std::int64_t>("/partition/cut_links", network.cut_links);
    table.numbers<double>("/partition/vertex_imbalance", network.vertex_imbalance);
    table.numbers<double>("/partition/link_imbalance", network.link_imbalance);
    table.numbers<std::int64_t>("/partition/ghosts", network.ghosts);
    table.numbers<std::int64_t>("/partition/most_ghosts", network.most_ghosts);
}

}  // namespace

void write_description(TableWriter& table, const RunDescription& run, bool complete,
                       std::int64_t rows) {
    hdf5::File& file = table.file();
    file.write_attribute("/", "format", std::string(run_file_format));
    file.write_attribute("/", "format_version", std::string(run_file_version));
    file.write_attribute("/", "Conventions", "CF-1.10");
    for (const auto& [name, value] : run.attributes) {
        file.write_attribute("/", name, value);
    }
    file.write_attribute("/", "complete", std::int64_t{complete ? 1 : 0});

    const RunAxes& axes = run.axes;
    std::vector<double> seconds;
    for (std::int64_t row = 0; row < rows; ++row) {
        seconds.push_back(to_seconds(axes.row_times_us.at(static_cast<std::size_t>(row))));
    }
    table.numbers<double>("/time", seconds);
    file.write_attribute("/time", "calendar", "standard");
    table.texts("/state", axes.states);
    table.texts("/country", axes.countries);
    table.texts("/country_name", axes.country_names);
    table.texts("/sector", axes.sectors);
    table.texts("/vector", axes.vectors);
    if (axes.replicate_axis) {
        table.numbers<std::int64_t>("/replicate", axes.replicates);
    }
    if (!axes.quantiles.empty()) {
        table.numbers<double>("/quantile", axes.quantiles);
    }
    if (!axes.worms.empty()) {
        table.texts("/worm", axes.worms);
    }
    const auto further_axis = [&](const char* path, const std::vector<std::string>& names) {
        if (!names.empty()) {
            table.texts(path, names);
        }
    };
    further_axis("/sensor", axes.sensors);
    further_axis("/telescope", axes.telescopes);
    further_axis("/defence", axes.defences);

    const PopulationTable& population = run.population;
    table.bare_axis("/population/cell", static_cast<std::int64_t>(population.country.size()));
    table.bare_axis("/population/cell_edge",
                    static_cast<std::int64_t>(population.first_host.size()));
    table.numbers<std::int64_t>("/population/cell_first_host", population.first_host);
    table.numbers<std::int32_t>("/population/cell_country", population.country);
    table.numbers<std::int32_t>("/population/cell_sector", population.sector);

    table.text("/scenario", run.scenario);
    file.write_attribute("/scenario", "media_type", "application/toml");
}

std::int64_t num_time_rows(const RunAxes& axes, const RunSeries& series) {
    const auto all = static_cast<std::int64_t>(axes.row_times_us.size());
    return axes.replicate_axis ? all : std::min(all, rows_final(series, 0));
}

void write_series(TableWriter& table, const RunAxes& axes, const RunSeries& series) {
    const std::size_t worms = axes.num_worms(), states = axes.states.size();
    const auto write = [&](const char* path, const std::vector<std::int64_t>& values,
                           std::size_t width) {
        write_one_series(table, path, axes, series, values, worms * width);
    };
    write("/counts", series.counts, states);
    write("/country_counts", series.country_counts, axes.countries.size() * states);
    write("/sector_counts", series.sector_counts, axes.sectors.size() * states);
    write("/vector_infections", series.vector_infections, axes.vectors.size());
    const auto cells = static_cast<std::size_t>(num_replicates(axes)) * axes.row_times_us.size();
    for (const auto& [path, values] : series.further) {
        write_one_series(table, path, axes, series, values, values.size() / cells);
    }
}

void write_defence_starts(TableWriter& table, const RunAxes& axes,
                          std::vector<DefenceStart> starts) {
    if (axes.defences.empty()) {
        return;
    }
    const auto key = [](const DefenceStart& row) {
        return std::tuple(row.replicate, row.time_us, row.defence, row.country, row.sector,
                          row.organisation);
    };
    std::ranges::sort(starts, {}, key);
    table.bare_axis("/defence_starts/start", static_cast<std::int64_t>(starts.size()));
    const auto write = [&]<class T>(const char* path, T DefenceStart::*column) {
        std::vector<T> values;
        for (const DefenceStart& row : starts) {
            values.push_back(row.*column);
        }
        table.numbers<T>(path, values);
    };
    write("/defence_starts/replicate", &DefenceStart::replicate);
    write("/defence_starts/time_us", &DefenceStart::time_us);
    write("/defence_starts/defence", &DefenceStart::defence);
    write("/defence_starts/country", &DefenceStart::country);
    write("/defence_starts/sector", &DefenceStart::sector);
    write("/defence_starts/organisation", &DefenceStart::organisation);
}

void write_failures(TableWriter& table, std::vector<RunFailure> failures) {
    if (failures.empty()) {
        return;
    }
    std::ranges::sort(failures, {}, &RunFailure::replicate);
    std::vector<std::int32_t> replicates;
    std::vector<std::string> reasons, logs;
    for (const RunFailure& failure : failures) {
        replicates.push_back(static_cast<std::int32_t>(failure.replicate));
        reasons.push_back(failure.reason);
        logs.push_back(failure.log);
    }
    table.bare_axis("/failures/failure", static_cast<std::int64_t>(failures.size()));
    table.numbers<std::int32_t>("/failures/replicate", replicates);
    table.texts("/failures/reason", reasons);
    table.texts("/failures/log", logs);
}

void write_diagnostics(TableWriter& table, const RunDiagnostics& diagnostics) {
    table.texts("/diagnostics/kind", diagnostics.deferred_kinds);
    table.numbers<std::int64_t>("/diagnostics/attempts", diagnostics.attempts);
    table.numbers<std::int64_t>("/diagnostics/scans_represented", diagnostics.scans_represented);
    table.numbers<std::int64_t>("/diagnostics/steps", diagnostics.steps);
    table.numbers<std::int64_t>("/diagnostics/steps_skipped", diagnostics.steps_skipped);
    table.numbers<std::int64_t>("/diagnostics/deferred", diagnostics.deferred);
    table.number("/diagnostics/peak_memory_bytes", diagnostics.peak_memory_bytes);
    table.number("/diagnostics/peak_memory_largest_bytes", diagnostics.peak_memory_largest_bytes);
    write_network(table, diagnostics.network);
}

void write_timings(TableWriter& table, const RunTimings& timings) {
    table.number("/timings/setup_s", timings.setup_s);
    table.number("/timings/simulate_s", timings.simulate_s);
    table.number("/timings/output_s", timings.output_s);
    table.number("/timings/total_s", timings.total_s);
}

}  // namespace annelid
