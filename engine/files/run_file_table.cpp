#include "engine/files/run_file_table.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace annelid {

namespace {

using hdf5::Type;

constexpr Column columns[] = {
    // Axes of the series.
    {"/time", "time", Type::float64, "seconds since START", "time of the row"},
    {"/state", "state", Type::text, "", "state of the life cycle"},
    {"/country", "country", Type::text, "", "country, ISO 3166 alpha-2 code"},
    {"/country_name", "country", Type::text, "", "name of the country"},
    {"/sector", "sector", Type::text, "", "sector of the organisation"},
    {"/vector", "vector", Type::text, "", "way a worm reaches a host"},
    {"/replicate", "replicate", Type::int64, "1", "number of the replicate"},
    {"/quantile", "quantile", Type::float64, "1", "quantile over the replicates"},
    {"/worm", "worm", Type::text, "", "name of the worm"},
    {"/sensor", "sensor", Type::text, "", "what detects hosts: a sensor, or tracing"},
    {"/telescope", "telescope", Type::text, "", "name of the network telescope"},
    {"/defence", "defence", Type::text, "", "name of the defence"},
    // Series.
    {"/counts", "(ensemble) time (worm) state", Type::int64, "hosts", "hosts in each state"},
    {"/country_counts", "(ensemble) time (worm) country state", Type::int64, "hosts",
     "hosts in each state, by country"},
    {"/sector_counts", "(ensemble) time (worm) sector state", Type::int64, "hosts",
     "hosts in each state, by sector"},
    {"/vector_infections", "(ensemble) time (worm) vector", Type::int64, "hosts",
     "hosts infected since the start, by vector"},
    // Defences and services.
    {"/detections", "(ensemble) time country sensor", Type::int64, "hosts",
     "infected hosts that the sensor has detected since the start"},
    {"/false_alarms", "(ensemble) time country sensor", Type::int64, "hosts",
     "hosts that the sensor has taken for infected since the start"},
    {"/isolated", "(ensemble) time country", Type::int64, "hosts", "hosts that are isolated"},
    {"/cleaned", "(ensemble) time country", Type::int64, "hosts", "hosts cleaned since the start"},
    {"/sinkhole_beacons", "(ensemble) time country", Type::int64, "hosts",
     "hosts that the kill switch has made inert since the start"},
    {"/telescope_scans", "(ensemble) time telescope", Type::int64, "scans",
     "scans that the telescope has seen since the start"},
    {"/telescope_sources", "(ensemble) time telescope", Type::int64, "hosts",
     "infected hosts that the telescope has seen since the start"},
    {"/outages", "(ensemble) time country sector", Type::int64, "organisations",
     "organisations out of service because of their own hosts"},
    {"/outages_by_dependency", "(ensemble) time country sector", Type::int64, "organisations",
     "organisations out of service only because a sector that they depend on is"},
    {"/service_lost_s", "(ensemble) time country sector", Type::int64, "s",
     "organisation-seconds of service lost since the start"},
    // When defences began.
    {"/defence_starts/start", "start", Type::none, "", ""},
    {"/defence_starts/replicate", "start", Type::int32, "1", "number of the replicate"},
    {"/defence_starts/time_us", "start", Type::int64, "us",
     "time at which the defence began, since the start"},
    {"/defence_starts/defence", "start", Type::uint8, "1", "defence, as an index into /defence"},
    {"/defence_starts/country", "start", Type::int32, "1",
     "country for which it began, as an index into /country; -1: not one country"},
    {"/defence_starts/sector", "start", Type::int32, "1",
     "sector for which it began, as an index into /sector; -1: not one sector"},
    {"/defence_starts/organisation", "start", Type::int64, "1",
     "first host of the organisation for which it began; -1: not one organisation"},
    // Who infected whom.
    {"/events/event", "event", Type::none, "", ""},
    {"/events/replicate", "event", Type::int32, "1", "number of the replicate"},
    {"/events/time_us", "event", Type::int64, "us", "time of the infection since the start"},
    {"/events/host", "event", Type::int64, "1", "host that was infected"},
    {"/events/worm", "event", Type::uint8, "1", "worm, counted from 0"},
    {"/events/infector", "event", Type::int64, "1",
     "host that infected it; -1: none did, the outbreak started with it or it took a poisoned "
     "update"},
    {"/events/vector", "event", Type::uint8, "1", "vector, as an index into /vector"},
    // Changes of state.
    {"/transitions/transition", "transition", Type::none, "", ""},
    {"/transitions/replicate", "transition", Type::int32, "1", "number of the replicate"},
    {"/transitions/time_us", "transition", Type::int64, "us", "time of the change since the start"},
    {"/transitions/host", "transition", Type::int64, "1", "host that changed its state"},
    {"/transitions/worm", "transition", Type::uint8, "1", "worm, counted from 0"},
    {"/transitions/from", "transition", Type::uint8, "1", "state before, as an index into /state"},
    {"/transitions/to", "transition", Type::uint8, "1", "state after, as an index into /state"},
    // Which hosts are where.
    {"/population/cell", "cell", Type::none, "", ""},
    {"/population/cell_edge", "cell_edge", Type::none, "", ""},
    {"/population/cell_first_host", "cell_edge", Type::int64, "1",
     "first host of each cell of consecutive hosts; the last value is the number of hosts"},
    {"/population/cell_country", "cell", Type::int32, "1",
     "country of the cell, as an index into /country"},
    {"/population/cell_sector", "cell", Type::int32, "1",
     "sector of the cell, as an index into /sector"},
    {"/hosts/host", "host", Type::none, "", ""},
    {"/hosts/state", "(worm) host", Type::uint8, "1", "state at the end, as an index into /state"},
    {"/hosts/traits", "host", Type::uint16, "1", "traits at the end, one bit each"},
    // How the run went.
    {"/diagnostics/kind", "kind", Type::text, "", "kind of influence of one host on another"},
    {"/diagnostics/attempts", "(replicate)", Type::int64, "1",
     "attempts that were simulated one by one"},
    {"/diagnostics/scans_represented", "(replicate)", Type::int64, "1",
     "scans that the attempts stand for, misses included"},
    {"/diagnostics/steps", "(replicate)", Type::int64, "1", "steps in which anything happened"},
    {"/diagnostics/steps_skipped", "(replicate)", Type::int64, "1",
     "steps in which nothing could happen"},
    {"/diagnostics/deferred", "(replicate) kind", Type::int64, "1",
     "influences put off to the start of the next step"},
    {"/diagnostics/peak_memory_bytes", "", Type::int64, "bytes",
     "largest memory use, summed over ranks"},
    {"/diagnostics/peak_memory_largest_bytes", "", Type::int64, "bytes",
     "largest memory use of any rank"},
    {"/network/vertices", "(replicate)", Type::int64, "1", "vertices of the network"},
    {"/network/links", "(replicate)", Type::int64, "1", "links from one host to another"},
    {"/network/self_loops", "(replicate)", Type::int64, "1", "self-loops, which were dropped"},
    {"/network/duplicates", "(replicate)", Type::int64, "1",
     "links that repeated others, which were merged"},
    {"/partition/cut_links", "(replicate)", Type::int64, "1",
     "links between hosts of different ranks"},
    {"/partition/vertex_imbalance", "(replicate)", Type::float64, "1",
     "most hosts of a rank over the mean"},
    {"/partition/link_imbalance", "(replicate)", Type::float64, "1",
     "most links of a rank over the mean"},
    {"/partition/ghosts", "(replicate)", Type::int64, "1",
     "hosts of others that links of one rank lead to, summed over ranks"},
    {"/partition/most_ghosts", "(replicate)", Type::int64, "1",
     "hosts of others that links of one rank lead to, at most"},
    {"/failures/failure", "failure", Type::none, "", ""},
    {"/failures/replicate", "failure", Type::int32, "1", "number of the replicate that failed"},
    {"/failures/reason", "failure", Type::text, "", "what went wrong"},
    {"/failures/log", "failure", Type::text, "", "how far it was, and on which ranks"},
    {"/timings/setup_s", "", Type::float64, "s", "wall time to build hosts and network"},
    {"/timings/simulate_s", "", Type::float64, "s", "wall time to simulate"},
    {"/timings/output_s", "", Type::float64, "s", "wall time to write"},
    {"/timings/total_s", "", Type::float64, "s", "wall time of the run"},
    {"/scenario", "", Type::text, "", "effective scenario"},
};

/// "/events/host" → "/events"; "/counts" → "".
std::string group_of(std::string_view path) {
    return std::string(path.substr(0, path.rfind('/')));
}

const Column* find(std::string_view path) {
    const auto* found = std::ranges::find(columns, path, &Column::path);
    return found == std::end(columns) ? nullptr : found;
}

}  // namespace

