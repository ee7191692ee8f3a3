// What a thread of an outbreak works on. Only for the files outbreak*.cpp.
#pragma once

#include "engine/spread/by_host.hpp"
#include "engine/spread/outbreak.hpp"

#include <algorithm>
#include <unordered_map>

namespace annelid {

/// A thread's share of this rank's hosts and everything that is pending for them.
struct Outbreak::Lane {
    /// Infections by one vector, shown first by one row of the series.
    struct Infections {
        TimeUs row_time;
        std::size_t worm;
        VectorId number;
        std::int64_t count;
    };
    /// A host that another worm frees of worm `worm`.
    struct Removed {
        LocalHost host;
        std::size_t worm;
        bool deferred;  ///< its attempts in this step may be drawn already
    };
    struct OfWorm {
        Calendar<Pending> due;  ///< changes of state
        std::vector<ByHost> due_by_host;
        std::vector<Source> turned;                                 ///< infectious since this step
        std::unordered_map<std::uint32_t, Source> sources;          ///< only if a vector hears
        std::unordered_map<std::uint32_t, std::uint32_t> ordinals;  ///< only if hosts return
    };

    Lane(unsigned lane, const OutbreakModel& model, const OutbreakSettings& settings, int num_ranks)
        : index(lane),
          sink(model.partition, settings.lanes, model.hours),
          worms(model.worms.size()),
          playing(model.worms.size()),
          replies(static_cast<std::size_t>(num_ranks)) {}

    /// The first worm disrupts a host, or the last one lets go of it.
    struct Disruption {
        HostId host;
        TimeUs time;
        bool begins;
    };
    struct Move {
        HostId host;
        std::uint8_t worm;
        StateId from, to;  ///< as numbers of the run file
    };
    /// Of a series that only some runs have.
    struct Note {
        std::size_t series;
        TimeUs time;
        std::size_t at;
        std::int64_t by;
    };

    /// Puts an act on the way of the host that is being played.
    void put_off(const Act& act) {
        const auto first = playing_acts.begin() + static_cast<std::ptrdiff_t>(next_act);
        playing_acts.insert(std::upper_bound(first, playing_acts.end(), act), act);
    }

    unsigned index;
    AttemptSink sink;
    std::vector<OfWorm> worms;
    std::vector<Attempt> attempts;  ///< arrived in this step
    std::vector<ByHost> attempts_by_host;
    std::vector<Attempt> on_host;             ///< several attempts on one host, in order
    std::vector<Playing> playing;             ///< by worm, of the host that is being played
    std::vector<std::vector<Reply>> replies;  ///< hits to report, by rank of the source
    std::vector<Removed> removed;             ///< in this step
    Calendar<Act> acts;                       ///< of defences
    std::vector<ByHost> acts_by_host;
    std::vector<Act> playing_acts;  ///< of the host that is being played, in order
    std::size_t next_act = 0;       ///< of them
    std::unordered_map<std::uint32_t, Care> care;
    std::unordered_map<std::uint32_t, TimeUs> repatched;  ///< hosts cleaned with a newer image
    std::vector<Silence> silences;                        ///< new ones
    std::vector<Detection> detections;                    ///< in this step
    std::vector<Infection> heard;  ///< infections in this step, where a defence hears of them
    std::vector<Disruption> disruptions;
    std::vector<Move> moves;  ///< where triggers count hosts of organisations
    std::vector<Note> notes;
    Tally changes;
    std::vector<Infections> infections;
    std::int64_t num_infections = 0;
    Events events;
    Transitions transitions;
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
