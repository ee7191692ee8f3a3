// Strategy permutation (Staniford, Paxson and Weaver 2002): all sources walk along one permutation
// of all addresses. A source that meets an infected host knows that others were here before: it
// jumps to a drawn place when the reply reaches it, as the next step begins.
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/scan_model.hpp"
#include "models/vectors/scan_ring.hpp"
#include "models/vectors/scan_streams.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace annelid {

namespace {

constexpr std::size_t prefetch_ahead = 8;

struct Walk {
    HostId host;
    TimeUs from;  ///< when it began to walk from `start`
    TimeUs until;
    double us_per_scan;
    std::int64_t start;
    std::int64_t passed;        ///< places from the start to the next hit
    std::int64_t passed_later;  ///< … to the one after it; 0: not known yet
    std::uint32_t next, later;  ///< what they hit, by its number along the ring
    TimeUs shown;               ///< by the source's clock at the next hit; it starts anew at `from`
    TimeUs time;                ///< of the next hit; `never` if the source stops before it
    std::uint32_t ordinal;
    std::uint32_t hits;
    std::uint32_t first_hit;  ///< since its last jump
    std::uint32_t jumps;
};

template <class W>
auto kept(W& w) {
    return std::tie(w.from, w.until, w.us_per_scan, w.start, w.passed, w.passed_later, w.next,
                    w.later, w.shown, w.time, w.ordinal, w.hits, w.first_hit, w.jumps);
}

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
    void save(StateWriter& out) const override;
    void load(const StateReader& in, const Window& last) override;
    double rate_per_s(HostId source) const override { return pace_.per_s(source); }

  private:
    /// A jump leaves the entry of the way that it ends: it is known by when that way began.
    struct Due {
        std::uint32_t walk;
        TimeUs from;
    };
    struct Lane {
        Streams<Walk> walks;
        /// The last walk of each host, as replies ask for it; others are over.
        std::unordered_map<std::int64_t, std::uint32_t> of_host;
        Calendar<Due> due;  ///< by the step of the next hit
        std::int64_t scans = 0;
    };

    std::int64_t draw_start(const Source& source) const;
    std::int64_t draw_place(std::uint64_t bits) const {
        return static_cast<std::int64_t>(
            to_index(bits, static_cast<std::uint64_t>(ring_.num_places())));
    }
    void begin(Walk& walk, TimeUs from, std::int64_t start) const;
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
    walk.host = source.host;
    walk.until = std::min(source.until, frame_.end_us);
    walk.us_per_scan = 1e12 / static_cast<double>(rate);
    walk.ordinal = source.ordinal;
    begin(walk, source.from, draw_start(source));
    const auto [found, is_first] = lane.of_host.try_emplace(source.host.value);
    if (is_first) {
        found->second = lane.walks.add(walk);
    } else {
        lane.walks[found->second] = walk;
    }
    if (walk.time < never) {
        lane.due.push(pace_.step_after(walk.time, window), {found->second, walk.from});
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

void PermutationScans::begin(Walk& walk, TimeUs from, std::int64_t start) const {
    walk.from = from;
    walk.start = start;
    walk.passed = 0;
    walk.passed_later = 0;
    walk.shown = 0;
    walk.time = from;
    find_next(walk);
}

void PermutationScans::find_next(Walk& walk) const {
    if (walk.passed_later > 0) {
        walk.passed = std::exchange(walk.passed_later, 0);
        walk.next = walk.later;
    } else {
        const auto found = ring_.next((walk.start + walk.passed) % ring_.num_places());
        walk.passed_later = found[1].distance > 0 ? walk.passed + found[1].distance : 0;
        walk.later = found[1].rank;
        walk.passed += found[0].distance;
        walk.next = found[0].rank;
    }
    const double wait_us = static_cast<double>(walk.passed) * walk.us_per_scan;
    // Compared as a double first: a far hit would not fit an integer.
    if (wait_us >= static_cast<double>(walk.until - walk.from)) {
        walk.time = never;
        return;
    }
    const auto shows = static_cast<TimeUs>(wait_us + 0.5);
    const TimeUs time = pace_.later(walk.host, walk.time, shows - walk.shown);
    walk.shown = shows;
    walk.time = time < walk.until ? time : never;
}

void PermutationScans::meet(const Hit& hit, const Source& source, const Window& window,
                            unsigned lane_index) {
    Lane& lane = lanes_[lane_index];
    const auto found = lane.of_host.find(source.host.value);
    if (found == lane.of_host.end()) {
        return;
    }
    Walk& walk = lane.walks[found->second];
    // Of several hits in one step the first reply makes it jump; the others are of its old way.
    if (hit.ordinal < walk.first_hit || hit.ordinal >= walk.hits) {
        return;
    }
    const TimeUs from = std::max(hit.time, window.end);
    if (from >= walk.until) {
        return;
    }
    walk.jumps += 1;
    walk.first_hit = walk.hits;
    begin(walk, from,
          draw_place(start_.bits(static_cast<std::uint64_t>(source.host.value), walk.ordinal,
                                 walk.jumps)));
    if (walk.time < never) {
        lane.due.push(pace_.step_after(walk.time, window), {found->second, walk.from});
    }
}

void PermutationScans::emit(const Window& window, unsigned lane_index, AttemptSink& sink) {
    Lane& lane = lanes_[lane_index];
    const std::vector<Due>& dues = lane.due.open(window.step);
    for (std::size_t i = 0; i < dues.size(); ++i) {
        // Walks lie anywhere: ask for those to come while this one is worked on.
        if (i + prefetch_ahead < dues.size()) {
            __builtin_prefetch(&lane.walks[dues[i + prefetch_ahead].walk], 1);
        }
        const Due& due = dues[i];
        Walk& walk = lane.walks[due.walk];
        if (walk.from != due.from) {
            continue;
        }
        const auto id = static_cast<std::uint64_t>(walk.host.value);
        for (; walk.time < window.end; find_next(walk)) {
            const std::uint32_t ordinal = walk.hits++;
            if (model_.certain() ||
                happens(success_.bits(id, walk.ordinal, ordinal), model_.settings().success)) {
                sink.add(model_.pool().at(ring_.member(walk.next)), walk.time, walk.host,
                         walk.ordinal, ordinal);
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

void PermutationScans::save(StateWriter& out) const {
    RowWriter walks = out.of_hosts("walks");
    for (const Lane& lane : lanes_) {
        for (const auto& [host, number] : lane.of_host) {
            walks.add(HostId{host}, kept(lane.walks[number]));
        }
        out.of_first("scans").add_all(lane.scans);
    }
}

void PermutationScans::load(const StateReader& in, const Window& last) {
    in.each_host("walks", [&](HostId host, StateRow& row) {
        Walk walk{};
        walk.host = host;
        row.read(kept(walk));
        row.require(walk.next < model_.pool().size() && walk.later < model_.pool().size() &&
                    walk.start >= 0 && walk.passed >= 0);
        Lane& lane = lanes_[lane_of(model_.context().partition.to_local(host), lanes_.size())];
        const std::uint32_t number = lane.walks.add(walk);
        lane.of_host[host.value] = number;
        if (walk.time < never) {
            lane.due.push(pace_.step_after(walk.time, last), {number, walk.from});
        }
    });
    load_scans(in, lanes_);
}

}  // namespace

std::unique_ptr<VectorProcess> start_permutation_scans(const ScanModel& model,
                                                       const OutbreakFrame& frame) {
    return std::make_unique<PermutationScans>(model, frame);
}

}  // namespace annelid
