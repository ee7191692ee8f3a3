// Series and the run file on any number of ranks: the same scientific datasets as one rank would
// write, through flushes or without, and one rank's failure as the same error on all.
//
//     mpirun -n 3 run_file_ranks_test [FOLDER]
//
// FOLDER keeps sample.h5 (all there can be), unfinished.h5 and replicates.h5 for other tests.

#include "engine/base/errors.hpp"
#include "engine/files/event_order.hpp"
#include "engine/files/hdf5_file.hpp"
#include "engine/files/run_file.hpp"
#include "engine/spread/series.hpp"
#include "tests/run_file/sample.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using namespace annelid;

int failures = 0;

void expect(bool holds, const std::string& what) {
    if (!holds) {
        std::fprintf(stderr, "FAILED: %s\n", what.c_str());
        ++failures;
    }
}

bool same(const Events& a, const Events& b) {
    return std::ranges::equal(a, b, {}, sample::key, sample::key);
}

/// Collective. The whole order, collected chunk by chunk, is what one rank would sort.
void test_order(Communicator& ranks, const Events& all, Events own, const std::string& name) {
    EventOrder<Event> order(ranks, own, 100);
    const auto total = static_cast<std::int64_t>(all.size());
    expect(order.total() == total, name + ": total");
    Events found(all.size());
    std::size_t longest = 0;
    for (std::int64_t round = 0; round < order.num_rounds(); ++round) {
        const auto chunk = order.next();
        const std::vector<std::int64_t> firsts = ranks.gather_all<std::int64_t>({&chunk.first, 1});
        const auto length = static_cast<std::int64_t>(chunk.rows.size());
        const std::vector<std::int64_t> lengths = ranks.gather_all<std::int64_t>({&length, 1});
        const std::vector<Event> rows = ranks.gather_all<Event>(chunk.rows);
        auto row = rows.begin();
        for (std::size_t r = 0; r < firsts.size(); ++r) {
            std::copy_n(row, lengths[r], found.begin() + firsts[r]);
            row += lengths[r];
        }
        longest = std::max(longest, chunk.rows.size());
    }
    expect(same(found, sample::in_order(all)), name + ": order");
    // Half more than the mean, and rows of one key.
    expect(!order.is_spread() || longest <= 160, fmt::format("{}: chunk of {}", name, longest));
}

void test_orders(Communicator& ranks) {
    const int rank = ranks.rank(), size = ranks.size();
    for (const std::int64_t count : {0, 1, 5, 401, 5000}) {
        const auto all = sample::events(0, count);
        test_order(ranks, all, sample::events(0, count, rank, size), fmt::format("{} rows", count));
        const bool has_all = rank == size - 1;
        test_order(ranks, all, has_all ? all : Events(), fmt::format("{} rows on one rank", count));
    }
}

/// Collective. Series add up what ranks saw, integrals over time too, in flush after flush.
void test_series(Communicator& ranks) {
    Population::Parts parts;
    parts.countries = {{"--", "everywhere", {HostId{0}, HostId{9}}}};
    parts.sectors = {"none"};
    parts.cells = {{HostId{0}}};
    parts.runs = {{HostId{0}, 1}};
    parts.num_hosts = 9;
    const Population population(std::move(parts));
    const std::int64_t rows = 8;
    Series series(population, 2, 1, 10 * us_per_s, rows);
    const std::size_t outages = series.add("/outages", 2);
    series.add_integral("/service_lost_s", {outages});
    std::vector<std::int64_t> counts(2 * rows), lost_us(2 * rows);
    for (std::int64_t i = 0; i < 60; ++i) {  // out after i s and a bit, back 17 s later
        const auto at = static_cast<std::size_t>(i % 2);
        for (const auto& [time, by] :
             {std::pair(i * 1'000'001, 1), {i * 1'000'001 + 17'000'000, -1}}) {
            if (i % ranks.size() == ranks.rank()) {
                series.change_further(outages, time, at, by);
            }
            for (std::int64_t row = 0; row < rows; ++row) {
                const TimeUs since = row * 10 * us_per_s - time;
                counts[2 * static_cast<std::size_t>(row) + at] += since >= 0 ? by : 0;
                lost_us[2 * static_cast<std::size_t>(row) + at] += since >= 0 ? by * since : 0;
            }
        }
    }
    RunSeries out;
    out.counts.resize(2 * rows);
    out.country_counts = out.sector_counts = out.counts;
    out.vector_infections.resize(rows);
    series.write_to(out, 0, 3, ranks);
    series.write_to(out, 0, rows, ranks);
    if (ranks.is_first()) {
        for (std::int64_t& lost : lost_us) {
            lost /= us_per_s;
        }
        expect(out.further.at("/outages") == counts, "series: outages");
        expect(out.further.at("/service_lost_s") == lost_us, "series: service lost");
    } else {
        expect(out.further.empty(), "series: on the first rank only");
    }
}

