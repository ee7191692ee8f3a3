// Counts of hosts by state of each worm, at the times of the rows: per world, country and sector;
// and further series, each under the path that it has in the run file.
//
// A further series counts something at each of its places (the axes after `time`, row-major):
//   N(r) = sum of `by` over its changes with time <= time(r)
// The integral over time of such series, in whole seconds (rounded down), takes each change at its
// exact time t:
//   I(r) = sum of by * (time(r) - t) over the same changes = time(r) N(r) - sum of by * t
// It is kept as what each row adds, which stays small, with integers throughout:
//   I(r) = I(r - 1) + every N(r - 1) + sum of by * (time(r) - t), changes of row r alone
// A count times the time between rows must stay below 2^63 us: 3.5 million for 30 days, 10^8 for a
// day. The run may be of any length.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/state.hpp"
#include "engine/base/time.hpp"
#include "engine/files/run_file.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace annelid {

/// One rank's share of the series of one outbreak. Only changes are kept; totals are sums over
/// rows and ranks, so they do not depend on who saw what in which order.
class Series {
  public:
    Series(const Population& population, std::size_t num_states, std::size_t num_vectors,
           TimeUs row_every_us, std::int64_t num_rows, std::size_t num_worms = 1);

    /// `count` hosts of `cell` change state at `time`; the first row at or after it shows them.
    void change(TimeUs time, const Cell& cell, StateId from, StateId to, std::int64_t count = 1,
                std::size_t worm = 0);

    /// `count` hosts of `cell` are in `state` when the run starts.
    void start(const Cell& cell, StateId state, std::int64_t count, std::size_t worm = 0);

    void infection(TimeUs time, VectorId vector, std::int64_t count = 1, std::size_t worm = 0);

    /// Adds a series of `width` places under `path`, on all ranks alike and before anything
    /// happens; returns its number.
    std::size_t add(const std::string& path, std::size_t width);

    /// The same, of the integral over time of series added before (their sum, place by place),
    /// none of which ever counts less than nothing. It changes with them.
    std::size_t add_integral(const std::string& path, const std::vector<std::size_t>& of);

    /// Place `at` of a further series changes `by` at `time`; the first row at or after it shows
    /// that.
    void change_further(std::size_t series, TimeUs time, std::size_t at, std::int64_t by);

    /// Collective. The sums over all ranks, as far as they are not 0.
    void save(StateWriter& out, const Communicator& ranks) const;
    /// Instead of all that was counted before. A run that ends earlier has fewer rows, and one with
    /// other defences other further series.
    void load(const StateReader& in);

    /// Time of the first row that shows what happens at `time`.
    TimeUs row_time(TimeUs time) const { return row_of(time) * row_every_us_; }

    TimeUs row_every() const { return row_every_us_; }
    std::int64_t num_rows() const { return num_rows_; }
    /// Values of RunSeries::vector_infections that a replicate has.
    std::size_t num_vector_values() const { return by_vector_.size(); }

    /// Rows that no event at or after `now` can change.
    std::int64_t rows_before(TimeUs now) const;

    /// Collective. Adds this outbreak as replicate `index` of `out` on the first rank, counts
    /// complete for rows before `rows`; the arrays of `out` must have their full size there, but
    /// for those of further series, which get it.
    void write_to(RunSeries& out, std::size_t index, std::int64_t rows,
                  const Communicator& ranks) const;

  private:
    struct Further {
        std::string path;
        std::size_t width;
        std::vector<std::size_t> of;         ///< of an integral: what is under it
        std::vector<std::size_t> integrals;  ///< those over it
        /// row, place: change since the row before; of an integral: what changes of the row have
        /// added until the row, in microseconds
        std::vector<std::int64_t> changes;
    };

    /// Collective.
    void write_further(RunSeries& out, std::size_t index, std::size_t rows,
                       const Communicator& ranks) const;
    /// First rank: what the changes of an integral, summed over ranks, come to by row.
    std::vector<std::int64_t> integrate(const Further& integral,
                                        const std::vector<std::int64_t>& changes,
                                        const RunSeries& out, std::size_t index) const;

    std::int64_t row_of(TimeUs time) const { return (time + row_every_us_ - 1) / row_every_us_; }

    std::size_t states_, vectors_, countries_, sectors_, worms_;
    TimeUs row_every_us_;
    std::int64_t num_rows_;
    std::vector<std::int64_t>
        by_country_;  ///< row, worm, country, state: change since the row before
    std::vector<std::int64_t> by_sector_;  ///< row, worm, sector, state
    std::vector<std::int64_t> by_vector_;  ///< row, worm, vector
    std::vector<Further> further_;
};

}  // namespace annelid
