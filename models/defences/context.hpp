// What a defence needs to know of the run's world.
#pragma once

#include "engine/hosts/host_table.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/hosts/population.hpp"
#include "engine/spread/activation.hpp"
#include "models/defences/scope.hpp"

#include <map>
#include <string>

namespace annelid {

struct DefenceContext {
    const Population& population;
    const Partition& partition;
    const HostTable& hosts;
    Alliances alliances = {};
    /// For which groups each trigger fires.
    std::map<std::string, Group> triggers = {};

    /// Of any host, on this rank or not.
    Traits traits_of(HostId host) const {
        if (partition.is_local(host)) {
            return hosts.traits[partition.to_local(host).value];
        }
        Traits traits{};
        population.draw_traits(host, {&traits, 1});
        return traits;
    }
};

}  // namespace annelid