Events events_in(const fs::path& path) {
    const auto file = hdf5::File::open(path);
    const auto time = file.read<std::int64_t>("/events/time_us");
    const auto host = file.read<std::int64_t>("/events/host");
    const auto infector = file.read<std::int64_t>("/events/infector");
    const auto replicate = file.read<std::int32_t>("/events/replicate");
    const auto worm = file.read<std::uint8_t>("/events/worm");
    const auto vector = file.read<std::uint8_t>("/events/vector");
    Events out;
    for (std::size_t i = 0; i < time.size(); ++i) {
        out.push_back(
            {time[i], HostId{host[i]}, HostId{infector[i]}, replicate[i], worm[i], vector[i]});
    }
    return out;
}

/// First rank: what the file holds is what the sample says.
void check_file(const fs::path& path, const Events& events, std::int64_t transitions,
                const std::string& name) {
    expect(same(events_in(path), events), name + ": events");
    const auto file = hdf5::File::open(path);
    const auto series = sample::series(sample::with_defences(sample::axes(5)), 5);
    expect(file.read<std::int64_t>("/country_counts") == series.country_counts, name + ": series");
    expect(series.further.size() == 10, name + ": all further series");
    for (const auto& [further, values] : series.further) {
        expect(file.read<std::int64_t>(further) == values, name + ": " + further);
    }
    expect(file.read<std::int64_t>("/defence_starts/organisation").size() == 3, name + ": starts");
    const auto from = file.read<std::uint8_t>("/transitions/from");
    expect(from.size() == static_cast<std::size_t>(2 * transitions), name + ": transitions");
    bool is_chain = true;
    for (std::size_t i = 0; i < from.size(); ++i) {
        is_chain = is_chain && from[i] == i % 2;
    }
    expect(is_chain, name + ": transitions of one moment");
    const HostSlice hosts = sample::hosts();
    expect(std::ranges::equal(file.read<std::uint8_t>("/hosts/state"), hosts.state[0]),
           name + ": states");
    expect(std::ranges::equal(file.read<std::uint16_t>("/hosts/traits"), hosts.traits),
           name + ": traits");
    expect(std::get<std::int64_t>(file.attribute("/", "complete")) == 1, name + ": complete");
    expect(!fs::exists(path.string() + ".parts"), name + ": parts are gone");
}

/// Collective. A run in `flushes` flushes and an end, each of `count` events.
void write_run(Communicator& ranks, const fs::path& path, int flushes, std::int64_t count) {
    const int rank = ranks.rank(), size = ranks.size();
    RunFile::Settings settings;
    settings.file = path;
    settings.overwrite = true;
    settings.transitions = true;
    const RunAxes axes = sample::with_defences(sample::axes(5));
    RunFile run(ranks, settings, axes, sample::population(), sample::attributes(),
                sample::scenario);
    // The series are complete on the first rank only.
    const RunSeries series = ranks.is_first() ? sample::series(axes, 5) : RunSeries();
    const auto transitions = [&](int part) {
        return sample::transitions(part * 10, part * 10 + 10, rank, size);
    };
    for (int part = 0; part < flushes; ++part) {
        run.flush(series, sample::events(part * count, (part + 1) * count, rank, size),
                  transitions(part));
        if (ranks.is_first()) {
            const auto rows = static_cast<std::size_t>((part + 1) * count);
            expect(events_in(path).size() == rows, "events after a flush");
        }
    }
    const HostSlice hosts = sample::hosts(rank, size);
    run.finish(series, sample::events(flushes * count, (flushes + 1) * count, rank, size),
               transitions(flushes), sample::diagnostics(), &hosts, {});
}

