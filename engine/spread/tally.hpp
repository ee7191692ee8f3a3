// Changes of state on their way to the series. Hosts that are played one after the other mostly do
// the same thing in the same row of the series: such changes are counted and not listed.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "engine/hosts/population.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace annelid {

struct Change {
    TimeUs row_time = never;  ///< of the first row that shows it
    const Cell* cell = nullptr;
    std::uint8_t worm = 0;
    StateId from = 0, to = 0;
    std::int64_t count = 0;
};

class Tally {
  public:
    void add(TimeUs row_time, const Cell& cell, std::uint8_t worm, StateId from, StateId to) {
        Change& last = last_[(worm * 3u + from * 5u + to) % last_.size()];
        if (last.row_time != row_time || last.cell != &cell || last.worm != worm ||
            last.from != from || last.to != to) {
            keep(last);
            last = {row_time, &cell, worm, from, to, 0};
        }
        last.count += 1;
    }

    /// All changes, each perhaps in several parts; forgets them.
    template <class Visit>
    void take(Visit visit) {
        for (Change& last : last_) {
            keep(last);
            last.count = 0;
        }
        for (const Change& change : listed_) {
            visit(change);
        }
        listed_.clear();
    }

  private:
    void keep(const Change& change) {
        if (change.count > 0) {
            listed_.push_back(change);
        }
    }

    std::array<Change, 8> last_;
    std::vector<Change> listed_;
};

}  // namespace annelid
