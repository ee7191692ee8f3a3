#include "engine/files/run_file.hpp"

#include "engine/base/errors.hpp"
#include "engine/files/event_order.hpp"
#include "engine/files/event_rows.hpp"
#include "engine/files/hdf5_file.hpp"
#include "engine/files/open_by_all.hpp"
#include "engine/files/output_folder.hpp"
#include "engine/files/run_file_contents.hpp"
#include "engine/files/run_file_table.hpp"
#include "engine/files/shared_fate.hpp"
#include "engine/hosts/traits.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace annelid {

namespace fs = std::filesystem;

namespace {

/// Below this many rows the first rank copies alone: MPI-IO would cost more than it saves.
constexpr std::int64_t rows_for_one_rank = 1 << 20;

/// A finished part and how many rows it has.
struct Part {
    std::string name;  ///< relative to the run file's folder
    std::int64_t events = 0;
    std::int64_t transitions = 0;
};

/// A group of rows of the run file: its name, its axis, and how many of its rows a part has.
struct RowGroup {
    const char* name;
    const char* axis;
    std::int64_t Part::*rows;
};

TableWriter table_for(hdf5::File& file, const RunAxes& axes) {
    std::map<std::string, std::string> optional_axes;
    if (axes.replicate_axis) {
        optional_axes["replicate"] = "replicate";
        optional_axes["ensemble"] = axes.quantiles.empty() ? "replicate" : "quantile";
    }
    if (!axes.worms.empty()) {
        optional_axes["worm"] = "worm";
    }
    return {file, std::move(optional_axes), axes.start};
}

constexpr RowGroup event_group{"/events", "/events/event", &Part::events};
constexpr RowGroup transition_group{"/transitions", "/transitions/transition", &Part::transitions};

}  // namespace

struct RunFile::Impl {
    Impl(Communicator& all, const Settings& wanted)
        : ranks(all), settings(wanted), folder(wanted.file) {}

    void flush(const RunSeries& series, Events& events, Transitions& transitions);
    void finish(const RunSeries& series, Events& events, Transitions& transitions,
                const RunDiagnostics& diagnostics, const HostSlice* hosts,
                const RunTimings& timings);

    void drop_unwanted(Events& events, Transitions& transitions) const;
    std::vector<RowGroup> row_groups() const;
    template <class Work>
    void write_part(Part part, bool by_all, const Work& work);
    void take_over(const fs::path& from, const Rows& rows, const RunSeries& series);
    void refuse_a_newcomer() const;
    void write_series_file(const RunSeries& series);
    void create_complete_file(const fs::path& path, const RunSeries& series, const Part& rows,
                              const RunDiagnostics& diagnostics, std::int64_t num_hosts,
                              const RunTimings& timings);
    void fill_from_order(std::optional<hdf5::File>& file, SharedFate& fate,
                         EventOrder<Event>& events, EventOrder<Transition>& transitions);
    void fill_from_parts(hdf5::File& file, const std::vector<Part>& sources, const RowGroup& group,
                         bool by_all);
    Part total() const;

    /// Collective. Work of the first rank that all ranks wait for.
    template <class Work>
    void on_first(const Work& work);
    /// Collective. Opens a file that the first rank laid out, by all ranks or only by the first,
    /// and lets each rank that has it open `work` on it.
    template <class Work>
    void fill(const fs::path& path, bool by_all, const Work& work);
    std::string advice() const;

    Communicator& ranks;
    Settings settings;
    OutputFolder folder;
    RunDescription run;  ///< on the first rank
    std::vector<Part> parts;
    bool flushed = false;
};

std::string RunFile::Impl::advice() const {
    return flushed ? ": make room or mend permissions; what was flushed before can be read"
                   : ": make room, mend permissions or choose another --output";
}

template <class Work>
void RunFile::Impl::on_first(const Work& work) {
    SharedFate fate(ranks);
    if (ranks.is_first()) {
        fate.attempt(work);
    }
    fate.join<OutputError>(advice());
}

