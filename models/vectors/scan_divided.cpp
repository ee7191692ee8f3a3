// Strategy divide_and_conquer (Zou, Towsley and Gong 2006): the outbreak's first hosts share all
// addresses evenly. A source probes its part address after address, the j-th at j / r, and with
// each hit on a host that can be infected it hands over the second half of what is left. So every
// address is probed by one source at most, and once.
//
// A part travels beside the attempt and waits at its host until that is infectious, whoever
// infected it. What a host would have got that refuses by then (patched, say) is lost, and so is
// what a source leaves that recovers.
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/scan_model.hpp"
#include "models/vectors/scan_streams.hpp"

#include <algorithm>
#include <unordered_map>

namespace annelid {

namespace {

/// Addresses first, first + 1, … last - 1, handed to a host.
struct Part {
    HostId host;
    TimeUs time;
    std::int64_t first, last;
};

struct Walk {
    HostId host;
    TimeUs from, until;
    MicroRate rate;
    std::int64_t first, last;  ///< its addresses, and where they end by now
    std::int64_t next;         ///< member of the pool
    TimeUs shown;              ///< by the source's clock at the next hit; it starts at 0
    TimeUs time;               ///< of the next hit
    std::uint32_t ordinal;
    std::uint32_t hits;
};

template <class W>
auto kept(W& w) {
    return std::tie(w.from, w.until, w.rate, w.first, w.last, w.next, w.shown, w.time, w.ordinal,
                    w.hits);
}

class DividedScans final : public VectorProcess {
  public:
    DividedScans(const ScanModel& model, const OutbreakFrame& frame);

    void begin_step(const Window& window, const Communicator& ranks) override;
    void launch(const Source& source, const Window& window, unsigned lane) override;
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override;
    Scans scans_represented() const override;
    void save(StateWriter& out) const override;
    void load(const StateReader& in, const Window& last) override;
    double rate_per_s(HostId source) const override { return pace_.per_s(source); }

  private:
    struct Lane {
        Streams<Walk> walks;
        Calendar<std::uint32_t> due;                        ///< walks by the step of their next hit
        std::unordered_map<std::int64_t, Part> parts;       ///< of hosts not yet infectious
        std::unordered_map<std::int64_t, Source> partless;  ///< infectious hosts
        std::vector<Part> handed;                           ///< in the last step
        std::int64_t handed_step = 0;
        std::int64_t scans = 0;
    };

    Lane& lane_with(HostId host) {
        return lanes_[lane_of(model_.context().partition.to_local(host), frame_.lanes)];
    }
    void start(const Source& source, const Part& part, std::int64_t first_step, Lane& lane) const;
    void probe(Walk& walk, const Window& window, Lane& lane, AttemptSink& sink) const;
    bool takes_part(HostId target, TimeUs time) const;
    bool time_next(Walk& walk) const;
    std::int64_t address(std::int64_t member) const {
        return model_.index_in(everywhere_, model_.pool().at(member));
    }
    std::int64_t first_member_from(std::int64_t first) const;
    /// What a source comes to until it stops.
    std::int64_t scans(const Walk& walk) const {
        return std::min(walk.last - walk.first,
                        pace_.scans(walk.host, walk.rate, walk.from, walk.until));
    }

