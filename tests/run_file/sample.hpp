// A made-up run for tests of the run file: what every rank would hand to RunFile.
#pragma once

#include "engine/files/run_file.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace annelid::sample {

inline constexpr std::int64_t num_hosts = 1000;

/// Numbers that look like chance.
inline std::uint64_t scramble(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

inline RunAxes axes(std::int64_t rows, std::vector<std::int64_t> replicates = {},
                    std::vector<std::string> worms = {}) {
    RunAxes out;
    out.start = "2017-05-12 07:24:00";
    for (std::int64_t row = 0; row < rows; ++row) {
        out.row_times_us.push_back(row * 600 * us_per_s);
    }
    out.states = {"susceptible", "infectious", "removed"};
    out.countries = {"DE", "CI"};
    out.country_names = {"Germany", "Côte d'Ivoire"};
    out.sectors = {"home", "health"};
    out.vectors = {"seed", "internet", "subnet"};
    out.replicate_axis = !replicates.empty();
    out.replicates = replicates.empty() ? std::vector<std::int64_t>{0} : replicates;
    out.worms = std::move(worms);
    return out;
}

/// Everything that defences and services can bring.
inline RunAxes with_defences(RunAxes axes) {
    axes.sensors = {"antivirus", "tracing"};
    axes.telescopes = {"large", "small", "far"};
    axes.defences = {"patching", "kill_switch"};
    return axes;
}

inline PopulationTable population() {
    return {{0, 400, 700, num_hosts}, {0, 0, 1}, {0, 1, 0}};
}

inline std::map<std::string, Attribute> attributes() {
    return {{"title", "A made-up outbreak"},
            {"version", "0.1.0"},
            {"git_commit", "none"},
            {"created", "2026-01-01 00:00:00"},
            {"seed", std::int64_t{1}},
            {"population_seed", std::int64_t{1}},
            {"replicates", std::int64_t{1}},
            {"ranks", std::int64_t{1}},
            {"team_size", std::int64_t{1}},
            {"threads", std::int64_t{1}},
            {"hosts", num_hosts},
            {"real_hosts", 2.5e6},
            {"real_hosts_per_host", 2500.0},
            {"step_us", std::int64_t{1'000'000}},
            {"start", "2017-05-12 07:24:00"},
            {"notes", ""}};
}

inline const std::string scenario = "title = \"A made-up outbreak\"\nseed = 1\n";

/// Hosts by state in row `row` of a part of the world with `size` hosts: a hundredth of them is
/// infected and another one removed a row, until the story starts again.
inline void append_states(std::vector<std::int64_t>& out, std::int64_t size, std::int64_t row) {
    const std::int64_t each = size / 100 * (row % 40);
    out.insert(out.end(), {size - 2 * each, each, each});
}

/// Series of defences and services: row, place → 100 place + row; with_defences() above.
inline void add_further(RunSeries& series, const RunAxes& axes, std::int64_t rows) {
    const std::size_t countries = axes.countries.size();
    const std::map<std::string, std::size_t> widths = {
        {"/detections", countries * axes.sensors.size()},
        {"/false_alarms", countries * axes.sensors.size()},
        {"/isolated", countries},
        {"/cleaned", countries},
        {"/sinkhole_beacons", countries},
        {"/telescope_scans", axes.telescopes.size()},
        {"/telescope_sources", axes.telescopes.size()},
        {"/outages", countries * axes.sectors.size()},
        {"/outages_by_dependency", countries * axes.sectors.size()},
        {"/service_lost_s", countries * axes.sectors.size()}};
    for (const auto& [path, width] : widths) {
        for (std::int64_t row = 0; row < rows; ++row) {
            for (std::size_t place = 0; place < width; ++place) {
                series.further[path].push_back(100 * static_cast<std::int64_t>(place) + row);
            }
        }
    }
}

/// Complete arrays that add up; `rows_final` leading rows are final.
inline RunSeries series(const RunAxes& axes, std::int64_t rows_final) {
    RunSeries out;
    const auto rows = static_cast<std::int64_t>(axes.replicates.size() * axes.row_times_us.size());
    const auto worms = static_cast<std::int64_t>(axes.num_worms());
    for (std::int64_t i = 0; i < rows * worms; ++i) {
        const std::int64_t row = i / worms + 7 * (i % worms);  // a later worm is further on
        append_states(out.counts, num_hosts, row);
        append_states(out.country_counts, 700, row);  // as population() has them
        append_states(out.country_counts, 300, row);
        append_states(out.sector_counts, 700, row);
        append_states(out.sector_counts, 300, row);
        out.vector_infections.insert(out.vector_infections.end(), {2, row * 5, row * 9});
    }
    if (!axes.defences.empty()) {
        add_further(out, axes, rows);
    }
    const auto each = static_cast<std::int64_t>(axes.row_times_us.size());
    for (std::size_t r = 0; r < axes.replicates.size(); ++r) {
        out.rows_final.push_back(
            std::clamp<std::int64_t>(rows_final - static_cast<std::int64_t>(r) * each, 0, each));
    }
    return out;
}

/// Events `first` … `last - 1`, of which each rank has those of its hosts, in no order. Times of
/// one range lie before those of a later one; several events share a time.
inline Events events(std::int64_t first, std::int64_t last, int rank = 0, int ranks = 1) {
    Events out;
    for (std::int64_t i = first; i < last; ++i) {
        const std::uint64_t bits = scramble(static_cast<std::uint64_t>(i));
        const auto place = last - 1 - (i - first);
        const HostId host{static_cast<std::int64_t>(bits % num_hosts)};
        if (host.value % ranks == rank) {
            const bool is_seed = i == first;
            out.push_back({place / 3 * 1000, host, is_seed ? no_host : HostId{i % num_hosts}, 0,
                           static_cast<std::uint8_t>(i % 2),
                           is_seed ? seed_vector : static_cast<VectorId>(1 + i % 2)});
        }
    }
    return out;
}

/// Each host becomes infectious and, at once or later, removed.
inline Transitions transitions(std::int64_t first, std::int64_t last, int rank = 0, int ranks = 1) {
    Transitions out;
    for (std::int64_t i = first; i < last; ++i) {
        const HostId host{i % num_hosts};
        if (host.value % ranks == rank) {
            out.push_back({i * 1000 + i % 2, host, 0, 0, 1, 2});
            out.push_back({i * 1000, host, 0, 0, 0, 1});
        }
    }
    return out;
}

inline auto key(const Event& e) {
    return std::tuple(e.replicate, e.time_us, e.host, e.worm, e.infector, e.vector);
}

inline Events in_order(Events events) {
    std::sort(events.begin(), events.end(),
              [](const Event& a, const Event& b) { return key(a) < key(b); });
    return events;
}

inline RunDiagnostics diagnostics(std::size_t replicates = 1) {
    RunDiagnostics out;
    out.attempts.assign(replicates, 1234);
    out.scans_represented.assign(replicates, 5'000'000'000);
    out.steps.assign(replicates, 77);
    out.steps_skipped.assign(replicates, 5);
    out.deferred_kinds = {"attempt", "reply"};
    out.deferred.assign(2 * replicates, 3);
    out.peak_memory_bytes = 1 << 20;
    out.peak_memory_largest_bytes = 1 << 19;
    const auto each = [&](auto value) { return std::vector(replicates, value); };
    const std::int64_t links = 4000;
    out.network = {each(num_hosts),
                   each(links),
                   each(std::int64_t{3}),
                   each(std::int64_t{5}),
                   each(links / 10),
                   each(1.25),
                   each(1.5),
                   each(links / 20),
                   each(links / 40)};
    out.defence_starts = {{7'200'000'000, 0, 1, 1, -1, -1},  // out of order
                          {7'200'000'000, 0, 0, -1, 1, 400},
                          {0, 0, 1}};
    return out;
}

inline HostSlice hosts(int rank = 0, int ranks = 1, std::size_t worms = 1) {
    HostSlice out;
    out.first = num_hosts * rank / ranks;
    out.state.resize(worms);
    for (std::int64_t host = out.first; host < num_hosts * (rank + 1) / ranks; ++host) {
        for (std::size_t w = 0; w < worms; ++w) {
            out.state[w].push_back(static_cast<std::uint8_t>((host >> w) % 3));
        }
        out.traits.push_back(static_cast<std::uint16_t>(host * 50));
    }
    return out;
}

}  // namespace annelid::sample
