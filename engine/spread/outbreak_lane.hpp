// What a thread of an outbreak works on. Only for the files outbreak*.cpp.
#pragma once

#include "engine/spread/by_host.hpp"
#include "engine/spread/outbreak.hpp"

namespace annelid {

/// A thread's share of this rank's hosts and everything that is pending for them.
struct Outbreak::Lane {
    /// Infections by one vector, shown first by one row of the series.
    struct Infections {
        TimeUs row_time;
        VectorId vector;
        std::int64_t count;
    };

    Lane(unsigned lane, const OutbreakModel& model, const HostTable& hosts,
         const OutbreakSettings& settings, int num_ranks)
        : index(lane),
          sink(model.partition, hosts.state, settings.lanes, model.hours),
          announced(static_cast<std::size_t>(num_ranks)),
          replies(static_cast<std::size_t>(num_ranks)) {}

    unsigned index;
    AttemptSink sink;
    Calendar<Pending> due;          ///< changes of state
    std::vector<Attempt> attempts;  ///< arrived in this step
    std::vector<ByHost> attempts_by_host, due_by_host;
    std::vector<Attempt> on_host;    ///< several attempts on one host, in order
    std::vector<Source> turned;      ///< infectious since this step
    std::vector<LinkSource> linked;  ///< of them, those whose links are to be followed
    std::vector<std::vector<LinkSource>>
        announced;                            ///< of them, those that others must know, by rank
    std::vector<std::vector<Reply>> replies;  ///< hits to report, by rank of the source
    Tally changes;
    std::vector<Infections> infections;
    std::int64_t num_infections = 0;
    Events events;
    Transitions transitions;
    std::unordered_map<std::uint32_t, Source> sources;          ///< only if a vector follows
    std::unordered_map<std::uint32_t, std::uint32_t> ordinals;  ///< only if hosts return
};

/// Below this many items a step is played by one thread: waking others would cost more.
inline constexpr std::int64_t worth_threads = 250;

/// Moves all rows.
template <class Rows>
void append(Rows& to, Rows& from) {
    if (to.empty()) {
        to.swap(from);
    } else {
        to.insert(to.end(), from.begin(), from.end());
    }
    from.clear();
}

}  // namespace annelid
