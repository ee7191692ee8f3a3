#include "models/populations/enterprise.hpp"

#include "engine/chance/permutation.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace annelid {

namespace {

/// Beyond the largest of firms; products of two such numbers fit 64 bits.
constexpr double most_hosts = 1e8;

}  // namespace

Fields EnterprisePopulationSettings::fields() {
    const auto number = [](const char* key, std::int64_t* target, const char* doc, double min,
                           double max) {
        Field field{key, target, Unit::none, doc};
        field.min = min;
        field.max = max;
        return field;
    };
    Field kind_field{"kind", &kind, Unit::none, "the kind of population"};
    kind_field.choices = {"enterprise"};
    Fields out = {
        kind_field,
        number("hosts", &hosts, "number of hosts, all roles together", 1, most_hosts),
        number("servers", &servers, "of them, servers; domain controllers are among them", 1,
               most_hosts),
        number("administrators", &administrators, "of them, workstations of administrators", 0,
               most_hosts),
        number("domain_controllers", &domain_controllers, "of each domain", 1, most_hosts),
        Field{"unpatched", &unpatched, Unit::share, "share of hosts that lack the update",
              "parameters_2017.csv, assumption for business hosts; sweep 0.2 to 0.5"},
        number("unpatched_hosts", &unpatched_hosts, "so many exactly, instead of a share", 0,
               most_hosts),
        number("subnet_hosts", &subnet_hosts, "most hosts of a subnet", 1, 254),
        Field{"country", &country, Unit::none, "its country in the series, two capital letters"},
        Field{"sector", &sector, Unit::none, "its sector in the series"}};
    const Fields more = parts.fields();
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

KeyFaults EnterprisePopulationSettings::faults() const {
    KeyFaults out = parts.faults(subnet_hosts);
    const auto check = [&](const char* key, std::int64_t number) {
        if (number > hosts) {
            out.push_back({key, fmt::format("more than the {} hosts", hosts),
                           "use at most population.hosts"});
        }
    };
    check("servers", servers);
    check("administrators", administrators);
    check("domain_controllers", domain_controllers);
    check("unpatched_hosts", unpatched_hosts);
    const bool is_code =
        country.size() == 2 &&
        std::all_of(country.begin(), country.end(), [](char c) { return 'A' <= c && c <= 'Z'; });
    if (!is_code && country != "--") {
        out.push_back({"country", "a country has a code of two capital letters",
                       "use country = \"UA\", or leave it out"});
    }
    if (sector.empty() || sector == "home") {
        out.push_back({"sector", "an enterprise is no home", "use another name"});
    }
    return out;
}

Population make_enterprise_population(const EnterprisePopulationSettings& settings, Seed seed) {
    Population::Parts parts;
    parts.num_hosts = settings.hosts;
    parts.real_hosts = static_cast<double>(settings.hosts);
    parts.subnet_hosts = settings.subnet_hosts;
    parts.seed = seed;
    settings.parts.apply(parts.organisations);
    parts.organisations.servers = {settings.servers, settings.hosts};
    parts.organisations.administrators = {settings.administrators, settings.hosts};
    parts.organisations.controllers = settings.domain_controllers;
    const HostRange all{HostId{0}, HostId{settings.hosts}};
    parts.countries = {{settings.country, settings.country, all, 0, std::int64_t{1} << 32}};
    parts.sectors = {settings.sector};
    parts.cells = {{HostId{0}, 0, 0}};
    parts.runs = {{HostId{0}, settings.hosts}};

    const Draws draws(seed, Purpose::host_traits, "enterprise");
    const Permutation order(static_cast<std::uint64_t>(settings.hosts),
                            Draws(seed, Purpose::exact_number).words(0));
    const bool exactly = settings.unpatched_hosts >= 0;
    const auto number = static_cast<std::uint64_t>(settings.unpatched_hosts);
    parts.draw_traits = [=, share = settings.unpatched](HostId first, std::span<Traits> out) {
        auto host = static_cast<std::uint64_t>(first.value);
        for (Traits& traits : out) {
            const bool unpatched =
                exactly ? order.position(host) < number : happens(draws.bits(host), share);
            traits = static_cast<Traits>(trait_windows_7 | trait_outbound |
                                         (unpatched ? trait_unpatched : 0));
            ++host;
        }
    };
    return Population(std::move(parts));
}

}  // namespace annelid
