// A hit list before any strategy (Staniford, Paxson and Weaver 2002): a source probes the first
// entry of its part of the list 1 / r after it turned infectious, hands half of what is left to the
// host that it hits, and so on until its part is used up; then it scans.
//
// The outbreak's first hosts share the list evenly. Who gets what of it is fixed with the list:
// part and times of an entry are a pure function of its number. A listed host works through its
// part whoever infected it. A probe that fails hands nothing over; what a host would have got that
// refuses (patched by then or switched off, say) is lost.
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/scan_model.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>

namespace annelid {

namespace {

/// Attempts on the list are numbered apart from those of the scan that follows.
constexpr std::uint32_t first_ordinal = 1u << 31;

/// A host by the draw that gives it its place on the list.
struct Entry {
    std::uint64_t bits;
    std::int64_t host;
    bool operator<(const Entry& other) const {
        return std::tie(bits, host) < std::tie(other.bits, other.host);
    }
};

/// Entries first, first + 1, … last - 1 of the list.
struct Part {
    std::int64_t first = 0, last = 0;
    bool empty() const { return first >= last; }
};

/// The list of one outbreak, the same on every rank: 8 bytes an entry.
class HitList {
  public:
    /// Collective. Carriers with the smallest draws, without the hosts that the outbreak starts
    /// with.
    HitList(const ScanModel& model, const OutbreakFrame& frame);

    HostId operator[](std::int64_t entry) const {
        return entries_[static_cast<std::size_t>(entry)];
    }
    bool works(std::int64_t entry) const {
        return model_.certain() ||
               happens(draws_.pair(id((*this)[entry]))[1], model_.settings().success);
    }
    /// What a host has of the list when it turns infectious.
    Part part_of(HostId host) const;
    /// Takes the first entry from a part and says what that entry is handed.
    Part hand_over(Part& part) const;

  private:
    static std::uint64_t id(HostId host) { return static_cast<std::uint64_t>(host.value); }
    Entry entry_of(HostId host) const { return {draws_.bits(id(host)), host.value}; }
    std::int64_t size() const { return std::ssize(entries_); }
    Part root(std::int64_t seed) const {
        const auto seeds = std::ssize(seeds_);
        return {size() * seed / seeds, size() * (seed + 1) / seeds};
    }
    std::optional<std::int64_t> number_of(HostId host) const;

    const ScanModel& model_;
    Draws draws_;
    std::unordered_map<std::int64_t, std::int64_t> seeds_;  ///< those that use the vector, numbered
    std::vector<HostId> entries_;
};

HitList::HitList(const ScanModel& model, const OutbreakFrame& frame)
    : model_(model), draws_(frame.seed, Purpose::hit_list, model.name()) {
    const VectorContext& context = model.context();
    const std::set<HostId> seeds(frame.seeds.begin(), frame.seeds.end());
    for (const HostId seed : frame.seeds) {
        Traits traits{};
        context.population.draw_traits(seed, {&traits, 1});
        if (model.serves_with(traits)) {
            seeds_.emplace(seed.value, std::ssize(seeds_));
        }
    }
    const auto length = static_cast<std::size_t>(model.settings().hit_list);
    std::vector<Entry> best;  // a heap: the largest draw so far is in front
    for (std::size_t i = 0; i < context.hosts.traits.size(); ++i) {
        const HostId host = context.partition.to_global({static_cast<std::uint32_t>(i)});
        if (!carries(context.hosts.traits[i], model.requires_traits()) || seeds.contains(host)) {
            continue;
        }
        const Entry entry = entry_of(host);
        if (best.size() == length) {
            if (!(entry < best.front())) {
                continue;
            }
            std::pop_heap(best.begin(), best.end());
            best.pop_back();
        }
        best.push_back(entry);
        std::push_heap(best.begin(), best.end());
    }
    best = context.ranks.gather_all(std::span<const Entry>(best));
    std::sort(best.begin(), best.end());
    best.resize(std::min(best.size(), length));
    for (const Entry& entry : best) {
        entries_.push_back({entry.host});
    }
}

std::optional<std::int64_t> HitList::number_of(HostId host) const {
    const Entry wanted = entry_of(host);
    const auto found =
        std::lower_bound(entries_.begin(), entries_.end(), wanted,
                         [&](HostId listed, const Entry& e) { return entry_of(listed) < e; });
    if (found == entries_.end() || *found != host) {
        return {};
    }
    return found - entries_.begin();
}

Part HitList::hand_over(Part& part) const {
    const std::int64_t entry = part.first++;
    Part handed{part.last, part.last};
    if (works(entry)) {
        handed.first = part.first + (part.last - part.first) / 2;
        part.last = handed.first;
    }
    return handed;
}

Part HitList::part_of(HostId host) const {
    if (const auto seed = seeds_.find(host.value); seed != seeds_.end()) {
        return root(seed->second);
    }
    const auto number = number_of(host);
    if (!number || seeds_.empty()) {
        return {};
    }
    // From the seed whose part holds the entry to the source that probes it.
    std::int64_t s = *number * std::ssize(seeds_) / size();
    while (root(s).last <= *number) {
        ++s;
    }
    for (Part part = root(s);;) {
        const bool probed = part.first == *number;
        const Part handed = hand_over(part);
        if (probed) {
            return handed;
        }
        if (*number >= handed.first) {
            part = handed;
        }
    }
}

class HitListScans final : public VectorProcess {
  public:
    HitListScans(const ScanModel& model, const OutbreakFrame& frame,
                 std::unique_ptr<VectorProcess> then)
        : model_(model),
          pace_(model, frame),
          list_(model, frame),
          then_(std::move(then)),
          lanes_(frame.lanes) {}

