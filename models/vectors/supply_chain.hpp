// Vector `supply_chain`: a vendor hands out a poisoned update, and its clients take it.
//
//   client organisation   u(organisation) < share of its country, if its sector is in scope
//   client host           u(host) < host_share, or < hosts_per_client / hosts of the organisation
//   period of a host      p drawn from `poll`, over hosts
//   periodic              polls at f, f + p, f + 2 p, …, f uniform in [0, p)
//   poisson               polls are a Poisson process of rate 1 / p
//
// in the host's own time, which stands still while it is switched off.
//
// A poll while the update is live is an attempt on the host at that time; it works with probability
// `success`. With a fixed period the first is live_from + uniform(0, p), so min(1, T / p) of the
// clients are reached in a live time of T; with Poisson polls 1 - exp(-T / p).
//
// No host makes these attempts: their infector is none (-1). Polls are pure functions of the host,
// whatever the live times, so what a shorter live time reaches is part of what a longer one does.
// Shares are thresholds on the organisation's and the host's own draws, by their numbers in the
// whole world: a part of the world has the clients that the whole has there, polling when they do.
//
// Memory: 16 bytes a client host that will take the update, nothing for others.
//
// Sources: the course of NotPetya, 27 June 2017 (poisoned update of M.E.Doc: Microsoft, ESET [O]).
#pragma once

#include "engine/chance/distribution.hpp"
#include "engine/scenario/fields.hpp"
#include "engine/spread/vector.hpp"
#include "models/vectors/context.hpp"

#include <memory>
#include <string>
#include <vector>

namespace annelid {

struct SupplyChainSettings {
    std::string kind = "supply_chain";
    NamedNumbers clients;
    double client_share = 0;
    std::vector<std::string> sectors;
    double host_share = 1;
    double hosts_per_client = 0;
    std::string schedule = "periodic";
    DistributionSpec poll;
    std::vector<std::string> live;
    double success = 1;
    std::vector<std::string> requires_traits;

    Fields fields();
    /// A country or sector that the population does not have, no clients, live times that are none.
    KeyFaults faults(const std::vector<std::string>& all_countries,
                     const std::vector<std::string>& all_sectors) const;
};

/// Collective. Throws InputError where the settings have faults in this population.
std::unique_ptr<VectorModel> make_supply_chain(const std::string& name,
                                               const SupplyChainSettings& settings,
                                               const VectorContext& context);

}  // namespace annelid
