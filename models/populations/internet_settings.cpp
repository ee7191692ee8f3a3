// What a scenario can say of population `internet`.
#include "models/populations/internet.hpp"
#include "models/populations/place_names.hpp"

#include <utility>

namespace annelid {

Fields InternetSettings::fields() {
    const auto number = [](std::string key, Field::Target target, Unit unit, std::string doc,
                           std::string source, double min, double max) {
        Field field{std::move(key), target, unit, std::move(doc), std::move(source)};
        field.min = min;
        field.max = max;
        return field;
    };
    Field kind_field{"kind", &kind, Unit::none, "the kind of population"};
    kind_field.choices = {"internet"};
    Fields out = {
        kind_field,
        number("hosts", &hosts, Unit::none, "modelled hosts", "", 1000, 4294967295.0),
        number("real_hosts", &real_hosts, Unit::none,
               "real hosts that they stand for; the world shrinks by hosts / real_hosts",
               "Windows devices in 2017, about 1.5e9: Microsoft [R]", 1000, 1e12),
        Field{"tables", &tables, Unit::none,
              "folder of the world's tables, seen from the scenario or from inputs/"},
        number("user_weight", &user_weight, Unit::share,
               "weight w of Internet users against addresses in a country's hosts",
               "assumption; sweep 0 to 1", 0, 1),
        number("home_share", &home_share, Unit::share, "share of hosts that are at home",
               "sectors_2017.csv, assumption; sweep 0.4 to 0.6", 0, 1),
        number(
            "home_mean_hosts", &home_mean_hosts, Unit::none, "mean hosts of a home",
            "assumption beside Maier et al. 2011: up to 52 % of lines have several; sweep 1.2 to "
            "2.5",
            1, 8),
        number("organisation_exponent", &organisation_exponent, Unit::none,
               "Zipf exponent of organisation sizes", "Axtell 2001 [R]", 0.1, 5),
        number("largest_organisation", &largest_organisation, Unit::none,
               "most employees of an organisation", "assumption; sweep 2e4 to 2e6", 1000, 5e6),
        number("unpatched_business", &unpatched_business, Unit::share,
               "unpatched share of business hosts on 12 May 2017",
               "parameters_2017.csv, assumption; sweep 0.2 to 0.5", 0, 1),
        number("exposed_windows", &exposed_windows, Unit::none,
               "real Windows hosts with port 445 open to the Internet",
               "Rapid7 2017 [O], about 8e5; sweep 6.8e5 to 2.3e6", 0, 4e9),
        number("home_exposure_ratio", &home_exposure_ratio, Unit::none,
               "how much likelier a home host is exposed than a business host",
               "parameters_2017.csv: 3 % and 1 % reachable, assumptions; sweep 0.3 to 10", 0, 1e6),
        number("exposure_size_exponent", &exposure_size_exponent, Unit::none,
               "exposed hosts of an organisation grow as its size to this power: 0 as one public "
               "address each, 1 as hosts",
               "assumption; sweep 0 to 1", 0, 1),
        number("outbound_home", &outbound_home, Unit::share,
               "share of home hosts that can reach port 445 of others over the Internet",
               "assumption: half of access lines block it (parameters_2017.csv); sweep 0.2 to 0.8",
               0, 1),
        number("outbound_business", &outbound_business, Unit::share, "the same of business hosts",
               "assumption: no measurement found; sweep 0.3 to 1", 0, 1),
        Field{"countries", &countries, Unit::none,
              "keep only these countries of the world, unscaled; empty: all"},
        Field{"sectors", &sectors, Unit::none, "keep only these sectors; empty: all"}};
    for (Fields more : {roles.fields(), parts.fields()}) {
        out.insert(out.end(), more.begin(), more.end());
    }
    return out;
}

KeyFaults InternetSettings::faults(const WorldTables& tables) const {
    std::vector<std::string> codes, names;
    for (const auto& row : tables.countries) {
        codes.push_back(row.code);
    }
    for (const auto& row : tables.sectors) {
        names.push_back(row.name);
    }
    KeyFaults out = parts.faults(Population::Parts{}.subnet_hosts);
    check_places("countries", countries, codes, out);
    check_places("sectors", sectors, names, out);
    return out;
}

}  // namespace annelid