    void launch(const Source& source, const Window& window, unsigned lane) override;
    void meet(const Hit& hit, const Source& source, const Window& window, unsigned lane) override {
        then_->meet(hit, source, window, lane);
    }
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override {
        return std::min(lanes_[lane].probes.next_step(), then_->next_step(lane));
    }
    Scans scans_represented() const override;
    void save(StateWriter& out) const override;
    void load(const StateReader& in, const Window& last) override;
    double rate_per_s(HostId source) const override { return pace_.per_s(source); }

  private:
    struct Probe {
        TimeUs time;
        HostId target, source;
        std::uint32_t ordinal;
    };
    struct Lane {
        Calendar<Probe> probes;
        std::int64_t scans = 0;
    };

    const ScanModel& model_;
    ScanPace pace_;
    HitList list_;
    std::unique_ptr<VectorProcess> then_;
    std::vector<Lane> lanes_;
};

void HitListScans::launch(const Source& source, const Window& window, unsigned lane_index) {
    if (!model_.serves(source.host)) {
        return;
    }
    Lane& lane = lanes_[lane_index];
    const MicroRate rate = pace_.of(source.host);
    const TimeUs until = std::min(source.until, pace_.end_us());
    Source scanning = source;
    // Only once: a host that is infected again has no list any more.
    Part part = source.ordinal == 0 && rate > 0 ? list_.part_of(source.host) : Part{};
    for (std::uint32_t probes = 1; !part.empty() && scanning.from < until; ++probes) {
        const double wait_us = 1e12 / static_cast<double>(rate) * probes;
        if (wait_us >= static_cast<double>(until - source.from)) {
            scanning.from = until;
            break;
        }
        scanning.from = pace_.later(source.host, source.from, static_cast<TimeUs>(wait_us + 0.5));
        const std::int64_t entry = part.first;
        list_.hand_over(part);
        if (scanning.from < until && list_.works(entry)) {
            lane.probes.push(pace_.step_after(scanning.from, window),
                             {scanning.from, list_[entry], source.host, first_ordinal + probes});
        }
    }
    lane.scans += pace_.scans(source.host, rate, source.from, std::min(until, scanning.from));
    if (scanning.from < until) {
        then_->launch(scanning, window, lane_index);
    }
}

void HitListScans::emit(const Window& window, unsigned lane_index, AttemptSink& sink) {
    Lane& lane = lanes_[lane_index];
    for (const Probe& p : lane.probes.open(window.step)) {
        sink.add(p.target, p.time, p.source, 0, p.ordinal);  // of a host's first stay
    }
    lane.probes.close(window.step);
    if (then_->next_step(lane_index) <= window.step) {
        then_->emit(window, lane_index, sink);
    }
}

Scans HitListScans::scans_represented() const {
    Scans scans = then_->scans_represented();
    for (const Lane& lane : lanes_) {
        scans.whole += lane.scans;
    }
    return scans;
}

void HitListScans::save(StateWriter& out) const {
    RowWriter probes = out.of_hosts("probes");
    for (const Lane& lane : lanes_) {
        lane.probes.for_each([&](std::int64_t, const Probe& p) {
            probes.add(p.source, p.time, p.target, p.ordinal);
        });
        out.of_first("scans").add_all(lane.scans);
    }
    StateWriter then = out.within("then");
    then_->save(then);
}

void HitListScans::load(const StateReader& in, const Window& last) {
    in.each_host("probes", [&](HostId host, StateRow& row) {
        Probe probe{};
        probe.source = host;
        row.read(probe.time, probe.target, probe.ordinal);
        row.require(model_.context().population.has(probe.target));
        lanes_[lane_of(model_.context().partition.to_local(host), lanes_.size())].probes.push(
            pace_.step_after(probe.time, last), probe);
    });
    load_scans(in, lanes_);
    then_->load(in.within("then"), last);
}

}  // namespace

std::unique_ptr<VectorProcess> start_hit_list(const ScanModel& model, const OutbreakFrame& frame,
                                              std::unique_ptr<VectorProcess> then) {
    return std::make_unique<HitListScans>(model, frame, std::move(then));
}

}  // namespace annelid
