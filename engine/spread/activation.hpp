// When a defence is in force, and for whom: a scope, a share of it that complies, and the time at
// which it begins, which a trigger may set for one part of the world after the other.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "engine/chance/draws.hpp"
#include "engine/hosts/population.hpp"
#include "engine/hosts/traits.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace annelid {

/// The parts of the world that are told apart: by who complies, and by what triggers count.
enum class Group { world, country, sector, organisation, host };

/// The number of the group that a host is in: 0, the index of its country or sector, the first host
/// of its organisation, or the host itself.
std::int64_t group_of(const Population& population, Group group, HostId host);

/// The same of a cell: not where its hosts are in different groups.
inline std::int64_t group_of(const Cell& cell, Group group) {
    return group == Group::country ? cell.country : group == Group::sector ? cell.sector : 0;
}

/// How many there are of a kind that few are of: world, countries, sectors; 0 of the others.
std::size_t num_groups(const Population& population, Group group);

/// True if the country, sector or other thing that `name` names complies: `draws` are those of
/// Purpose::compliance. By name, whichever others there are.
bool complies_by_name(const Draws& draws, const std::string& name, double compliance);

struct Scope {
    std::vector<bool> cells;  ///< of the population that are in it; empty: all
    Traits traits = 0;        ///< which a host must carry to be in it
    double compliance = 1;    ///< share of groups that comply
    Group complies = Group::host;
};

class Activation {
  public:
    /// By the clock: everybody begins at `start`. With a trigger `start` is `never`, and begin()
    /// is called for groups of kind `per`. It ends `duration` after it began. `name` keys the draws
    /// of who complies: by numbers in the whole world, so that a larger share contains a smaller.
    Activation(const Population& population, Scope scope, Group per, TimeUs start, TimeUs duration,
               Seed seed, const std::string& name);

    /// A trigger starts it for one group; a second start of the same changes nothing.
    void begin(std::int64_t group, TimeUs time);

    /// When it begins for a host in scope that complies; `never` for others. Pure between two calls
    /// of begin(), and so are the others. `traits` are the host's.
    TimeUs begins_at(HostId host, Traits traits) const;
    TimeUs ends_at(HostId host, Traits traits) const;
    bool in_force(HostId host, Traits traits, TimeUs time) const;
    /// … if the host is in scope: cheap, as most questions come before it begins.
    bool has_begun(HostId host, TimeUs time) const;

    /// True where a host's traits decide whether it is in scope.
    bool asks_for_traits() const { return scope_.traits != 0; }
    bool in_scope(HostId host, Traits traits) const;
    Group per() const { return per_; }
    TimeUs start() const { return start_; }

  private:
    bool complies(HostId host) const;
    TimeUs group_begins_at(HostId host) const;

    const Population& population_;
    Scope scope_;
    Group per_;
    TimeUs start_, duration_;
    Draws draws_;
    std::vector<TimeUs> begins_;                              ///< by world, country or sector
    std::unordered_map<std::int64_t, TimeUs> organisations_;  ///< those that have begun
};

}  // namespace annelid
