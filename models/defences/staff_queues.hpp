// The queues of hosts that wait for the staff of their organisation, of those that have work.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/state.hpp"
#include "engine/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace annelid {

class StaffQueues {
  public:
    /// A host that is to be worked on for so long; work begins in [from, before).
    struct Job {
        HostId host;
        HostId organisation;  ///< its first host
        TimeUs detected;
        TimeUs from, before;
        TimeUs work;
    };

    /// Jobs come in the order of their detections. When it is done; `never` if it is not taken on,
    /// or the host is in the queue already.
    TimeUs add(const Job& job, std::int64_t staff);

    /// Nothing earlier comes any more: forgets what is done by then.
    void forget(TimeUs time);

    /// By organisation, which lies on one rank, and by host in a queue.
    void save(StateWriter& out) const;
    void load(const StateReader& in);

  private:
    /// When each member of the staff who has work is done, a heap with the earliest in front.
    using Staff = std::vector<TimeUs>;

    std::unordered_map<std::int64_t, Staff> organisations_;
    struct Queued {
        TimeUs done;
        HostId organisation;
    };
    std::unordered_map<std::int64_t, Queued> done_;  ///< by host that is in a queue
    std::size_t forget_at_ = 1024;                   ///< entries, before it is worth while
};

}  // namespace annelid
