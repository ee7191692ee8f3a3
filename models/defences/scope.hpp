// Whom a table of a scenario is about: groups, places, and the names that it may use.
#pragma once

#include "engine/scenario/fields.hpp"
#include "engine/spread/activation.hpp"

#include <map>
#include <string>
#include <vector>

namespace annelid {

/// Members of each alliance, by country code.
using Alliances = std::map<std::string, std::vector<std::string>>;

/// "world", "country", "sector", "organisation", "host".
Group group_named(const std::string& name);
std::string name_of(Group group);

/// The named countries and the members of the named alliances; empty where none is named.
std::vector<std::string> with_members(const std::vector<std::string>& countries,
                                      const std::vector<std::string>& alliances,
                                      const Alliances& all);

/// Cells of a population in these countries and sectors, of which none named means all; empty: all.
/// Places that the population does not have are left out.
std::vector<bool> cells_in(const Population& population, const std::vector<std::string>& countries,
                           const std::vector<std::string>& sectors);

/// A fault of `key` for each name for which there is no [table.NAME].
void check_names(const std::string& key, const std::vector<std::string>& named,
                 const std::vector<std::string>& all, const std::string& table, KeyFaults& out);

}  // namespace annelid
