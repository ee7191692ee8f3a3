// Outages that cascade between the sectors of a country.
//
// A dependency d says that sectors `dependents` of a country need sector `provider` there:
//
//   own(d, t)     hosts of the provider's organisations that are out by themselves
//                 > share(d) x hosts of all its organisations
//   failed(d, t)  own(d, t), or the provider has lost service by dependency
//   lost(q, t)    a dependency d of sector q has failed, without a gap, for backup(d) or longer
//
// These equations can hold each other up: two sectors that depend on each other could stay lost for
// ever. failed and lost are therefore the least sets that they allow: all that is lost is so by a
// chain of dependencies from a provider that fails by itself *now*. When that one is back, all that
// hung on it is back at the same instant, so no black start has to be modelled (real ones take
// hours to days).
//
// Shares go by hosts, which stand for how much of a country an organisation serves: a plain count
// would be one of small firms. A provider that is back at the very instant at which a backup ends
// is in time, and a backup is full again at once. A sector without organisations in a country never
// loses service there, nor passes a loss on. Compare Rinaldi, Peerenboom and Kelly (2001): the
// dependency here is geographic by country, and binary. With backup 0 and one country this is
// directed reachability, as in cascades on interdependent networks (Buldyrev et al. 2010).
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/state.hpp"
#include "engine/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

namespace annelid {

/// Shares and thresholds are whole millionths, so that they compare exactly.
inline constexpr std::int64_t parts_per_million = 1'000'000;

struct Dependency {
    std::string name;
    std::size_t provider = 0;             ///< sector
    std::vector<std::size_t> dependents;  ///< sectors, not the provider
    std::int64_t share_ppm = 500'000;     ///< more of the provider than this fails it
    TimeUs backup = 0;                    ///< for how long the dependents go on without it
};

/// What there is of a sector in a country.
struct ServicePlace {
    std::int64_t organisations = 0;
    std::int64_t hosts = 0;
};

/// An organisation goes out of service by itself, or is back.
struct Crossing {
    TimeUs time;
    HostId organisation;  ///< its first host
    std::int64_t hosts;
    std::int32_t country, sector;
    bool out;
};

/// A change of what is counted. An organisation that is out for both reasons counts as `own` alone.
struct ServiceChange {
    enum class Kind : std::uint8_t { own, dependency };
    TimeUs time;
    std::int32_t country, sector;
    HostId organisation;  ///< the first host of the only one; no_host: of kind dependency
    Kind kind;
    std::int64_t organisations;  ///< more of them (less, where negative) out for this reason
    bool operator==(const ServiceChange&) const = default;
};

class Cascades {
  public:
    /// `places`: by country, then sector. Refers to the dependencies.
    Cascades(const std::vector<Dependency>& dependencies, const std::vector<ServicePlace>& places,
             std::size_t num_sectors);

    /// When a backup ends next; `never` if none is running.
    TimeUs next_time() const;

    /// All that happens at `time`, which is not beyond next_time(): the crossings, of that time and
    /// in the order of their organisations, and backups that end. Adds the changes: the crossings
    /// first, then one of each sector whose number by dependency is another one now. Calls are for
    /// one time after the other.
    void play(TimeUs time, std::span<const Crossing> crossings, std::vector<ServiceChange>& out);

    /// The same on all ranks.
    void save(StateWriter& out) const;
    void load(const StateReader& in);

    /// True while a sector is lost by dependency, whether or not its organisations are out anyway.
    bool lost(std::size_t country, std::size_t sector) const {
        return places_[country * num_sectors_ + sector].lost;
    }

  private:
    struct Place {
        std::int64_t organisations, hosts;
        std::int64_t organisations_out = 0, hosts_out = 0;  ///< by themselves
        std::int64_t by_dependency = 0;                     ///< organisations out by it alone
        bool lost = false;
    };

    bool fails_by_itself(const Dependency& dependency, std::size_t country) const;
    void refresh(std::size_t country, TimeUs time, std::vector<ServiceChange>& out);
    std::vector<bool> find_failed(std::size_t country, TimeUs time, std::vector<bool>& lost) const;

    const std::vector<Dependency>& dependencies_;
    std::size_t num_sectors_;
    std::vector<Place> places_;  ///< by country, then sector
    std::vector<TimeUs> since_;  ///< by country, then dependency: when it failed; `never` if not
    std::set<std::tuple<TimeUs, std::size_t, std::size_t>> due_;  ///< end of backup, country, which
};

}  // namespace annelid
