// The run file: what results/FORMAT.md describes, written through parallel HDF5.
//
// While a run goes on, every flush writes a complete new part (events since the last flush) into
// `<file>.parts/` and then renames a small `<file>` into place that holds the series so far and
// refers to the events as a virtual dataset over the finished parts. No byte that a reader can
// reach is ever rewritten. finish() makes one self-contained file of it all and removes the parts.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/large_vector.hpp"
#include "engine/base/time.hpp"
#include "engine/ranks/communicator.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace annelid {

/// One infection: a row of /events. Order: replicate, time, host, worm.
struct Event {
    TimeUs time_us;
    HostId host;
    HostId infector;
    std::int32_t replicate;
    std::uint8_t worm;
    VectorId vector;
};

/// One change of state: a row of /transitions. Order: replicate, time, host, worm.
struct Transition {
    TimeUs time_us;
    HostId host;
    std::int32_t replicate;
    std::uint8_t worm;
    StateId from;
    StateId to;
};

/// Rows that become many.
using Events = LargeVector<Event>;
using Transitions = LargeVector<Transition>;

/// What the axes of the series are called and how long they are.
struct RunAxes {
    std::string start;                 ///< "2017-05-12 07:24:00", UTC; time 0
    std::vector<TimeUs> row_times_us;  ///< one per row, first is 0
    std::vector<std::string> states;
    std::vector<std::string> countries;  ///< ISO 3166 alpha-2, or "--" in a flat world
    std::vector<std::string> country_names;
    std::vector<std::string> sectors;
    std::vector<std::string> vectors;      ///< first is "seed"
    std::vector<std::int64_t> replicates;  ///< numbers of the replicates
    bool replicate_axis = false;           ///< leading axis on every series
    /// Not empty: the leading axis of the series, in place of that of the replicates.
    std::vector<double> quantiles = {};
    std::vector<std::string> worms = {};  ///< empty: there is one, and no axis for it
    // No axis where empty.
    std::vector<std::string> sensors = {};     ///< and what else detects hosts
    std::vector<std::string> telescopes = {};  ///< network telescopes
    std::vector<std::string> defences = {};

    std::size_t num_worms() const { return worms.empty() ? 1 : worms.size(); }
};

/// Counts of modelled hosts. Row-major; `[replicate,] time, …` as FORMAT.md lists them. Complete on
/// the first rank, empty on the others.
struct RunSeries {
    std::vector<std::int64_t> counts;             ///< replicate, time, worm, state
    std::vector<std::int64_t> country_counts;     ///< replicate, time, worm, country, state
    std::vector<std::int64_t> sector_counts;      ///< replicate, time, worm, sector, state
    std::vector<std::int64_t> vector_infections;  ///< replicate, time, worm, vector; since start
    /// Path in the file → replicate, time, its other axes. Only those that the run has.
    std::map<std::string, std::vector<std::int64_t>> further = {};
    std::vector<std::int64_t> rows_final = {};  ///< by replicate: leading rows that are final
};

/// Contiguous groups of hosts: hosts first_host[i] … first_host[i + 1] - 1 share country and
/// sector.
struct PopulationTable {
    std::vector<std::int64_t> first_host;  ///< one more than cells; the last is the number of hosts
    std::vector<std::int32_t> country;     ///< index into RunAxes::countries
    std::vector<std::int32_t> sector;      ///< index into RunAxes::sectors
};

/// A defence began, or began for one more group: a row of /defence_starts. Order: replicate, time,
/// defence, country, sector, organisation.
struct DefenceStart {
    TimeUs time_us;
    std::int32_t replicate;
    std::uint8_t defence;            ///< index into RunAxes::defences
    std::int32_t country = -1;       ///< index into RunAxes::countries; -1: not of one country
    std::int32_t sector = -1;        ///< index into RunAxes::sectors; -1: not of one sector
    std::int64_t organisation = -1;  ///< its first host; -1: not of one organisation
};