void test_run(Communicator& ranks, const fs::path& folder, int flushes, std::int64_t count) {
    const fs::path path = folder / "run.h5";
    write_run(ranks, path, flushes, count);
    if (ranks.is_first()) {
        Events expected;
        for (int part = 0; part <= flushes; ++part) {
            const auto events = sample::in_order(sample::events(part * count, (part + 1) * count));
            expected.insert(expected.end(), events.begin(), events.end());
        }
        check_file(path, expected, 10 * (flushes + 1),
                   fmt::format("{} flushes of {} events", flushes, count));
    }
}

/// Collective. As if the disk were full for the last rank only.
void test_failure(Communicator& ranks, const fs::path& folder, std::int64_t count,
                  std::int64_t bytes) {
    const fs::path path = folder / "full.h5";
    write_run(ranks, path, 0, 10);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    if (ranks.rank() == ranks.size() - 1) {
        rlimit low = limit;
        low.rlim_cur = static_cast<rlim_t>(bytes);
        setrlimit(RLIMIT_FSIZE, &low);
    }
    std::string message;
    try {
        write_run(ranks, path, 1, count);
    } catch (const OutputError& error) {
        message = error.what();
    }
    setrlimit(RLIMIT_FSIZE, &limit);
    expect(!message.empty(), fmt::format("an OutputError on rank {}", ranks.rank()));
    expect(ranks.broadcast(message) == message, "the same error on all ranks: " + message);
    if (ranks.is_first()) {
        std::printf("%s\n", message.c_str());
        // The old file, or what the first rank could flush before others had to write.
        const auto rows = static_cast<std::int64_t>(events_in(path).size());
        expect(rows == 10 || rows == count || rows == 2 * count, "a file is there");
        expect(!fs::exists(path.string() + ".tmp"), "no temporary file is left");
    }
}

/// Collective. What the first rank refuses, all refuse.
void test_refusal(Communicator& ranks, const fs::path& folder) {
    RunFile::Settings settings;
    settings.file = folder / "run.h5";
    std::string message;
    try {
        RunFile run(ranks, settings, sample::axes(2), sample::population(), {}, "");
    } catch (const InputError& error) {
        message = error.what();
    }
    expect(message.find("(the file exists)") != std::string::npos, "refuses an existing file");
}

/// Collective. Replicates, of which the last one is not final; or finished and without events.
void write_replicates(Communicator& ranks, const fs::path& path, bool is_finished) {
    RunFile::Settings settings;
    settings.file = path;
    settings.overwrite = true;
    settings.events = !is_finished;
    const RunAxes axes = sample::with_defences(sample::axes(5, {0, 1}));
    RunFile run(ranks, settings, axes, sample::population(), sample::attributes(),
                sample::scenario);
    auto events = sample::events(0, 100, ranks.rank(), ranks.size());
    run.flush(sample::series(axes, 7), std::move(events), {});
    if (is_finished) {
        run.finish(sample::series(axes, 10), {}, {}, sample::diagnostics(2), nullptr, {});
    }
}

