#include "models/defences/scope.hpp"

#include "models/populations/place_names.hpp"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid {

namespace {

const std::vector<std::string> group_names = {"world", "country", "sector", "organisation", "host"};

}  // namespace

Group group_named(const std::string& name) {
    const auto found = std::find(group_names.begin(), group_names.end(), name);
    return static_cast<Group>(found - group_names.begin());
}

std::string name_of(Group group) {
    return group_names[static_cast<std::size_t>(group)];
}

std::vector<std::string> with_members(const std::vector<std::string>& countries,
                                      const std::vector<std::string>& alliances,
                                      const Alliances& all) {
    std::vector<std::string> out = countries;
    for (const std::string& alliance : alliances) {
        const auto found = all.find(alliance);
        if (found != all.end()) {
            out.insert(out.end(), found->second.begin(), found->second.end());
        }
    }
    return out;
}

std::vector<bool> cells_in(const Population& population, const std::vector<std::string>& countries,
                           const std::vector<std::string>& sectors) {
    std::vector<bool> out;
    if (countries.empty() && sectors.empty()) {
        return out;
    }
    const auto in_country = chosen_places(countries, country_codes(population));
    const auto in_sector = chosen_places(sectors, population.sectors());
    for (const Cell& cell : population.cells()) {
        out.push_back(in_country[static_cast<std::size_t>(cell.country)] &&
                      in_sector[static_cast<std::size_t>(cell.sector)]);
    }
    return out;
}

void check_names(const std::string& key, const std::vector<std::string>& named,
                 const std::vector<std::string>& all, const std::string& table, KeyFaults& out) {
    for (const std::string& name : named) {
        if (std::find(all.begin(), all.end(), name) == all.end()) {
            out.push_back({key, fmt::format("there is no [{}.{}]", table, name),
                           all.empty() ? fmt::format("add the table [{}.{}]", table, name)
                                       : fmt::format("use {}", fmt::join(all, ", "))});
        }
    }
}

}  // namespace annelid
