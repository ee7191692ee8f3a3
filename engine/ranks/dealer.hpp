// Deals numbered pieces of work to teams of ranks: each takes the next when it is done with one, so
// none waits for a slower one. The first rank of all keeps the count and plays along: it answers
// the others between its own steps.
#pragma once

#include "engine/ranks/communicator.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace annelid {

class Dealer {
  public:
    /// What a team gets that asks: a piece, or
    static constexpr std::int64_t meet = -1;  ///< come together with all others, then ask again
    static constexpr std::int64_t done = -2;  ///< there is no more: come together a last time

    /// Of teams of `team_size` of `all`; pieces `first` … `end` - 1. `is_time`, on the first rank,
    /// says whether teams are to come together, of what they hold in all (see next()).
    Dealer(const Communicator& all, int team_size, std::int64_t first, std::int64_t end,
           std::function<bool(std::int64_t held)> is_time);

    /// First rank of a team, when it is done with what it got. It has `held` rows in memory by now.
    /// With `stop` there is no more for anybody. All that was dealt before `meet` or `done` is done
    /// once all have got that.
    std::int64_t next(std::int64_t held, bool stop);

    /// First rank of all: answers the teams that wait. Cheap where none does.
    void serve();

    /// First rank of all: pieces that teams are done with.
    std::int64_t num_done() const { return num_done_; }
    /// … and those that nobody got, because a team said `stop`.
    std::int64_t num_left() const { return num_left_; }

  private:
    std::int64_t deal(int team, std::int64_t held, bool stop);
    void answer(const Communicator::Letter& letter);

    const Communicator& all_;
    int team_size_;
    std::int64_t next_, end_;
    std::function<bool(std::int64_t)> is_time_;
    // On the first rank of all.
    std::vector<std::int64_t> held_;  ///< by team
    std::vector<bool> busy_;          ///< has a piece
    std::size_t num_dealt_ = 0;       ///< since all came together: one a team at least
    int num_waiting_ = 0;             ///< other teams that wait for all to come together
    bool come_ = false;               ///< all are to
    std::int64_t num_done_ = 0, num_left_ = 0;
};

}  // namespace annelid
