// The one order of events over all ranks, without any rank holding more than its share: each rank
// sorts its own rows in place; a regular sample of them cuts the whole into chunks; then, round by
// round, each rank collects one chunk (Shi and Schaeffer's sorting by regular sampling, 1992).
//
// Rows that agree in replicate, time, host and worm stay in one chunk and are ordered by what they
// say, so the order depends neither on ranks nor on the order in which rows were found.
#pragma once

#include "engine/files/run_file.hpp"
#include "engine/ranks/communicator.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace annelid {

template <class Row>
class EventOrder {
  public:
    struct Chunk {
        std::int64_t first = 0;  ///< place of its first row in the whole order
        std::span<const Row> rows;
    };

    /// Collective. Sorts `rows`, which must outlive this. Chunks of about `chunk_rows`; where all
    /// rows make but a few chunks, the first rank gets all of them.
    EventOrder(Communicator& ranks, LargeVector<Row>& rows, std::int64_t chunk_rows = 1 << 18);

    /// Rows on all ranks together.
    std::int64_t total() const { return total_; }
    /// How often all ranks have to call next().
    std::int64_t num_rounds() const { return num_rounds_; }
    /// False where the first rank gets all rows.
    bool is_spread() const { return bounds_.size() > 2; }

    /// Collective. This rank's next chunk, valid until the next call.
    Chunk next();

  private:
    void cut(std::int64_t chunk_rows);

    Communicator& ranks_;
    LargeVector<Row>& rows_;
    std::vector<Row> collected_;
    std::vector<std::int64_t> bounds_;  ///< chunk c: own rows bounds_[c] … bounds_[c + 1] - 1
    std::vector<std::int64_t> chunk_firsts_;  ///< place of each chunk's first row
    std::int64_t total_ = 0;
    std::int64_t num_rounds_ = 0;
    std::int64_t round_ = 0;
};

extern template class EventOrder<Event>;
extern template class EventOrder<Transition>;

}  // namespace annelid