/// Of the network, per replicate; empty where the run has none.
struct RunNetwork {
    std::vector<std::int64_t> vertices, links, self_loops, duplicates;
    // How ranks share it: differs from layout to layout.
    std::vector<std::int64_t> cut_links;
    std::vector<double> vertex_imbalance, link_imbalance;  ///< most over mean
    std::vector<std::int64_t> ghosts, most_ghosts;
};

/// A replicate that came to no end: a row of /failures.
struct RunFailure {
    std::int64_t replicate;
    std::string reason;  ///< what went wrong
    std::string log;     ///< how far it was, and where
};

/// Per replicate; integers over all ranks; -1 for one that failed. The leading axis is there where
/// RunAxes has it.
struct RunDiagnostics {
    std::vector<std::int64_t> attempts;
    std::vector<std::int64_t> scans_represented;
    std::vector<std::int64_t> steps;
    std::vector<std::int64_t> steps_skipped;
    std::vector<std::string> deferred_kinds;     ///< axis `kind`
    std::vector<std::int64_t> deferred;          ///< replicate, kind
    std::int64_t peak_memory_bytes = 0;          ///< sum over ranks
    std::int64_t peak_memory_largest_bytes = 0;  ///< of the largest rank
    RunNetwork network;
    std::vector<DefenceStart> defence_starts = {};  ///< of all replicates, in any order
    std::vector<RunFailure> failures = {};          ///< in any order
};

struct RunTimings {
    double setup_s = 0, simulate_s = 0, output_s = 0, total_s = 0;
};

using Attribute = std::variant<std::int64_t, double, std::string>;

/// Final state and traits of every host (optional group /hosts), this rank's slice: hosts first,
/// first + 1, …; slices tile the hosts in rank order.
struct HostSlice {
    std::int64_t first = 0;
    std::vector<LargeVector<std::uint8_t>> state;  ///< worm, host
    LargeVector<std::uint16_t> traits;
};

class RunFile {
  public:
    struct Settings {
        std::filesystem::path file;
        bool overwrite = false;  ///< --force
        bool events = true;
        bool transitions = false;
    };

    /// Rows of the groups that become long.
    struct Rows {
        std::int64_t events = 0, transitions = 0;
    };
    /// What a run file on disk is.
    struct Found {
        std::string created;
        bool complete = false;
        Rows rows;
    };
    /// InputError where it is no run file.
    static Found look_at(const std::filesystem::path& file);

    /// Collective. Refuses an existing file without `overwrite`, a name that is none for a file
    /// (InputError), and a disk that takes no file (OutputError). Creates missing folders.
    /// `attributes` are the provenance on the root group; `scenario` the effective text.
    RunFile(Communicator& ranks, const Settings& settings, const RunAxes& axes,
            const PopulationTable& population, const std::map<std::string, Attribute>& attributes,
            const std::string& scenario);
    ~RunFile();

    /// Collective. Begins with the first rows of another run file, which may be the one that this
    /// one replaces, once this one stands; before the first flush. Empty: there are none.
    void take_over(const std::filesystem::path& from, const Rows& rows, const RunSeries& series);

    /// Flushed so far.
    Rows rows() const;

    /// Collective. Appends what happened since the last flush. Every event of the flush is later
    /// (replicate, time) than any event of an earlier flush, in any order and on any rank inside
    /// it; the file has them in the one global order. OutputError where it cannot be written.
    void flush(const RunSeries& series, Events events, Transitions transitions);

    /// Collective. Last flush, diagnostics, timings, /hosts where given; then one complete file.
    void finish(const RunSeries& series, Events events, Transitions transitions,
                const RunDiagnostics& diagnostics, const HostSlice* hosts,
                const RunTimings& timings);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Text of `annelid info FILE`: what is in a run file, in words. InputError where it is none.
std::string describe_run_file(const std::filesystem::path& file);

}  // namespace annelid