std::span<const Column> run_file_columns() {
    return columns;
}

const Column& run_file_column(std::string_view path) {
    const Column* column = find(path);
    if (column == nullptr) {
        throw std::logic_error(std::string(path) + " is not in the table of the run file");
    }
    return *column;
}

TableWriter::TableWriter(hdf5::File& file, std::map<std::string, std::string> optional_axes,
                         std::string start)
    : file_(file), optional_axes_(std::move(optional_axes)), start_(std::move(start)) {}

std::vector<std::string> TableWriter::axes(const Column& column) const {
    std::vector<std::string> out;
    std::istringstream names{std::string(column.dims)};
    for (std::string name; names >> name;) {
        if (name.front() == '(') {
            name = name.substr(1, name.size() - 2);
            const auto found = optional_axes_.find(name);
            if (found == optional_axes_.end()) {
                continue;
            }
            name = found->second;
        }
        const std::string nearby = group_of(column.path) + "/" + name;
        const Column* axis = find(nearby);
        // /events/replicate is a column of its own, not the axis of that name.
        const bool is_axis = axis != nullptr && axis->dims == name;
        out.push_back(is_axis ? nearby : "/" + name);
    }
    return out;
}

hdf5::Dims TableWriter::shape(std::string_view path, std::int64_t length) {
    hdf5::Dims out;
    for (const std::string& axis : axes(run_file_column(path))) {
        if (axis == path) {
            lengths_[axis] = length;
        }
        out.push_back(lengths_.at(axis));
    }
    return out;
}

