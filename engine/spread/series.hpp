// Counts of hosts by state of each worm, at the times of the rows: per world, country and sector.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "engine/files/run_file.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"

#include <cstdint>
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

    /// Time of the first row that shows what happens at `time`.
    TimeUs row_time(TimeUs time) const { return row_of(time) * row_every_us_; }

    /// Rows that no event at or after `now` can change.
    std::int64_t rows_before(TimeUs now) const;

    /// Collective. Adds this outbreak as replicate `index` of `out` on the first rank, counts
    /// complete for rows before `rows`; the arrays of `out` must have their full size there.
    void write_to(RunSeries& out, std::size_t index, std::int64_t rows,
                  const Communicator& ranks) const;

  private:
    std::int64_t row_of(TimeUs time) const { return (time + row_every_us_ - 1) / row_every_us_; }

    std::size_t states_, vectors_, countries_, sectors_, worms_;
    TimeUs row_every_us_;
    std::int64_t num_rows_;
    std::vector<std::int64_t>
        by_country_;  ///< row, worm, country, state: change since the row before
    std::vector<std::int64_t> by_sector_;  ///< row, worm, sector, state
    std::vector<std::int64_t> by_vector_;  ///< row, worm, vector
};

}  // namespace annelid
