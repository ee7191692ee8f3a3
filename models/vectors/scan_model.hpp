// What the strategies of vector `scan` share: where a source probes and how fast.
#pragma once

#include "engine/chance/draws.hpp"
#include "models/vectors/scan.hpp"

#include <algorithm>

namespace annelid {

constexpr double micro = 1e6;  ///< of MicroRate

constexpr std::int64_t pico_per_scan = 1'000'000'000'000;

/// Where a scope lies around one host: the hosts in it and how many addresses it has.
struct Target {
    HostRange hosts;
    double addresses;
    std::int64_t first_address;  ///< of a country or block
};

class ScanModel final : public VectorModel {
  public:
    ScanModel(const std::string& name, const ScanSettings& settings, const VectorContext& context);

    double mean_attempts_per_s() const override;
    double branching_per_s() const override;
    double longest_step_s() const override;
    KeyFaults faults() const override;
    std::unique_ptr<VectorProcess> start(const OutbreakFrame& frame) const override;
    const Pool& pool() const override { return pool_; }
    bool reaches_far() const override { return !is_local_scope(); }
    std::int64_t num_neighbours(HostId host) const override;
    double mean_neighbour_delay_s() const override;

    const ScanSettings& settings() const { return settings_; }
    const VectorContext& context() const { return context_; }
    const Distribution& rate() const { return rate_; }
    bool scans_internet() const { return scope_ == Scope::internet; }
    bool certain() const { return settings_.success >= 1; }

    Target around(HostId host) const;
    /// Position of a member's address in the scope; those of the Internet are spread evenly over
    /// the addresses that nobody has.
    std::int64_t index_in(const Target& target, HostId host) const;
    bool serves_with(Traits traits) const { return carries(traits, source_requires_); }
    bool serves(HostId source) const {
        return serves_with(context_.hosts.traits[context_.partition.to_local(source).value]);
    }
    /// The hosts of a local scope are all on this rank; others know only the pool.
    bool worth_probing(HostId host) const {
        return pool_.lists_members() || !is_local_scope() ||
               carries(context_.hosts.traits[context_.partition.to_local(host).value],
                       requires_traits());
    }
    /// Whether a member of the pool carries what is required; of any rank.
    bool is_carrier(HostId member) const;
    /// False where a probe inside an organisation is lost between two of its segments.
    bool passes(HostId source, HostId target) const {
        return scope_ != Scope::organisation || context_.population.may_talk(source, target);
    }

  private:
    enum class Scope { internet, country, slash_8, slash_16, slash_24, organisation, subnet };
    static Scope scope_of(const std::string& text);

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

/// How fast each host scans during one outbreak, and what that comes to.
class ScanPace {
  public:
    ScanPace(const ScanModel& model, const OutbreakFrame& frame)
        : law_(model.rate()),
          hours_(model.context().hours),
          draws_(frame.seed, Purpose::host_rate, model.name()),
          step_us_(frame.step_us),
          end_us_(frame.end_us) {}

    MicroRate of(HostId host) const {
        const auto id = static_cast<std::uint64_t>(host.value);
        return static_cast<MicroRate>(law_.quantile(draws_.bits(id)) * micro + 0.5);
    }
    double per_s(HostId host) const { return static_cast<double>(of(host)) / micro; }
    /// Scans of `host`, while it is on, in [from, until) and before the end of the run.
    std::int64_t scans(HostId host, MicroRate rate, TimeUs from, TimeUs until) const {
        const TimeUs last = std::min(until, end_us_);
        if (last <= from) {
            return 0;
        }
        const TimeUs time =
            hours_ != nullptr ? hours_->on_time_between(host, from, last) : last - from;
        return static_cast<std::int64_t>(static_cast<__int128>(rate) * time / pico_per_scan);
    }
    /// When a source's clock shows `more` than at `time`: it stands still while the source is off.
    TimeUs later(HostId host, TimeUs time, TimeUs more) const {
        return hours_ != nullptr ? hours_->on_time_after(host, time, more) : time + more;
    }
    const Hours* hours() const { return hours_; }
    /// Where an attempt goes in the calendar whose source is told of in `window`.
    std::int64_t step_after(TimeUs time, const Window& window) const {
        return std::max(window.step + 1, time / step_us_);
    }
    TimeUs end_us() const { return end_us_; }

  private:
    const Distribution& law_;
    const Hours* hours_;  ///< null where every host is always on
    Draws draws_;
    TimeUs step_us_, end_us_;
};

/// Takes back the scans that all lanes have counted, which only their sum matters of.
template <class Lanes>
void load_scans(const StateReader& in, Lanes& lanes) {
    in.each_of_first("scans", [&](StateRow& row) {
        std::int64_t scans = 0;
        row.read(scans);
        lanes.front().scans += scans;
    });
}

std::unique_ptr<VectorProcess> start_random_scans(const ScanModel& model,
                                                  const OutbreakFrame& frame);
std::unique_ptr<VectorProcess> start_sweeps(const ScanModel& model, const OutbreakFrame& frame);
std::unique_ptr<VectorProcess> start_sequential_scans(const ScanModel& model,
                                                      const OutbreakFrame& frame);
std::unique_ptr<VectorProcess> start_permutation_scans(const ScanModel& model,
                                                       const OutbreakFrame& frame);
std::unique_ptr<VectorProcess> start_divided_scans(const ScanModel& model,
                                                   const OutbreakFrame& frame);
/// Collective. Works through the hit list before it scans as `then` does.
std::unique_ptr<VectorProcess> start_hit_list(const ScanModel& model, const OutbreakFrame& frame,
                                              std::unique_ptr<VectorProcess> then);

}  // namespace annelid