template <class Work>
void RunFile::Impl::fill(const fs::path& path, bool by_all, const Work& work) {
    SharedFate fate(ranks);
    std::optional<hdf5::File> file;
    if (by_all) {
        file.emplace(open_by_all(path, ranks, advice()));
    } else if (ranks.is_first()) {
        fate.attempt([&] { file.emplace(hdf5::File::open_to_fill(path)); });
    }
    fate.join<OutputError>(advice());
    work(file, fate);
    if (file) {
        fate.always([&] { file->close(); });
        fate.attempt([&] { wait_for_disk(path); });  // what this rank's machine still holds
    }
    fate.join<OutputError>(advice());
}

void RunFile::Impl::drop_unwanted(Events& events, Transitions& transitions) const {
    if (!settings.events) {
        events.clear();
    }
    if (!settings.transitions) {
        transitions.clear();
    }
}

std::vector<RowGroup> RunFile::Impl::row_groups() const {
    std::vector<RowGroup> out;
    if (settings.events) {
        out.push_back(event_group);
    }
    if (settings.transitions) {
        out.push_back(transition_group);
    }
    return out;
}

Part RunFile::Impl::total() const {
    Part sum;
    for (const Part& part : parts) {
        sum.events += part.events;
        sum.transitions += part.transitions;
    }
    return sum;
}

/// Collective. Chunk by chunk; ranks stay in step where one of them fails.
void RunFile::Impl::fill_from_order(std::optional<hdf5::File>& file, SharedFate& fate,
                                    EventOrder<Event>& events,
                                    EventOrder<Transition>& transitions) {
    const auto write_all = [&](auto& order) {
        for (std::int64_t round = 0; round < order.num_rounds(); ++round) {
            const auto chunk = order.next();
            if (!chunk.rows.empty()) {
                fate.attempt([&] { write_rows(*file, chunk.first, chunk.rows); });
            }
        }
    };
    write_all(events);
    write_all(transitions);
}

/// This rank's share of the rows of all sources.
void RunFile::Impl::fill_from_parts(hdf5::File& file, const std::vector<Part>& sources,
                                    const RowGroup& group, bool by_all) {
    std::int64_t rows = 0;
    for (const Part& part : sources) {
        rows += part.*group.rows;
    }
    const std::int64_t shares = by_all ? ranks.size() : 1;
    const std::int64_t share = by_all ? ranks.rank() : 0;
    const std::int64_t begin = rows / shares * share + std::min(rows % shares, share);
    const std::int64_t end = begin + rows / shares + (share < rows % shares ? 1 : 0);
    std::int64_t first = 0;  // of the part, in the whole
    for (const Part& part : sources) {
        const std::int64_t from = std::max(begin, first);
        const std::int64_t to = std::min(end, first + part.*group.rows);
        if (from < to) {
            const auto source = hdf5::File::open(folder.beside(part.name));
            copy_rows(source, from - first, to - from, file, from, group.name);
        }
        first += part.*group.rows;
    }
}

/// Collective. work(file, fate) fills in the part, by all ranks or only the first.
template <class Work>
void RunFile::Impl::write_part(Part part, bool by_all, const Work& work) {
    if (part.events + part.transitions == 0) {
        return;
    }
    // Other ranks learn the names of parts from the first: it knows which ones are taken.
    part.name = ranks.broadcast(ranks.is_first() ? folder.next_part_name() : std::string());
    TemporaryFile temporary(folder.beside(part.name), ranks.is_first());
    on_first([&] {
        folder.make_parts_folder();
        auto file = hdf5::File::create(temporary.path());
        file.write_attribute("/", "format", std::string(run_file_format) + ", part");
        file.write_attribute("/", "format_version", std::string(run_file_version));
        for (const RowGroup& group : row_groups()) {
            for (const Column& column : row_columns(group.name)) {
                file.reserve(std::string(column.path), column.type, {part.*group.rows});
            }
        }
        file.close();
    });
    fill(temporary.path(), by_all, work);
    on_first([&] { temporary.commit(); });
    parts.push_back(part);
}

/// First rank: what somebody else has put there since the run began is not ours to overwrite.
void RunFile::Impl::refuse_a_newcomer() const {
    std::error_code ignored;
    if (!flushed && !settings.overwrite && fs::exists(settings.file, ignored)) {
        throw OutputError(fmt::format("{} (the file has come there since the run began)",
                                      settings.file.string()));
    }
}

