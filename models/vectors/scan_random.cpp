// Strategy random: Poisson streams of hits, and the limit on the scans of all sources together.
#include "engine/chance/log.hpp"
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "models/vectors/scan_model.hpp"
#include "models/vectors/scan_streams.hpp"

#include <map>
#include <queue>

namespace annelid {

namespace {

constexpr std::size_t prefetch_ahead = 8;

/// The Poisson process of one source's hits, one cache line. `sum` is the exact sum of unit-rate
/// gaps: every hit is rounded to a microsecond once, from the start, and not gap by gap.
struct alignas(64) Stream {
    HostId host;
    TimeUs from, until;
    double sum;
    double us_per_hit;
    std::uint64_t target_bits;  ///< which member of the pool the next hit is on
    std::uint32_t pool_first;
    std::uint32_t pool_size;
    std::uint32_t ordinal;
    std::uint32_t hits;

    TimeUs next() const { return from + static_cast<TimeUs>(sum * us_per_hit + 0.5); }
};
static_assert(sizeof(Stream) == 64);

template <class S>
auto kept(S& s) {
    return std::tie(s.from, s.until, s.sum, s.us_per_hit, s.target_bits, s.pool_first, s.pool_size,
                    s.ordinal, s.hits);
}

class RandomScans final : public VectorProcess {
  public:
    RandomScans(const ScanModel& model, const OutbreakFrame& frame)
        : model_(model),
          frame_(frame),
          pace_(model, frame),
          scan_(frame.seed, Purpose::scan, model.name()),
          success_(frame.seed, Purpose::success, model.name()),
          thinning_(frame.seed, Purpose::thinning, model.name()),
          limit_(static_cast<MicroRate>(model.settings().total_rate_limit * micro)),
          certain_(model.certain()),
          lanes_(frame.lanes) {}

    void begin_step(const Window& window, const Communicator& ranks) override;
    void launch(const Source& source, const Window& window, unsigned lane) override;
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override { return lanes_[lane].due.next_step(); }
    Scans scans_represented() const override;
    void save(StateWriter& out) const override;
    void load(const StateReader& in, const Window& last) override;
    // What a limit leaves of a source's scans is only known step by step.
    std::int64_t internet_addresses() const override {
        return model_.scans_internet() && limit_ == 0 ? model_.settings().addresses : 0;
    }
    MicroRate internet_rate(HostId host) const override {
        return model_.serves(host) ? pace_.of(host) : 0;
    }
    double rate_per_s(HostId source) const override { return pace_.per_s(source); }

  private:
    struct RateChange {
        TimeUs time;
        MicroRate change;
    };
    /// A source that scans again, or for the first time, from `time` on.
    struct Return {
        TimeUs time;
        HostId host;
        MicroRate rate;
        TimeUs until;
        /// The first one is on top of a heap.
        bool operator<(const Return& other) const { return time > other.time; }
    };
    struct Lane {
        Streams<Stream> streams;
        Calendar<std::uint32_t> due;           ///< streams by the step of their next hit
        std::vector<RateChange> rate_changes;  ///< only with a limit
        std::vector<Return> returns;           ///< … and hours
        std::int64_t scans = 0;
    };

    void take_changes(Lane& lane);
    void switch_on_and_off(TimeUs until);
    void limit_from(const Source& source, MicroRate rate, Lane& lane) const;
    void count_limited_scans(TimeUs time, const Communicator& ranks);
    bool draw_next(Stream& stream) const;
    void emit_hit(const Stream& stream, TimeUs time, bool limited, AttemptSink& sink) const;

