// Population `internet`: the Windows PCs of 2017 in their countries, organisations, homes, subnets
// and blocks of addresses, from the tables of inputs/world-2017.
//
// hosts of a country   ~ users^w x addresses^(1 - w)
// hosts of a sector    ~ its share of PCs; organisations: organisation_sizes.hpp
// windows_7            share among business and home PCs; the home share follows from the world's
// unpatched            home PCs by country (Avast), business PCs by `unpatched_business`
// exposed              so many Windows hosts with port 445 open in each country that their ratio
//                      follows the port scan of 2017; a home PC `home_exposure_ratio` times as
//                      likely, a host of an organisation of s hosts s^(b - 1) times
// outbound             hosts whose line lets probes out to the Internet
//
// Shares are thresholds on a host's own draw, so a larger share contains a smaller one. With fewer
// modelled hosts than real ones there are fewer organisations and blocks of addresses, of the same
// size and density.
//
// `countries` and `sectors` keep a part of this world: the hosts, organisations and traits that the
// whole world has there. `hosts` and `real_hosts` are still the whole world's.
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/hosts/population.hpp"
#include "engine/scenario/fields.hpp"
#include "models/populations/organisation_settings.hpp"
#include "models/populations/world_tables.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace annelid {

struct InternetSettings {
    std::string kind = "internet";
    std::int64_t hosts = 1'000'000;
    double real_hosts = 1.5e9;
    std::string tables = "world-2017";
    double user_weight = 0.5;
    double home_share = 0.5;
    double home_mean_hosts = 1.8;
    double organisation_exponent = 1.059;
    std::int64_t largest_organisation = 200'000;
    double unpatched_business = 0.35;
    double exposed_windows = 800'000;
    double home_exposure_ratio = 3;
    double exposure_size_exponent = 0.5;
    double outbound_home = 0.5;
    double outbound_business = 1;
    std::vector<std::string> countries;
    std::vector<std::string> sectors;
    RoleSettings roles;
    PartSettings parts;

    Fields fields();
    /// A country or sector that the tables lack; segments or domains smaller than a subnet.
    KeyFaults faults(const WorldTables& tables) const;
    bool restricts() const { return !countries.empty() || !sectors.empty(); }
};

/// `tables` are those of settings.tables; `seed` is the world's. No host may be left of a world
/// that is restricted: callers check.
Population make_internet(const InternetSettings& settings, const WorldTables& tables, Seed seed);
/// The same with the tables of a folder.
Population make_internet(const InternetSettings& settings, const std::filesystem::path& folder,
                         Seed seed);

}  // namespace annelid