/// First rank: the series so far, and the finished parts as virtual datasets.
void RunFile::Impl::write_series_file(const RunSeries& series) {
    for (const Part& part : parts) {
        check_can_open(folder.beside(part.name));
    }
    TemporaryFile temporary(settings.file, true);
    auto file = hdf5::File::create(temporary.path());
    TableWriter table = table_for(file, run.axes);
    write_description(table, run, false, num_time_rows(run.axes, series));
    write_series(table, run.axes, series);
    for (const RowGroup& group : row_groups()) {
        std::vector<hdf5::VirtualPart> sources;
        for (const Part& part : parts) {
            sources.push_back({part.name, "", part.*group.rows});
        }
        table.bare_axis(group.axis, total().*group.rows);
        for (const Column& column : row_columns(group.name)) {
            table.refer(column.path, sources);
        }
    }
    file.close();
    refuse_a_newcomer();
    temporary.commit();
    folder.remove_stale_parts();
}

/// First rank: all but the rows of events, transitions and hosts.
void RunFile::Impl::create_complete_file(const fs::path& path, const RunSeries& series,
                                         const Part& rows, const RunDiagnostics& diagnostics,
                                         std::int64_t num_hosts, const RunTimings& timings) {
    auto file = hdf5::File::create(path);
    TableWriter table = table_for(file, run.axes);
    write_description(table, run, true, num_time_rows(run.axes, series));
    write_series(table, run.axes, series);
    for (const RowGroup& group : row_groups()) {
        table.bare_axis(group.axis, rows.*group.rows);
        for (const Column& column : row_columns(group.name)) {
            table.reserve(column.path);
        }
    }
    write_defence_starts(table, run.axes, diagnostics.defence_starts);
    write_failures(table, diagnostics.failures);
    if (num_hosts > 0) {
        table.bare_axis("/hosts/host", num_hosts);
        table.reserve("/hosts/state");
        table.reserve("/hosts/traits");
        file.write_attribute("/hosts/traits", "bits",
                             fmt::format("{}", fmt::join(trait_names, " ")));
    }
    write_diagnostics(table, diagnostics);
    write_timings(table, timings);
    file.close();
}

void RunFile::Impl::flush(const RunSeries& series, Events& events, Transitions& transitions) {
    EventOrder<Event> event_order(ranks, events);
    EventOrder<Transition> transition_order(ranks, transitions);
    write_part({"", event_order.total(), transition_order.total()},
               event_order.is_spread() || transition_order.is_spread(),
               [&](std::optional<hdf5::File>& file, SharedFate& fate) {
                   fill_from_order(file, fate, event_order, transition_order);
               });
    on_first([&] { write_series_file(series); });
    flushed = true;
}

void RunFile::Impl::take_over(const fs::path& from, const Rows& rows, const RunSeries& series) {
    const std::vector<Part> source = {{fs::absolute(from).string(), rows.events, rows.transitions}};
    const bool by_all = ranks.size() > 1 && rows.events + rows.transitions > rows_for_one_rank;
    write_part({"", rows.events, rows.transitions}, by_all,
               [&](std::optional<hdf5::File>& file, SharedFate& fate) {
                   for (const RowGroup& group : row_groups()) {
                       if (file) {
                           fate.attempt([&] { fill_from_parts(*file, source, group, by_all); });
                       }
                   }
               });
    on_first([&] { write_series_file(series); });
    flushed = true;
}