/// Collective. Quantiles over two replicates, and a third one that failed.
void write_quantiles(Communicator& ranks, const fs::path& path) {
    RunFile::Settings settings;
    settings.file = path;
    settings.overwrite = true;
    settings.events = false;
    RunAxes axes = sample::with_defences(sample::axes(5, {0, 1, 2}));
    axes.quantiles = {0, 0.3, 1};
    auto attributes = sample::attributes();
    attributes["title"] = "Made-up quantiles";
    RunFile run(ranks, settings, axes, sample::population(), attributes, sample::scenario);
    RunDiagnostics diagnostics = sample::diagnostics(3);
    diagnostics.failures = {{2, "it had to", "at 1 of 2 h"}};
    const RunSeries series = ranks.is_first() ? sample::series(axes, 10) : RunSeries();
    run.finish(series, {}, {}, diagnostics, nullptr, {});
    if (ranks.is_first()) {
        const auto file = hdf5::File::open(path);
        expect(file.dims("/isolated") == hdf5::Dims{3, 5, 2}, "quantiles: dimensions");
        const auto isolated = file.read<double>("/isolated");
        // Rows 3 and 8 of the two, at the second place.
        expect(isolated[2 * 3 + 1] == 103, "quantiles: least");
        expect(isolated[10 + 2 * 3 + 1] == 103 + 0.3 * 5, "quantiles: between");
        expect(isolated[20 + 2 * 3 + 1] == 108, "quantiles: most");
        expect(file.read_texts("/failures/reason").at(0) == "it had to", "failures");
    }
}

/// Collective. With an axis for two worms.
void write_worms(Communicator& ranks, const fs::path& path) {
    RunFile::Settings settings;
    settings.file = path;
    settings.overwrite = true;
    const RunAxes axes = sample::axes(5, {}, {"first", "second"});
    RunFile run(ranks, settings, axes, sample::population(), sample::attributes(),
                sample::scenario);
    const RunSeries series = ranks.is_first() ? sample::series(axes, 5) : RunSeries();
    const HostSlice hosts = sample::hosts(ranks.rank(), ranks.size(), 2);
    run.finish(series, sample::events(0, 100, ranks.rank(), ranks.size()), {},
               sample::diagnostics(), &hosts, {});
    if (ranks.is_first()) {
        const auto file = hdf5::File::open(path);
        expect(file.dims("/country_counts") == hdf5::Dims{5, 2, 2, 3}, "worms: dimensions");
        expect(file.read<std::int64_t>("/country_counts") == series.country_counts,
               "worms: series");
        const HostSlice all = sample::hosts(0, 1, 2);
        std::vector<std::uint8_t> states(all.state[0].begin(), all.state[0].end());
        states.insert(states.end(), all.state[1].begin(), all.state[1].end());
        expect(file.read<std::uint8_t>("/hosts/state") == states, "worms: states");
    }
}

void test_all(Communicator& ranks, const fs::path& folder) {
    test_orders(ranks);
    test_series(ranks);
    test_run(ranks, folder, 0, 0);
    test_run(ranks, folder, 0, 1000);
    test_run(ranks, folder, 3, 1000);
    const std::int64_t many = 1'100'000;  // enough for all ranks to write
    test_run(ranks, folder, 0, many);
    test_run(ranks, folder, 1, many);
    write_worms(ranks, folder / "worms.h5");
    write_quantiles(ranks, folder / "quantiles.h5");
    test_refusal(ranks, folder);
    test_failure(ranks, folder, 100'000, 3000);
    test_failure(ranks, folder, many, 3'000'000);
}

}  // namespace

int main(int argc, char** argv) {
    MpiSession session(argc, argv);
    Communicator ranks;
    std::string name = (fs::temp_directory_path() / "annelid-ranks-XXXXXX").string();
    if (ranks.is_first()) {
        name = mkdtemp(name.data());
    }
    const fs::path folder = ranks.broadcast(name);
    test_all(ranks, folder);
    if (argc > 1) {
        write_run(ranks, fs::path(argv[1]) / "sample.h5", 0, 1000);
        write_replicates(ranks, fs::path(argv[1]) / "unfinished.h5", false);
        write_replicates(ranks, fs::path(argv[1]) / "replicates.h5", true);
        write_worms(ranks, fs::path(argv[1]) / "worms.h5");
        write_quantiles(ranks, fs::path(argv[1]) / "quantiles.h5");
    }
    if (ranks.is_first()) {
        fs::remove_all(folder);
    }
    const std::int64_t all_failures = ranks.sum(failures);
    if (ranks.is_first()) {
        std::printf("%d ranks, %d failures\n", ranks.size(), static_cast<int>(all_failures));
    }
    return all_failures == 0 ? 0 : 1;
}
