// Strategy sequential: address after address, round and round. Only members of the pool matter: a
// source jumps from one to the next in address order and counts the addresses that it passed, by a
// clock of its own.
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/scan_model.hpp"
#include "models/vectors/scan_streams.hpp"

namespace annelid {

namespace {

struct Walk {
    HostId host;
    TimeUs from, until;
    double us_per_scan;
    Target target;
    Pool::Slice slice;
    std::int64_t start;  ///< where in the scope it stands at `from`
    std::int64_t laps;   ///< addresses of the whole rounds behind the next hit
    std::int64_t next;   ///< member of the slice
    TimeUs shown;        ///< by the source's clock at the next hit; it starts at 0
    TimeUs time;         ///< of the next hit
    std::uint32_t ordinal;
    std::uint32_t hits;
};

template <class W>
auto kept(W& w) {
    return std::tie(w.from, w.until, w.us_per_scan, w.start, w.laps, w.next, w.shown, w.time,
                    w.ordinal, w.hits);
}

class SequentialScans final : public VectorProcess {
  public:
    SequentialScans(const ScanModel& model, const OutbreakFrame& frame)
        : model_(model),
          frame_(frame),
          pace_(model, frame),
          start_(frame.seed, Purpose::scan_start, model.name()),
          success_(frame.seed, Purpose::success, model.name()),
          lanes_(frame.lanes) {}

    void launch(const Source& source, const Window& window, unsigned lane) override;
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override { return lanes_[lane].due.next_step(); }
    Scans scans_represented() const override;
    void save(StateWriter& out) const override;
    void load(const StateReader& in, const Window& last) override;
    double rate_per_s(HostId source) const override { return pace_.per_s(source); }

  private:
    struct Lane {
        Streams<Walk> walks;
        Calendar<std::uint32_t> due;  ///< walks by the step of their next hit
        std::int64_t scans = 0;
    };

    std::int64_t draw_start(const Source& source, const Target& target) const;
    std::int64_t first_behind(const Walk& walk) const;
    std::int64_t place(const Walk& walk, std::int64_t member) const {
        return model_.index_in(walk.target, model_.pool().at(walk.slice.first + member));
    }
    bool time_next(Walk& walk) const;
    bool move_on(Walk& walk) const;

    const ScanModel& model_;
    OutbreakFrame frame_;
    ScanPace pace_;
    Draws start_, success_;
    std::vector<Lane> lanes_;
};

void SequentialScans::launch(const Source& source, const Window& window, unsigned lane_index) {
    if (!model_.serves(source.host)) {
        return;
    }
    Lane& lane = lanes_[lane_index];
    const MicroRate rate = pace_.of(source.host);
    lane.scans += pace_.scans(source.host, rate, source.from, source.until);
    const Target target = model_.around(source.host);
    const Pool::Slice slice = model_.pool().within(target.hosts);
    if (rate <= 0 || slice.size == 0) {
        return;
    }
    Walk walk{source.host,
              source.from,
              std::min(source.until, frame_.end_us),
              1e12 / static_cast<double>(rate),
              target,
              slice,
              draw_start(source, target),
              0,
              0,
              0,
              source.from,
              source.ordinal,
              0};
    walk.next = first_behind(walk);
    if (walk.next == slice.size) {
        walk.next = 0;
        walk.laps = static_cast<std::int64_t>(target.addresses);
    }
    if (time_next(walk)) {
        lane.due.push(pace_.step_after(walk.time, window), lane.walks.add(walk));
    }
}

std::int64_t SequentialScans::draw_start(const Source& source, const Target& target) const {
    const auto draw = start_.pair(static_cast<std::uint64_t>(source.host.value), source.ordinal);
    if (happens(draw[1], model_.settings().local_start)) {
        return model_.index_in(target, source.host);
    }
    return static_cast<std::int64_t>(
        to_index(draw[0], static_cast<std::uint64_t>(target.addresses)));
}

/// The first member behind the start, slice.size if there is none. Members are in address order.
std::int64_t SequentialScans::first_behind(const Walk& walk) const {
    std::int64_t first = 0, last = walk.slice.size;
    while (first < last) {
        const std::int64_t middle = first + (last - first) / 2;
        if (place(walk, middle) > walk.start) {
            last = middle;
        } else {
            first = middle + 1;
        }
    }
    return first;
}

/// When the next hit is; false if the source stops before it.
bool SequentialScans::time_next(Walk& walk) const {
    const std::int64_t passed = place(walk, walk.next) - walk.start + walk.laps;
    const double wait_us = static_cast<double>(passed) * walk.us_per_scan;
    // Compared as a double first: a far hit would not fit an integer.
    if (wait_us >= static_cast<double>(walk.until - walk.from)) {
        return false;
    }
    const auto shows = static_cast<TimeUs>(wait_us + 0.5);
    walk.time = pace_.later(walk.host, walk.time, shows - walk.shown);
    walk.shown = shows;
    return walk.time < walk.until;
}

bool SequentialScans::move_on(Walk& walk) const {
    walk.hits += 1;
    walk.next += 1;
    if (walk.next == walk.slice.size) {
        walk.next = 0;
        walk.laps += static_cast<std::int64_t>(walk.target.addresses);
    }
    return time_next(walk);
}

void SequentialScans::emit(const Window& window, unsigned lane_index, AttemptSink& sink) {
    Lane& lane = lanes_[lane_index];
    for (const std::uint32_t number : lane.due.open(window.step)) {
        Walk& walk = lane.walks[number];
        bool more = true;
        while (more && walk.time < window.end) {
            const auto id = static_cast<std::uint64_t>(walk.host.value);
            if (model_.certain() ||
                happens(success_.bits(id, walk.ordinal, walk.hits), model_.settings().success)) {
                const HostId target = model_.pool().at(walk.slice.first + walk.next);
                if (model_.passes(walk.host, target)) {
                    sink.add(target, walk.time, walk.host, walk.ordinal, walk.hits);
                }
            }
            more = move_on(walk);
        }
        if (more) {
            lane.due.push(walk.time / frame_.step_us, number);
        } else {
            lane.walks.end(number);
        }
    }
    lane.due.close(window.step);
}

Scans SequentialScans::scans_represented() const {
    Scans scans;
    for (const Lane& lane : lanes_) {
        scans.whole += lane.scans;
    }
    return scans;
}

void SequentialScans::save(StateWriter& out) const {
    RowWriter walks = out.of_hosts("walks");
    for (const Lane& lane : lanes_) {
        lane.due.for_each([&](std::int64_t, std::uint32_t number) {
            walks.add(lane.walks[number].host, kept(lane.walks[number]));
        });
        out.of_first("scans").add_all(lane.scans);
    }
}

void SequentialScans::load(const StateReader& in, const Window& last) {
    in.each_host("walks", [&](HostId host, StateRow& row) {
        Walk walk{};
        walk.host = host;
        row.read(kept(walk));
        walk.target = model_.around(host);
        walk.slice = model_.pool().within(walk.target.hosts);
        row.require(0 <= walk.next && walk.next < walk.slice.size);
        Lane& lane = lanes_[lane_of(model_.context().partition.to_local(host), lanes_.size())];
        lane.due.push(pace_.step_after(walk.time, last), lane.walks.add(walk));
    });
    load_scans(in, lanes_);
}

}  // namespace

std::unique_ptr<VectorProcess> start_sequential_scans(const ScanModel& model,
                                                      const OutbreakFrame& frame) {
    return std::make_unique<SequentialScans>(model, frame);
}

}  // namespace annelid
