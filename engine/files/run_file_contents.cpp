#include "engine/files/run_file_contents.hpp"

#include <algorithm>
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

void write_one_series(TableWriter& table, const std::string& path,
                      const std::vector<std::int64_t>& values, std::int64_t width,
                      std::int64_t rows, std::int64_t rows_final) {
    const auto size = static_cast<std::size_t>(rows * width);
    const auto final_size = static_cast<std::size_t>(std::min(rows, rows_final) * width);
    if (values.size() < final_size) {
        throw std::logic_error(path + " has fewer values than its axes");
    }
    if (final_size == size) {
        table.numbers(path, std::span(values).first(size));
        return;
    }
    std::vector<std::int64_t> so_far(size, -1);
    std::copy_n(values.begin(), final_size, so_far.begin());
    table.numbers<std::int64_t>(path, so_far);
    // Only here: readers turn integers that may be missing into floating-point numbers.
    table.file().write_attribute(path, "_FillValue", std::int64_t{-1});
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
    return axes.replicate_axis ? all : std::min(all, series.rows_final);
}

void write_series(TableWriter& table, const RunAxes& axes, const RunSeries& series) {
    const std::int64_t rows = num_replicates(axes) * num_time_rows(axes, series);
    const auto worms = static_cast<std::int64_t>(axes.num_worms());
    const auto states = static_cast<std::int64_t>(axes.states.size());
    const auto write = [&](const char* path, const std::vector<std::int64_t>& values,
                           std::int64_t width) {
        write_one_series(table, path, values, worms * width, rows, series.rows_final);
    };
    write("/counts", series.counts, states);
    write("/country_counts", series.country_counts,
          static_cast<std::int64_t>(axes.countries.size()) * states);
    write("/sector_counts", series.sector_counts,
          static_cast<std::int64_t>(axes.sectors.size()) * states);
    write("/vector_infections", series.vector_infections,
          static_cast<std::int64_t>(axes.vectors.size()));
    const auto cells = num_replicates(axes) * static_cast<std::int64_t>(axes.row_times_us.size());
    for (const auto& [path, values] : series.further) {
        const std::int64_t width = static_cast<std::int64_t>(values.size()) / cells;
        write_one_series(table, path, values, width, rows, series.rows_final);
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
