// Which organisations are out of service, by themselves and by what they depend on.
//
//   out(o, t)  <=>  sum of weight(h), hosts h of o disrupted at t  >  threshold x sum of weight(h),
//                                                                     all hosts h of o
//
// A host is disrupted while any worm has it in a state of that flag. Its weight goes by its role,
// the largest where it has several. Weights are integers and the threshold whole millionths, so
// that sides compare exactly; exactly the threshold is not out. Households (sector `home`) are no
// organisations. What follows for sectors that depend on others is in cascades.hpp.
//
// Outages act on no host, so a step's are found after it was played: all ranks gather the few
// organisations that crossed the threshold, and play them in the order (time, organisation) with
// the backups that end, alike. An organisation has to lie on one rank: blocks do, any other
// partition only where organisations have one host.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/state.hpp"
#include "engine/base/time.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"
#include "engine/spread/cascades.hpp"
#include "engine/spread/vector.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace annelid {

/// How much a host counts in its organisation. At most a million each.
struct RoleWeights {
    std::int64_t workstation = 1, server = 1, administrator = 1, domain_controller = 1;

    std::int64_t of(Traits traits) const;
};

struct ServiceRules {
    std::int64_t threshold_ppm = 500'000;
    RoleWeights weights;
    std::vector<Dependency> dependencies;
};

/// The organisations of each country and sector, by country, then sector; none of sector `home`.
std::vector<ServicePlace> count_services(const Population& population);

class Services {
  public:
    /// Refers to both.
    Services(const ServiceRules& rules, const Population& population);
    Services(const Services&) = delete;
    Services& operator=(const Services&) = delete;

    /// A host of this rank is disrupted from `time` on, or not any more; called where that changes,
    /// by one thread at a time, in any order. Not for a time that settle() has been through.
    void disrupt(HostId host, TimeUs time, bool disrupted) {
        pending_.push_back({host, time, disrupted});
    }

    /// Collective. All changes before window.end, in order, alike on all ranks: sums over ranks
    /// take them from one. Windows may be left out; what fell due meanwhile is played late, at its
    /// exact time.
    const std::vector<ServiceChange>& settle(const Window& window, const Communicator& ranks);

    /// Between two steps.
    void save(StateWriter& out) const;
    void load(const StateReader& in);

    /// When a change comes that no host makes: a backup ends. `never` if none does.
    TimeUs next_time() const { return cascades_.next_time(); }

    const std::vector<ServicePlace>& places() const { return places_; }
    const Cascades& cascades() const { return cascades_; }

  private:
    /// One with a host that has been disrupted.
    struct State {
        std::int64_t weight;  ///< of all its hosts
        std::int64_t disrupted = 0;
        bool out = false;
    };
    struct Change {
        HostId host;
        TimeUs time;
        bool disrupted;
    };

    std::int64_t weight_of(const Organisation& organisation) const;
    std::vector<Crossing> find_crossings(TimeUs before);
    void find_crossings(const Organisation& organisation, std::span<Change> changes,
                        std::vector<Crossing>& out);

    const ServiceRules& rules_;
    const Population& population_;
    std::vector<ServicePlace> places_;
    Cascades cascades_;
    std::unordered_map<std::int64_t, State>
        organisations_;  ///< by first host; never walked through
    std::vector<Change> pending_;
    std::vector<ServiceChange> changes_;
};

}  // namespace annelid