void TableWriter::finish(std::string_view path) {
    const Column& column = run_file_column(path);
    const std::string name(path);
    if (!column.units.empty()) {
        std::string units(column.units);
        if (const auto at = units.find("START"); at != std::string::npos) {
            units.replace(at, 5, start_);
        }
        file_.write_attribute(name, "units", units);
    }
    if (!column.long_name.empty()) {
        file_.write_attribute(name, "long_name", std::string(column.long_name));
    }
    int dimension = 0;
    for (const std::string& axis : axes(column)) {
        if (axis == path) {
            file_.make_axis(name);
        } else {
            file_.attach_axis(name, dimension, axis);
        }
        ++dimension;
    }
}

void TableWriter::texts(std::string_view path, std::span<const std::string> values) {
    const auto dims = shape(path, static_cast<std::int64_t>(values.size()));
    if (dims != hdf5::Dims{static_cast<std::int64_t>(values.size())}) {
        throw std::logic_error(std::string(path) + " has not one text for each place on its axis");
    }
    file_.write_texts(std::string(path), values);
    finish(path);
}

void TableWriter::text(std::string_view path, const std::string& value) {
    file_.write_text(std::string(path), value);
    finish(path);
}

void TableWriter::bare_axis(std::string_view path, std::int64_t length) {
    shape(path, length);
    file_.write_bare_axis(std::string(path), length);
}

void TableWriter::reserve(std::string_view path) {
    file_.reserve(std::string(path), run_file_column(path).type, shape(path, 0));
    finish(path);
}

void TableWriter::refer(std::string_view path, std::vector<hdf5::VirtualPart> parts) {
    for (hdf5::VirtualPart& part : parts) {
        part.dataset = path;
    }
    file_.write_virtual(std::string(path), run_file_column(path).type, parts);
    finish(path);
}

}  // namespace annelid
