// Attempts on their way from the sources that make them to the hosts that they are for.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/large_vector.hpp"
#include "engine/base/time.hpp"
#include "engine/hosts/hours.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/spread/lifecycle.hpp"
#include "engine/spread/silences.hpp"
#include "engine/spread/vector.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

namespace annelid {

struct Attempt {
    TimeUs time;  ///< as drawn; it takes effect then or at the step's start if that is later
    HostId target;
    HostId source;
    std::uint32_t ordinal;  ///< which attempt of the source by this vector
    VectorId vector;
};

/// Which lane of a rank a host belongs to: neighbours share a lane, blocks are dealt in turn.
inline unsigned lane_of(LocalHost host, std::size_t lanes) {
    return (host.value >> 8) % static_cast<unsigned>(lanes);
}

/// Where one lane puts the attempts of a step, sorted by who will play them.
class AttemptSink {
  public:
    AttemptSink(const Partition& partition, unsigned lanes, const Hours* hours = nullptr)
        : partition_(partition),
          hours_(hours),
          to_lane_(lanes),
          to_rank_(static_cast<std::size_t>(partition.num_ranks())) {}

    /// What is to be known of a vector's attempts before it emits.
    struct Rules {
        /// Of local hosts and its worm: a target which is not susceptible now cannot be affected by
        /// an attempt in this step, which is counted and dropped at once. Null: it may be.
        const LargeVector<StateId>* states = nullptr;
        bool lost_when_off = false;  ///< a source that is off makes no attempt
        /// Hosts that are no sources any more and make none.
        const std::unordered_set<std::int64_t>* removed = nullptr;
        /// Sources that are isolated or were cleaned; null: there are none.
        const Silences* silences = nullptr;
        std::size_t worm = 0;
    };

    void begin(VectorId vector, TimeUs step_begin, const Rules& rules) {
        lost_by_ = rules.lost_when_off ? hours_ : nullptr;
        vector_ = vector;
        step_begin_ = step_begin;
        states_ = rules.states;
        removed_ = rules.removed;
        silences_ = rules.silences;
        worm_ = rules.worm;
    }

    /// `stay` is the Source's ordinal, `ordinal` tells the attempts of one source by this vector.
    void add(HostId target, TimeUs time, HostId source, std::uint32_t stay, std::uint32_t ordinal) {
        if (lost_by_ != nullptr && !lost_by_->is_on(source, time)) {
            return;
        }
        if (removed_ != nullptr && removed_->contains(source.value)) {
            return;
        }
        if (silences_ != nullptr && silences_->covers(worm_, source, stay, time)) {
            return;
        }
        ++attempts_;
        deferred_ += time < step_begin_ ? 1 : 0;
        if (target == source) {
            return;  // a hit on oneself is wasted
        }
        if (!partition_.is_local(target)) {
            to_rank_[static_cast<std::size_t>(partition_.owner(target))].push_back(
                {time, target, source, ordinal, vector_});
            return;
        }
        const LocalHost local = partition_.to_local(target);
        if (states_ != nullptr && (*states_)[local.value] != Lifecycle::susceptible) {
            return;
        }
        to_lane_[lane_of(local, to_lane_.size())].push_back(
            {time, target, source, ordinal, vector_});
    }

    std::vector<std::vector<Attempt>>& to_lane() { return to_lane_; }
    std::vector<std::vector<Attempt>>& to_rank() { return to_rank_; }
    std::int64_t attempts() const { return attempts_; }
    std::int64_t deferred() const { return deferred_; }

  private:
    const Partition& partition_;
    const Hours* hours_;              ///< null where every host is always on
    const Hours* lost_by_ = nullptr;  ///< … or the vector's attempts are not lost
    std::vector<std::vector<Attempt>> to_lane_;
    std::vector<std::vector<Attempt>> to_rank_;
    VectorId vector_ = 0;
    TimeUs step_begin_ = 0;
    const LargeVector<StateId>* states_ = nullptr;
    const std::unordered_set<std::int64_t>* removed_ = nullptr;
    const Silences* silences_ = nullptr;
    std::size_t worm_ = 0;
    std::int64_t attempts_ = 0;
    std::int64_t deferred_ = 0;
};

}  // namespace annelid