    const ScanModel& model_;
    OutbreakFrame frame_;
    ScanPace pace_;
    Draws success_;
    Target everywhere_;
    std::unordered_map<std::int64_t, Part> first_parts_;  ///< of the outbreak's first hosts
    std::vector<Lane> lanes_;
};

DividedScans::DividedScans(const ScanModel& model, const OutbreakFrame& frame)
    : model_(model),
      frame_(frame),
      pace_(model, frame),
      success_(frame.seed, Purpose::success, model.name()),
      everywhere_(model.around(HostId{0})),
      lanes_(frame.lanes) {
    std::vector<HostId> sharing;
    for (const HostId seed : frame.seeds) {
        Traits traits{};
        model.context().population.draw_traits(seed, {&traits, 1});
        if (first_parts_.emplace(seed.value, Part{seed, 0, 0, 0}).second &&
            model.serves_with(traits)) {
            sharing.push_back(seed);
        }
    }
    const auto addresses = static_cast<__int128>(everywhere_.addresses);
    const std::int64_t shares = std::ssize(sharing);
    for (std::int64_t i = 0; i < shares; ++i) {
        Part& part = first_parts_[sharing[static_cast<std::size_t>(i)].value];
        part.first = static_cast<std::int64_t>(addresses * i / shares);
        part.last = static_cast<std::int64_t>(addresses * (i + 1) / shares);
    }
}

void DividedScans::launch(const Source& source, const Window& window, unsigned lane_index) {
    if (!model_.serves(source.host)) {
        return;
    }
    Lane& lane = lanes_[lane_index];
    const std::int64_t id = source.host.value;
    const auto first = first_parts_.find(id);
    if (first != first_parts_.end()) {
        if (source.ordinal == 0) {  // a part is probed once
            start(source, first->second, window.step + 1, lane);
        }
        return;
    }
    if (const auto part = lane.parts.find(id); part != lane.parts.end()) {
        start(source, part->second, window.step + 1, lane);
        lane.parts.erase(part);
    } else {
        lane.partless.insert_or_assign(id, source);
    }
}

/// Every rank hears of every part, as few as hosts are infected in a step.
void DividedScans::begin_step(const Window& window, const Communicator& ranks) {
    std::vector<Part> handed;
    for (Lane& lane : lanes_) {
        handed.insert(handed.end(), lane.handed.begin(), lane.handed.end());
        lane.handed.clear();
    }
    const Partition& partition = model_.context().partition;
    for (const Part& part : ranks.gather_all(std::span<const Part>(handed))) {
        if (!partition.is_local(part.host)) {
            continue;
        }
        Lane& lane = lane_with(part.host);
        const auto source = lane.partless.find(part.host.value);
        if (source == lane.partless.end()) {
            lane.parts.emplace(part.host.value, part);
        } else {
            start(source->second, part, window.step, lane);
            lane.partless.erase(source);
        }
    }
}

void DividedScans::start(const Source& source, const Part& part, std::int64_t first_step,
                         Lane& lane) const {
    Walk walk{source.host,
              std::max(source.from, part.time),
              std::min(source.until, frame_.end_us),
              pace_.of(source.host),
              part.first,
              part.last,
              0,
              0,
              0,
              source.ordinal,
              0};
    walk.time = walk.from;
    if (walk.rate <= 0 || walk.from >= walk.until || part.first >= part.last) {
        return;
    }
    lane.scans += scans(walk);
    walk.next = first_member_from(part.first);
    if (time_next(walk)) {
        lane.due.push(std::max(first_step, walk.time / frame_.step_us), lane.walks.add(walk));
    }
}

/// The first member with this address or a higher one. Members are in address order.
std::int64_t DividedScans::first_member_from(std::int64_t first) const {
    std::int64_t low = 0, high = model_.pool().size();
    while (low < high) {
        const std::int64_t middle = low + (high - low) / 2;
        if (address(middle) >= first) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/// When the next hit is; false if the source stops before it.
bool DividedScans::time_next(Walk& walk) const {
    if (walk.next >= model_.pool().size()) {
        return false;
    }
    const std::int64_t at = address(walk.next);
    const double wait_us =
        static_cast<double>(at - walk.first + 1) * (1e12 / static_cast<double>(walk.rate));
    // Compared as a double first: a far hit would not fit an integer.
    if (at >= walk.last || wait_us >= static_cast<double>(walk.until - walk.from)) {
        return false;
    }
    const auto shows = static_cast<TimeUs>(wait_us + 0.5);
    walk.time = pace_.later(walk.host, walk.time, shows - walk.shown);
    walk.shown = shows;
    return walk.time < walk.until;
}

void DividedScans::emit(const Window& window, unsigned lane_index, AttemptSink& sink) {
    Lane& lane = lanes_[lane_index];
    lane.handed_step = window.step;
    for (const std::uint32_t number : lane.due.open(window.step)) {
        Walk& walk = lane.walks[number];
        bool more = true;
        while (more && walk.time < window.end) {
            probe(walk, window, lane, sink);
            walk.hits += 1;
            walk.next += 1;
            more = time_next(walk);
        }
        if (more) {
            lane.due.push(walk.time / frame_.step_us, number);
        } else {
            lane.walks.end(number);
        }
    }
    lane.due.close(window.step);
}

void DividedScans::probe(Walk& walk, const Window& window, Lane& lane, AttemptSink& sink) const {
    const auto id = static_cast<std::uint64_t>(walk.host.value);
    if (!model_.certain() &&
        !happens(success_.bits(id, walk.ordinal, walk.hits), model_.settings().success)) {
        return;
    }
    const HostId target = model_.pool().at(walk.next);
    sink.add(target, walk.time, walk.host, walk.ordinal, walk.hits);
    const TimeUs time = std::max(walk.time, window.begin);
    if (target == walk.host || !takes_part(target, time)) {
        return;
    }
    const std::int64_t left = address(walk.next) + 1;
    const std::int64_t middle = left + (walk.last - left + 1) / 2;
    if (middle < walk.last) {
        lane.handed.push_back({target, time, middle, walk.last});
        lane.scans -= scans(walk);
        walk.last = middle;
        lane.scans += scans(walk);
    }
}

/// Whether the source can tell that its probe infects: the target carries what is required and is
/// switched on, and is none of the first hosts.
bool DividedScans::takes_part(HostId target, TimeUs time) const {
    return !first_parts_.contains(target.value) && model_.is_carrier(target) &&
           (pace_.hours() == nullptr || pace_.hours()->is_on(target, time));
}

std::int64_t DividedScans::next_step(unsigned lane_index) const {
    const Lane& lane = lanes_[lane_index];
    const std::int64_t next = lane.due.next_step();
    return lane.handed.empty() ? next : std::min(next, lane.handed_step + 1);
}

Scans DividedScans::scans_represented() const {
    Scans scans;
    for (const Lane& lane : lanes_) {
        scans.whole += lane.scans;
    }
    return scans;
}

void DividedScans::save(StateWriter& out) const {
    RowWriter walks = out.of_hosts("walks"), parts = out.of_hosts("parts"),
              handed = out.of_hosts("handed"), partless = out.of_hosts("partless");
    for (const Lane& lane : lanes_) {
        lane.due.for_each([&](std::int64_t, std::uint32_t number) {
            walks.add(lane.walks[number].host, kept(lane.walks[number]));
        });
        for (const auto& [host, part] : lane.parts) {
            parts.add(part.host, part.time, part.first, part.last);
        }
        for (const Part& part : lane.handed) {
            handed.add(part.host, part.time, part.first, part.last);
        }
        for (const auto& [host, source] : lane.partless) {
            partless.add(source.host, source.ordinal, source.from, source.until);
        }
        out.of_first("scans").add_all(lane.scans);
    }
}

void DividedScans::load(const StateReader& in, const Window& last) {
    in.each_host("walks", [&](HostId host, StateRow& row) {
        Walk walk{};
        walk.host = host;
        row.read(kept(walk));
        row.require(0 <= walk.next && walk.next < model_.pool().size());
        Lane& lane = lane_with(host);
        lane.due.push(pace_.step_after(walk.time, last), lane.walks.add(walk));
    });
    const auto read_part = [](HostId host, StateRow& row) {
        Part part{host, 0, 0, 0};
        row.read(part.time, part.first, part.last);
        return part;
    };
    in.each_host("parts", [&](HostId host, StateRow& row) {
        lane_with(host).parts.emplace(host.value, read_part(host, row));
    });
    in.each_host("handed", [&](HostId host, StateRow& row) {
        lane_with(host).handed.push_back(read_part(host, row));
    });
    in.each_host("partless", [&](HostId host, StateRow& row) {
        Source source{host, 0, 0, 0};
        row.read(source.ordinal, source.from, source.until);
        lane_with(host).partless.insert_or_assign(host.value, source);
    });
    for (Lane& lane : lanes_) {
        lane.handed_step = last.step;
    }
    load_scans(in, lanes_);
}

}  // namespace

std::unique_ptr<VectorProcess> start_divided_scans(const ScanModel& model,
                                                   const OutbreakFrame& frame) {
    return std::make_unique<DividedScans>(model, frame);
}

}  // namespace annelid