    const ScanModel& model_;
    OutbreakFrame frame_;
    ScanPace pace_;
    Draws scan_, success_, thinning_;
    MicroRate limit_;
    bool certain_;
    MicroRate total_ = 0;  ///< all sources' rates when the step began; only with a limit
    MicroRate total_here_ = 0;
    TimeUs counted_until_ = 0;
    __int128 limited_scans_ = 0;         ///< in 10^-12 scans
    std::map<TimeUs, MicroRate> later_;  ///< changes of total_here_ still to come
    std::priority_queue<Return> off_;    ///< sources whose changes from then on are not in later_
    std::vector<Lane> lanes_;
};

void RandomScans::begin_step(const Window& window, const Communicator& ranks) {
    if (limit_ == 0) {
        return;
    }
    for (Lane& lane : lanes_) {
        take_changes(lane);
    }
    switch_on_and_off(window.begin);
    // In skipped steps sources only end or are switched: the limit is weighed anew whenever a step
    // begins by which any was.
    do {
        TimeUs next = window.begin;
        if (!later_.empty() && later_.begin()->first < window.begin) {
            const TimeUs change = later_.begin()->first;
            next = std::min(next, (change + frame_.step_us - 1) / frame_.step_us * frame_.step_us);
        }
        count_limited_scans(ranks.min(next), ranks);
    } while (counted_until_ < window.begin);
}

void RandomScans::take_changes(Lane& lane) {
    for (const RateChange& c : lane.rate_changes) {
        later_[c.time] += c.change;
    }
    lane.rate_changes.clear();
    for (const Return& source : lane.returns) {
        off_.push(source);
    }
    lane.returns.clear();
}

/// Adds to later_ the days of sources that begin by `until`.
void RandomScans::switch_on_and_off(TimeUs until) {
    while (!off_.empty() && off_.top().time <= until) {
        Return source = off_.top();
        off_.pop();
        const HostHours hours = pace_.hours()->of(source.host);
        const TimeUs end = std::min(source.until, hours.end_of_day(source.time));
        later_[source.time] += source.rate;
        if (end < frame_.end_us) {
            later_[end] -= source.rate;
        }
        source.time = hours.next_on(end);
        if (source.time < source.until) {
            off_.push(source);
        }
    }
}

/// From when until when a source counts for the limit.
void RandomScans::limit_from(const Source& source, MicroRate rate, Lane& lane) const {
    if (pace_.hours() != nullptr) {
        const TimeUs from = pace_.hours()->next_on(source.host, source.from);
        if (from < std::min(source.until, frame_.end_us)) {
            lane.returns.push_back({from, source.host, rate, source.until});
        }
        return;
    }
    lane.rate_changes.push_back({source.from, rate});
    if (source.until < frame_.end_us) {
        lane.rate_changes.push_back({source.until, -rate});
    }
}

/// Collective. Counts the scans of all sources up to `time`, none of which changed before the step
/// that ends then, and takes the total at that time.
void RandomScans::count_limited_scans(TimeUs time, const Communicator& ranks) {
    __int128 free_scans = 0;  // of this rank's sources, exact where nothing was held back
    TimeUs at = counted_until_;
    while (!later_.empty() && later_.begin()->first <= time) {
        free_scans += static_cast<__int128>(total_here_) * (later_.begin()->first - at);
        at = later_.begin()->first;
        total_here_ += later_.begin()->second;
        later_.erase(later_.begin());
    }
    free_scans += static_cast<__int128>(total_here_) * (time - at);
    const MicroRate before = total_;
    total_ = ranks.sum(total_here_);
    if (std::max(before, total_) <= limit_) {
        limited_scans_ += free_scans;
    } else if (ranks.is_first()) {
        limited_scans_ += static_cast<__int128>(std::min(before, limit_)) * (time - counted_until_);
    }
    counted_until_ = time;
}

void RandomScans::launch(const Source& source, const Window& window, unsigned lane_index) {
    if (!model_.serves(source.host)) {
        return;
    }
    Lane& lane = lanes_[lane_index];
    const MicroRate rate = pace_.of(source.host);
    const Target target = model_.around(source.host);
    const Pool::Slice slice = model_.pool().within(target.hosts);
    if (limit_ > 0) {
        limit_from(source, rate, lane);
    } else {
        lane.scans += pace_.scans(source.host, rate, source.from, source.until);
    }
    if (rate <= 0 || slice.size == 0) {
        return;
    }
    const double scans_per_hit = target.addresses / static_cast<double>(slice.size);
    Stream stream{source.host,
                  source.from,
                  std::min(source.until, frame_.end_us),
                  0,
                  scans_per_hit * 1e12 / static_cast<double>(rate),
                  0,
                  static_cast<std::uint32_t>(slice.first),
                  static_cast<std::uint32_t>(slice.size),
                  source.ordinal,
                  0};
    if (!draw_next(stream)) {
        return;
    }
    const std::uint32_t index = lane.streams.add(stream);
    lane.due.push(pace_.step_after(stream.next(), window), index);
}

/// Moves on to the next hit; false if the source stops before it.
bool RandomScans::draw_next(Stream& s) const {
    const auto draw = scan_.pair(static_cast<std::uint64_t>(s.host.value), s.ordinal, s.hits);
    s.sum += exponential_from_bits(draw[0]);
    s.target_bits = draw[1];
    s.hits += 1;
    // Compared as a double first: a far hit would not fit an integer.
    return s.sum * s.us_per_hit < static_cast<double>(s.until - s.from) && s.next() < s.until;
}

void RandomScans::emit(const Window& window, unsigned lane_index, AttemptSink& sink) {
    Lane& lane = lanes_[lane_index];
    const bool limited = limit_ > 0 && total_ > limit_;
    const std::vector<std::uint32_t>& due = lane.due.open(window.step);
    for (std::size_t i = 0; i < due.size(); ++i) {
        // Streams lie anywhere: ask for those to come while this one is worked on.
        if (i + prefetch_ahead < due.size()) {
            __builtin_prefetch(&lane.streams[due[i + prefetch_ahead]], 1);
        }
        Stream& s = lane.streams[due[i]];
        bool more = true;
        TimeUs time = s.next();
        while (more && time < window.end) {
            emit_hit(s, time, limited, sink);
            more = draw_next(s);
            time = more ? s.next() : window.end;
        }
        if (more) {
            lane.due.push(time / frame_.step_us, due[i]);
        } else {
            lane.streams.end(due[i]);
        }
    }
    lane.due.close(window.step);
}

void RandomScans::emit_hit(const Stream& s, TimeUs time, bool limited, AttemptSink& sink) const {
    const std::uint32_t ordinal = s.hits - 1;
    const auto id = static_cast<std::uint64_t>(s.host.value);
    const bool kept =
        !limited || happens(thinning_.bits(id, s.ordinal, ordinal),
                            static_cast<std::uint64_t>(limit_), static_cast<std::uint64_t>(total_));
    const bool succeeds =
        certain_ || happens(success_.bits(id, s.ordinal, ordinal), model_.settings().success);
    if (kept && succeeds) {
        const auto place = static_cast<std::int64_t>(to_index(s.target_bits, s.pool_size));
        const HostId target = model_.pool().at(s.pool_first + place);
        if (model_.passes(s.host, target)) {
            sink.add(target, time, s.host, s.ordinal, ordinal);
        }
    }
}

Scans RandomScans::scans_represented() const {
    Scans scans{static_cast<std::int64_t>(limited_scans_ / pico_per_scan),
                static_cast<std::int64_t>(limited_scans_ % pico_per_scan)};
    for (const Lane& lane : lanes_) {
        scans.whole += lane.scans;
    }
    return scans;
}

/// What the limit goes by is a sum over ranks: the first one gets what has no host.
void RandomScans::save(StateWriter& out) const {
    RowWriter streams = out.of_hosts("streams"), returns = out.of_hosts("returns");
    RowWriter later = out.of_first("later");
    std::int64_t scans = 0;
    for (const Lane& lane : lanes_) {
        lane.due.for_each([&](std::int64_t, std::uint32_t index) {
            streams.add(lane.streams[index].host, kept(lane.streams[index]));
        });
        for (const RateChange& change : lane.rate_changes) {
            later.add_all(change.time, change.change);
        }
        for (const Return& source : lane.returns) {
            returns.add(source.host, source.time, source.rate, source.until);
        }
        scans += lane.scans;
    }
    for (const auto& [time, change] : later_) {
        later.add_all(time, change);
    }
    for (auto off = off_; !off.empty(); off.pop()) {
        returns.add(off.top().host, off.top().time, off.top().rate, off.top().until);
    }
    out.of_first("scans").add_all(scans, static_cast<std::int64_t>(limited_scans_ / pico_per_scan),
                                  static_cast<std::int64_t>(limited_scans_ % pico_per_scan),
                                  total_here_);
    out.of_all("limit").add_all(total_, counted_until_);
}

void RandomScans::load(const StateReader& in, const Window& last) {
    in.each_host("streams", [&](HostId host, StateRow& row) {
        Stream stream{};
        stream.host = host;
        row.read(kept(stream));
        row.require(std::int64_t{stream.pool_first} + stream.pool_size <= model_.pool().size() &&
                    stream.pool_size > 0);
        Lane& lane = lanes_[lane_of(model_.context().partition.to_local(host), frame_.lanes)];
        lane.due.push(pace_.step_after(stream.next(), last), lane.streams.add(stream));
    });
    in.each_of_first("later", [&](StateRow& row) {
        RateChange change{};
        row.read(change.time, change.change);
        later_[change.time] += change.change;
    });
    in.each_host("returns", [&](HostId host, StateRow& row) {
        Return source{0, host, 0, 0};
        row.read(source.time, source.rate, source.until);
        off_.push(source);
    });
    in.each_of_first("scans", [&](StateRow& row) {
        std::int64_t scans = 0, whole = 0, pico = 0;
        MicroRate here = 0;
        row.read(scans, whole, pico, here);
        lanes_[0].scans += scans;
        limited_scans_ += static_cast<__int128>(whole) * pico_per_scan + pico;
        total_here_ += here;
    });
    in.each_of_all("limit", [&](StateRow& row) { row.read(total_, counted_until_); });
}

}  // namespace

std::unique_ptr<VectorProcess> start_random_scans(const ScanModel& model,
                                                  const OutbreakFrame& frame) {
    return std::make_unique<RandomScans>(model, frame);
}

}  // namespace annelid