void RunFile::Impl::finish(const RunSeries& series, Events& events, Transitions& transitions,
                           const RunDiagnostics& diagnostics, const HostSlice* hosts,
                           const RunTimings& timings) {
    std::optional<EventOrder<Event>> event_order;
    std::optional<EventOrder<Transition>> transition_order;
    Part rows;
    bool is_long = false;
    if (flushed) {
        // All rows are in parts first, so that they can be read even if the copy does not fit.
        flush(series, events, transitions);
        rows = total();
        is_long = rows.events + rows.transitions > rows_for_one_rank;
    } else {
        event_order.emplace(ranks, events);
        transition_order.emplace(ranks, transitions);
        rows = {"", event_order->total(), transition_order->total()};
        is_long = event_order->is_spread() || transition_order->is_spread();
    }
    const auto own_hosts = hosts == nullptr ? 0 : static_cast<std::int64_t>(hosts->traits.size());
    const std::int64_t num_hosts = ranks.sum(own_hosts);
    const bool by_all = ranks.size() > 1 && (is_long || num_hosts > 0);

    TemporaryFile temporary(settings.file, ranks.is_first());
    on_first([&] {
        create_complete_file(temporary.path(), series, rows, diagnostics, num_hosts, timings);
    });
    fill(temporary.path(), by_all, [&](std::optional<hdf5::File>& file, SharedFate& fate) {
        if (event_order) {
            fill_from_order(file, fate, *event_order, *transition_order);
        } else if (file) {
            for (const RowGroup& group : row_groups()) {
                fate.attempt([&] { fill_from_parts(*file, parts, group, by_all); });
            }
        }
        if (own_hosts > 0) {
            fate.attempt([&] {
                for (std::size_t w = 0; w < hosts->state.size(); ++w) {
                    hdf5::Dims first{hosts->first}, counts{own_hosts};
                    if (hosts->state.size() > 1) {
                        first.insert(first.begin(), static_cast<std::int64_t>(w));
                        counts.insert(counts.begin(), 1);
                    }
                    file->write_slab("/hosts/state", hdf5::Type::uint8, first, counts,
                                     hosts->state[w].data());
                }
                file->write_rows<std::uint16_t>("/hosts/traits", hosts->first, hosts->traits);
            });
        }
    });
    on_first([&] {
        refuse_a_newcomer();
        temporary.commit();
        folder.remove_parts();
    });
}

RunFile::RunFile(Communicator& ranks, const Settings& settings, const RunAxes& axes,
                 const PopulationTable& population,
                 const std::map<std::string, Attribute>& attributes, const std::string& scenario)
    : impl_(std::make_unique<Impl>(ranks, settings)) {
    SharedFate fate(ranks);
    bool by_disk = false;
    if (ranks.is_first()) {
        fate.attempt([&] {
            try {
                impl_->folder.prepare(settings.overwrite);
            } catch (const OutputError&) {
                by_disk = true;
                throw;
            }
        });
        impl_->run = {axes, population, attributes, scenario};
    }
    if (ranks.any(by_disk)) {
        fate.join<OutputError>("");
    }
    fate.join<InputError>("");
}

RunFile::~RunFile() = default;

void RunFile::take_over(const fs::path& from, const Rows& rows, const RunSeries& series) {
    impl_->take_over(from, rows, series);
}

RunFile::Rows RunFile::rows() const {
    const Part sum = impl_->total();
    return {sum.events, sum.transitions};
}

RunFile::Found RunFile::look_at(const fs::path& path) {
    const auto file = hdf5::File::open(path);
    const auto refuse = [&] {
        throw InputError(fmt::format("{} (no run file of annelid)", path.string()));
    };
    Found out;
    if (!file.has_attribute("/", "created") || !file.has_attribute("/", "complete")) {
        refuse();
    }
    const hdf5::AttributeValue created = file.attribute("/", "created");
    const hdf5::AttributeValue complete = file.attribute("/", "complete");
    if (!std::holds_alternative<std::string>(created) ||
        !std::holds_alternative<std::int64_t>(complete)) {
        refuse();
    }
    const auto rows_of = [&](const char* column) {
        return file.has(column) ? file.dims(column).at(0) : std::int64_t{0};
    };
    return {std::get<std::string>(created),
            std::get<std::int64_t>(complete) != 0,
            {rows_of("/events/host"), rows_of("/transitions/host")}};
}

void RunFile::flush(const RunSeries& series, Events events, Transitions transitions) {
    impl_->drop_unwanted(events, transitions);
    impl_->flush(series, events, transitions);
}

void RunFile::finish(const RunSeries& series, Events events, Transitions transitions,
                     const RunDiagnostics& diagnostics, const HostSlice* hosts,
                     const RunTimings& timings) {
    impl_->drop_unwanted(events, transitions);
    impl_->finish(series, events, transitions, diagnostics, hosts, timings);
}

}  // namespace annelid
