// Strategy permutation (Staniford, Paxson and Weaver 2002): all sources walk along one permutation
// of all addresses. A source that meets an infected host knows that others were here before: it
// jumps to a drawn place when the reply reaches it, as the next step begins.
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/scan_model.hpp"
#include "models/vectors/scan_ring.hpp"

#include <algorithm>
#include <unordered_map>

namespace annelid {

namespace {

struct Walk {
    TimeUs from;  ///< when it began to walk from `start`
    TimeUs until;
    double us_per_scan;
    std::int64_t start;
    std::int64_t passed;  ///< places from the start to the next hit
    std::int64_t next;    ///< member of the pool
    TimeUs time;          ///< of the next hit; `never` if the source stops before it
    std::uint32_t ordinal;
    std::uint32_t hits;
    std::uint32_t first_hit;  ///< since its last jump
    std::uint32_t jumps;
};

class PermutationScans final : public VectorProcess {
  public:
    PermutationScans(const ScanModel& model, const OutbreakFrame& frame)
        : model_(model),
          frame_(frame),
          pace_(model, frame),
          start_(frame.seed, Purpose::scan_start, model.name()),
          success_(frame.seed, Purpose::success, model.name()),
          ring_(static_cast<std::int64_t>(model.around(HostId{0}).addresses),
                std::max<std::int64_t>(1, model.pool().size()),
                Draws(frame.seed, Purpose::scan_permutation, model.name())),
          lanes_(frame.lanes) {}

    void launch(const Source& source, const Window& window, unsigned lane) override;
    void meet(const Hit& hit, const Source& source, const Window& window, unsigned lane) override;
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override { return lanes_[lane].due.next_step(); }
    Scans scans_represented() const override;

  private:
    /// A jump leaves the entry of the way that it ends: it is known by when that way began.
    struct Due {
        HostId host;
        TimeUs from;
    };
    struct Lane {
        std::unordered_map<std::int64_t, Walk> walks;  ///< by host
        Calendar<Due> due;                             ///< by the step of the next hit
        std::int64_t scans = 0;
    };

    std::int64_t draw_start(const Source& source) const;
    std::int64_t draw_place(std::uint64_t bits) const {
        return static_cast<std::int64_t>(
            to_index(bits, static_cast<std::uint64_t>(ring_.num_places())));
    }
    void find_next(Walk& walk) const;

    const ScanModel& model_;
    OutbreakFrame frame_;
    ScanPace pace_;
    Draws start_, success_;
    ScanRing ring_;
    std::vector<Lane> lanes_;
};

void PermutationScans::launch(const Source& source, const Window& window, unsigned lane_index) {
    if (!model_.serves(source.host)) {
        return;
    }
    Lane& lane = lanes_[lane_index];
    const MicroRate rate = pace_.of(source.host);
    lane.scans += pace_.scans(source.host, rate, source.from, source.until);
    if (rate <= 0 || model_.pool().size() == 0) {
        return;
    }
    Walk walk{};
    walk.from = source.from;
    walk.until = std::min(source.until, frame_.end_us);
    walk.us_per_scan = 1e12 / static_cast<double>(rate);
    walk.start = draw_start(source);
    walk.ordinal = source.ordinal;
    find_next(walk);
    lane.walks[source.host.value] = walk;
    if (walk.time < never) {
        lane.due.push(pace_.step_after(walk.time, window), {source.host, walk.from});
    }
}

std::int64_t PermutationScans::draw_start(const Source& source) const {
    const auto draw = start_.pair(static_cast<std::uint64_t>(source.host.value), source.ordinal);
    if (happens(draw[1], model_.settings().local_start)) {
        const Pool::Slice own = model_.pool().within({source.host, HostId{source.host.value + 1}});
        if (own.size > 0) {
            return ring_.place_of(own.first);
        }
    }
    return draw_place(draw[0]);
}

void PermutationScans::find_next(Walk& walk) const {
    const ScanRing::Found found = ring_.next((walk.start + walk.passed) % ring_.num_places());
    walk.passed += found.distance;
    walk.next = found.member;
    const double wait_us = static_cast<double>(walk.passed) * walk.us_per_scan;
    walk.time = never;
    // Compared as a double first: a far hit would not fit an integer.
    if (wait_us < static_cast<double>(walk.until - walk.from)) {
        const TimeUs time = walk.from + static_cast<TimeUs>(wait_us + 0.5);
        walk.time = time < walk.until ? time : never;
    }
}

void PermutationScans::meet(const Hit& hit, const Source& source, const Window& window,
                            unsigned lane_index) {
    Lane& lane = lanes_[lane_index];
    const auto found = lane.walks.find(source.host.value);
    // Of several hits in one step the first reply makes it jump; the others are of its old way.
    if (found == lane.walks.end() || hit.ordinal < found->second.first_hit ||
        hit.ordinal >= found->second.hits) {
        return;
    }
    Walk& walk = found->second;
    const TimeUs from = std::max(hit.time, window.end);
    if (from >= walk.until) {
        lane.walks.erase(found);
        return;
    }
    walk.jumps += 1;
    walk.first_hit = walk.hits;
    walk.from = from;
    walk.start = draw_place(
        start_.bits(static_cast<std::uint64_t>(source.host.value), walk.ordinal, walk.jumps));
    walk.passed = 0;
    find_next(walk);
    if (walk.time < never) {
        lane.due.push(pace_.step_after(walk.time, window), {source.host, walk.from});
    }
}

void PermutationScans::emit(const Window& window, unsigned lane_index, AttemptSink& sink) {
    Lane& lane = lanes_[lane_index];
    for (const Due& due : lane.due.open(window.step)) {
        const auto found = lane.walks.find(due.host.value);
        if (found == lane.walks.end() || found->second.from != due.from) {
            continue;
        }
        Walk& walk = found->second;
        const auto id = static_cast<std::uint64_t>(due.host.value);
        for (; walk.time < window.end; find_next(walk)) {
            const std::uint32_t ordinal = walk.hits++;
            if (model_.certain() ||
                happens(success_.bits(id, walk.ordinal, ordinal), model_.settings().success)) {
                sink.add(model_.pool().at(walk.next), walk.time, due.host, ordinal);
            }
        }
        if (walk.time < never) {
            lane.due.push(walk.time / frame_.step_us, due);
        }
    }
    lane.due.close(window.step);
}

Scans PermutationScans::scans_represented() const {
    Scans scans;
    for (const Lane& lane : lanes_) {
        scans.whole += lane.scans;
    }
    return scans;
}

}  // namespace

std::unique_ptr<VectorProcess> start_permutation_scans(const ScanModel& model,
                                                       const OutbreakFrame& frame) {
    return std::make_unique<PermutationScans>(model, frame);
}

}  // namespace annelid
