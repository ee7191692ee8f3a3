#include "models/vectors/scan.hpp"

#include "engine/base/errors.hpp"
#include "engine/chance/draws.hpp"
#include "engine/chance/log.hpp"
#include "engine/chance/permutation.hpp"
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace annelid {

namespace {

/// Rates are kept as whole scans per 10^6 s, so that sums over sources are exact.
using MicroRate = std::int64_t;
constexpr double micro = 1e6;

/// A micro-rate over a microsecond makes 10^-12 scans.
constexpr std::int64_t pico_per_scan = 1'000'000'000'000;

constexpr std::size_t prefetch_ahead = 8;

enum class Scope { internet, country, slash_8, slash_16, slash_24, organisation, subnet };

Scope scope_of(const std::string& text) {
    if (text == "country")
        return Scope::country;
    if (text == "/8")
        return Scope::slash_8;
    if (text == "/16")
        return Scope::slash_16;
    if (text == "/24")
        return Scope::slash_24;
    if (text == "organisation")
        return Scope::organisation;
    if (text == "subnet")
        return Scope::subnet;
    return Scope::internet;
}

/// Where a scope lies around one host: the hosts in it and how many addresses it has.
struct Target {
    HostRange hosts;
    double addresses;
    std::int64_t first_address;  ///< of a block of addresses
};

class ScanModel final : public VectorModel {
  public:
    ScanModel(const std::string& name, const ScanSettings& settings, const VectorContext& context)
        : VectorModel(name, trait_mask(settings.requires_traits), settings.follows),
          settings_(settings),
          context_(context),
          scope_(scope_of(settings.scope)),
          rate_(settings.rate),
          pool_(context.population, context.partition, context.hosts, requires_traits(),
                context.ranks),
          source_requires_(trait_mask(settings.source_requires)) {
        count_sources();
    }

    double mean_attempts_per_s() const override;
    std::unique_ptr<VectorProcess> start(const OutbreakFrame& frame) const override;

    bool sweeps() const { return settings_.strategy == "sweep"; }
    const ScanSettings& settings() const { return settings_; }
    const Distribution& rate() const { return rate_; }
    const Pool& pool() const override { return pool_; }
    bool reaches_far() const override { return !is_local_scope(); }
    std::int64_t num_neighbours(HostId host) const override;
    double mean_neighbour_delay_s() const override;

    Target around(HostId host) const;
    /// Position of a member's address in the scope, for a sweep.
    std::int64_t index_in(const Target& target, HostId host) const;
    bool serves(HostId source) const {
        return carries(context_.hosts.traits[context_.partition.to_local(source).value],
                       source_requires_);
    }
    /// The hosts of a local scope are all on this rank; others know only the pool.
    bool worth_probing(HostId host) const {
        return pool_.lists_members() || !is_local_scope() ||
               carries(context_.hosts.traits[context_.partition.to_local(host).value],
                       requires_traits());
    }

    /// False where a probe inside an organisation is lost between two of its segments.
    bool passes(HostId source, HostId target) const {
        return scope_ != Scope::organisation || context_.population.may_talk(source, target);
    }

  private:
    bool is_local_scope() const { return scope_ == Scope::organisation || scope_ == Scope::subnet; }
    double internet_addresses() const {
        return static_cast<double>(settings_.addresses) * context_.population.address_scale();
    }
    void count_sources();
    Target block(HostId host, std::int64_t size) const;

    ScanSettings settings_;
    VectorContext context_;
    Scope scope_;
    Distribution rate_;
    Pool pool_;
    Traits source_requires_;
    double source_share_ = 1;  ///< of the hosts that carry the target's traits
};

void ScanModel::count_sources() {
    const auto both = static_cast<Traits>(source_requires_ | requires_traits());
    if (both != requires_traits() && pool_.num_carriers() > 0) {
        const auto& traits = context_.hosts.traits;
        const std::int64_t mine =
            std::count_if(traits.begin(), traits.end(), [&](Traits t) { return carries(t, both); });
        source_share_ = static_cast<double>(context_.ranks.sum(mine)) /
                        static_cast<double>(pool_.num_carriers());
    }
}

Target ScanModel::block(HostId host, std::int64_t size) const {
    const std::int64_t first = context_.population.address_of(host) / size * size;
    return {context_.population.hosts_at(first, first + size), static_cast<double>(size), first};
}

Target ScanModel::around(HostId host) const {
    const Population& population = context_.population;
    switch (scope_) {
        case Scope::country: {
            const auto index = static_cast<std::size_t>(population.cell_of(host).country);
            const Country& country = population.countries()[index];
            return {country.hosts, static_cast<double>(country.num_addresses), 0};
        }
        case Scope::slash_8:
            // One part in 256 of all addresses, however many the scaled world has.
            return block(host, static_cast<std::int64_t>(0x1.0p24 * population.address_scale()));
        case Scope::slash_16:
            return block(host, 1 << 16);
        case Scope::slash_24:
            return block(host, 1 << 8);
        case Scope::organisation: {
            const HostRange hosts = population.organisation_of(host);
            const std::int64_t subnets = population.num_subnets(hosts.size());
            return {hosts, static_cast<double>(subnets * population.subnet_hosts()), 0};
        }
        case Scope::subnet:
            return {population.subnet_of(host), static_cast<double>(population.subnet_hosts()), 0};
        case Scope::internet:
            break;
    }
    return {population.all(), internet_addresses(), 0};
}

std::int64_t ScanModel::index_in(const Target& target, HostId host) const {
    if (!is_local_scope()) {
        return context_.population.address_of(host) - target.first_address;
    }
    const HostRange subnet = context_.population.subnet_of(host);
    const std::int64_t hosts = target.hosts.size();
    const std::int64_t number = scope_ == Scope::subnet
                                    ? 0
                                    : (host.value - target.hosts.first.value) *
                                          context_.population.num_subnets(hosts) / hosts;
    return number * context_.population.subnet_hosts() + (host.value - subnet.first.value);
}

double ScanModel::mean_attempts_per_s() const {
    const auto carriers = static_cast<double>(pool_.num_carriers());
    double places = internet_addresses();
    if (is_local_scope()) {
        places = static_cast<double>(context_.population.num_hosts());  // as if subnets were full
    }
    return rate_.mean() * settings_.success * source_share_ * carriers / places;
}

std::int64_t ScanModel::num_neighbours(HostId host) const {
    if (!is_local_scope()) {
        return 0;
    }
    const Pool::Slice slice = pool_.within(around(host).hosts);
    std::int64_t count = 0;
    for (std::int64_t i = slice.first; i < slice.first + slice.size; ++i) {
        count += pool_.at(i) != host && worth_probing(pool_.at(i)) ? 1 : 0;
    }
    return count;
}

double ScanModel::mean_neighbour_delay_s() const {
    // A sweep finds a host after half its length on average, random probes after its whole length.
    const double length_s = static_cast<double>(context_.population.subnet_hosts()) / rate_.mean();
    return is_local_scope() ? (sweeps() ? 0.5 : 1.0) * length_s : 0;
}

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

/// Streams by number. They never move: growing copies nothing and touches no page twice.
class Streams {
  public:
    Stream& operator[](std::uint32_t i) { return chunks_[i / chunk][i % chunk]; }

    /// A place for one more, that of one that is over where there is any.
    std::uint32_t add(const Stream& stream) {
        std::uint32_t i = used_;
        if (over_.empty()) {
            if (used_++ % chunk == 0) {
                chunks_.push_back(std::make_unique_for_overwrite<Stream[]>(chunk));
            }
        } else {
            i = over_.back();
            over_.pop_back();
        }
        (*this)[i] = stream;
        return i;
    }
    void end(std::uint32_t i) { over_.push_back(i); }

  private:
    static constexpr std::uint32_t chunk = 4096;
    std::vector<std::unique_ptr<Stream[]>> chunks_;
    std::vector<std::uint32_t> over_;
    std::uint32_t used_ = 0;
};

struct Probe {
    TimeUs time;
    HostId target, source;
    std::uint32_t place;  ///< in the order of the sweep
};

class ScanProcess final : public VectorProcess {
  public:
    ScanProcess(const ScanModel& model, const OutbreakFrame& frame)
        : model_(model),
          frame_(frame),
          scan_(frame.seed, Purpose::scan, model.name()),
          order_(frame.seed, Purpose::sweep_order, model.name()),
          success_(frame.seed, Purpose::success, model.name()),
          sweep_success_(frame.seed, Purpose::sweep_success, model.name()),
          thinning_(frame.seed, Purpose::thinning, model.name()),
          rate_(frame.seed, Purpose::host_rate, model.name()),
          limit_(static_cast<MicroRate>(model.settings().total_rate_limit * micro)),
          certain_(model.settings().success >= 1),
          lanes_(frame.lanes) {}

    void begin_step(const Window& window, const Communicator& ranks) override;
    void launch(const Source& source, const Window& window, unsigned lane) override;
    void follow(const Hit& hit, const Source& source, const Window& window, unsigned lane) override;
    void emit(const Window& window, unsigned lane, AttemptSink& sink) override;
    std::int64_t next_step(unsigned lane) const override {
        return std::min(lanes_[lane].due.next_step(), lanes_[lane].probes.next_step());
    }
    Scans scans_represented() const override;

  private:
    struct RateChange {
        TimeUs time;
        MicroRate change;
    };
    struct Lane {
        Streams streams;
        Calendar<std::uint32_t> due;  ///< streams by the step of their next hit
        Calendar<Probe> probes;
        std::vector<RateChange> rate_changes;  ///< only with a limit
        std::int64_t scans = 0;
    };

    MicroRate rate_of(HostId host) const {
        const auto id = static_cast<std::uint64_t>(host.value);
        return static_cast<MicroRate>(model_.rate().quantile(rate_.bits(id)) * micro + 0.5);
    }
    std::int64_t step_after(TimeUs time, const Window& window) const {
        return std::max(window.step + 1, time / frame_.step_us);
    }
    void count_limited_scans(TimeUs time, const Communicator& ranks);
    void count_scans(Lane& lane, MicroRate rate, TimeUs from, TimeUs until) const;
    void sweep(const Source& source, HostId centre, TimeUs from, std::uint32_t number,
               const Window& window, Lane& lane);
    bool draw_next(Stream& stream) const;
    void emit_hit(const Stream& stream, TimeUs time, bool limited, AttemptSink& sink) const;

    const ScanModel& model_;
    OutbreakFrame frame_;
    Draws scan_, order_, success_, sweep_success_, thinning_, rate_;
    MicroRate limit_;
    bool certain_;
    MicroRate total_ = 0;  ///< all sources' rates when the step began; only with a limit
    MicroRate total_here_ = 0;
    TimeUs counted_until_ = 0;
    __int128 limited_scans_ = 0;         ///< in 10^-12 scans
    std::map<TimeUs, MicroRate> later_;  ///< changes of total_here_ still to come
    std::vector<Lane> lanes_;
};

void ScanProcess::begin_step(const Window& window, const Communicator& ranks) {
    if (limit_ == 0) {
        return;
    }
    for (Lane& lane : lanes_) {
        for (const RateChange& c : lane.rate_changes) {
            later_[c.time] += c.change;
        }
        lane.rate_changes.clear();
    }
    // In skipped steps sources only end: the limit is weighed anew whenever a step begins by which
    // any did.
    do {
        TimeUs next = window.begin;
        if (!later_.empty() && later_.begin()->first < window.begin) {
            const TimeUs change = later_.begin()->first;
            next = std::min(next, (change + frame_.step_us - 1) / frame_.step_us * frame_.step_us);
        }
        count_limited_scans(ranks.min(next), ranks);
    } while (counted_until_ < window.begin);
}

/// Collective. Counts the scans of all sources up to `time`, none of which changed before the step
/// that ends then, and takes the total at that time.
void ScanProcess::count_limited_scans(TimeUs time, const Communicator& ranks) {
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

void ScanProcess::count_scans(Lane& lane, MicroRate rate, TimeUs from, TimeUs until) const {
    const TimeUs last = std::min(until, frame_.end_us);
    if (last > from) {
        lane.scans +=
            static_cast<std::int64_t>(static_cast<__int128>(rate) * (last - from) / pico_per_scan);
    }
}

void ScanProcess::launch(const Source& source, const Window& window, unsigned lane_index) {
    if (!model_.serves(source.host)) {
        return;
    }
    Lane& lane = lanes_[lane_index];
    if (model_.sweeps()) {
        sweep(source, source.host, source.from, 0, window, lane);
        return;
    }
    const MicroRate rate = rate_of(source.host);
    const Target target = model_.around(source.host);
    const Pool::Slice slice = model_.pool().within(target.hosts);
    if (limit_ > 0) {
        lane.rate_changes.push_back({source.from, rate});
        if (source.until < frame_.end_us) {
            lane.rate_changes.push_back({source.until, -rate});
        }
    } else {
        count_scans(lane, rate, source.from, source.until);
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
    lane.due.push(step_after(stream.next(), window), index);
}

/// Moves on to the next hit; false if the source stops before it.
bool ScanProcess::draw_next(Stream& s) const {
    const auto draw = scan_.pair(static_cast<std::uint64_t>(s.host.value), s.ordinal, s.hits);
    s.sum += exponential_from_bits(draw[0]);
    s.target_bits = draw[1];
    s.hits += 1;
    // Compared as a double first: a far hit would not fit an integer.
    return s.sum * s.us_per_hit < static_cast<double>(s.until - s.from) && s.next() < s.until;
}

void ScanProcess::sweep(const Source& source, HostId centre, TimeUs from, std::uint32_t number,
                        const Window& window, Lane& lane) {
    const MicroRate rate = rate_of(source.host);
    const TimeUs until = std::min(source.until, frame_.end_us);
    if (rate <= 0 || from >= until) {
        return;
    }
    const Target target = model_.around(centre);
    const auto addresses = static_cast<std::int64_t>(target.addresses);
    const auto id = static_cast<std::uint64_t>(source.host.value);
    const Permutation order(static_cast<std::uint64_t>(addresses),
                            order_.words(id, source.ordinal, number));
    // A sweep has no room left in a counter for its probes: its own draw keys theirs.
    const std::uint64_t probes = sweep_success_.bits(id, source.ordinal, number);
    const double us_per_scan = 1e12 / static_cast<double>(rate);
    const TimeUs whole = from + static_cast<TimeUs>(us_per_scan * target.addresses);
    count_scans(lane, rate, from, std::min(until, whole));
    const Pool::Slice slice = model_.pool().within(target.hosts);
    for (std::int64_t i = slice.first; i < slice.first + slice.size; ++i) {
        const HostId host = model_.pool().at(i);
        if (host == source.host || !model_.worth_probing(host) ||
            !model_.passes(source.host, host)) {
            continue;
        }
        const auto index = static_cast<std::uint64_t>(model_.index_in(target, host));
        const auto place = static_cast<std::uint32_t>(order.position(index));
        const TimeUs time = from + static_cast<TimeUs>(place * us_per_scan + 0.5);
        const bool succeeds =
            certain_ || happens(sweep_success_.bits(probes, place), model_.settings().success);
        if (time < until && succeeds) {
            lane.probes.push(step_after(time, window), {time, host, source.host, place});
        }
    }
}

void ScanProcess::follow(const Hit& hit, const Source& source, const Window& window,
                         unsigned lane) {
    // The reply takes effect when the next step begins.
    if (model_.serves(source.host)) {
        sweep(source, hit.target, std::max(hit.time, window.end), hit.ordinal + 1, window,
              lanes_[lane]);
    }
}

void ScanProcess::emit(const Window& window, unsigned lane_index, AttemptSink& sink) {
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
    for (const Probe& p : lane.probes.open(window.step)) {
        sink.add(p.target, p.time, p.source, p.place);
    }
    lane.probes.close(window.step);
}

void ScanProcess::emit_hit(const Stream& s, TimeUs time, bool limited, AttemptSink& sink) const {
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
            sink.add(target, time, s.host, ordinal);
        }
    }
}

Scans ScanProcess::scans_represented() const {
    Scans scans{static_cast<std::int64_t>(limited_scans_ / pico_per_scan),
                static_cast<std::int64_t>(limited_scans_ % pico_per_scan)};
    for (const Lane& lane : lanes_) {
        scans.whole += lane.scans;
    }
    return scans;
}

std::unique_ptr<VectorProcess> ScanModel::start(const OutbreakFrame& frame) const {
    return std::make_unique<ScanProcess>(*this, frame);
}

}  // namespace

Fields ScanSettings::fields() {
    Field scope_field{"scope", &scope, Unit::none, "addresses that a source probes, around itself"};
    scope_field.choices = {"internet", "country", "/8", "/16", "/24", "organisation", "subnet"};
    Field strategy_field{"strategy", &strategy, Unit::none,
                         "random: independent uniform addresses; sweep: every address once"};
    strategy_field.choices = {"random", "sweep"};
    Field rate_field{"rate", &rate, Unit::rate, "probes per second of one source, over hosts"};
    rate_field.required = true;
    rate_field.max = 1e9;
    Field requires_field{"requires", &requires_traits, Unit::none,
                         "traits that a target must carry"};
    requires_field.choices = {trait_names.begin(), trait_names.end()};
    Field source_field{"source_requires", &source_requires, Unit::none,
                       "traits that a source must carry to use this vector"};
    source_field.choices = requires_field.choices;
    Field follows_field{"follows", &follows, Unit::none,
                        "name of a vector; every hit of it starts a sweep around its target"};
    Field addresses_field{"addresses", &addresses, Unit::none,
                          "addresses of the whole Internet, before scaling (scope internet)"};
    addresses_field.min = 1;
    Field limit_field{"total_rate_limit", &total_rate_limit, Unit::rate,
                      "limit on the probes per second of all sources together; 0: none"};
    limit_field.min = 0;
    limit_field.max = 1e12;
    Field kind_field{"kind", &kind, Unit::none, "the mechanism"};
    kind_field.choices = {"scan"};
    return {
        kind_field,
        scope_field,
        strategy_field,
        rate_field,
        requires_field,
        source_field,
        Field{"success", &success, Unit::share, "probability that a probe of a fit target works"},
        follows_field,
        addresses_field,
        limit_field};
}

KeyFaults ScanSettings::faults(double address_scale) const {
    KeyFaults out;
    const bool too_small = (scope == "/8" && address_scale < 1.0 / 256) ||
                           (scope == "/16" && address_scale < 1.0 / 65536);
    if (too_small) {
        out.push_back({"scope",
                       fmt::format("at {:.3g} modelled hosts per real one it is smaller than the "
                                   "blocks it holds",
                                   address_scale),
                       "use more population.hosts or leave the vector out"});
    }
    if (strategy == "sweep" && (scope == "internet" || scope == "country" || scope == "/8")) {
        out.push_back(
            {"scope", "a sweep probes every address", "use /16, /24, organisation or subnet"});
    }
    return out;
}

std::unique_ptr<VectorModel> make_scan(const std::string& name, const ScanSettings& settings,
                                       const VectorContext& context) {
    refuse("worm.vector." + name, settings.faults(context.population.address_scale()));
    return std::make_unique<ScanModel>(name, settings, context);
}

}  // namespace annelid
