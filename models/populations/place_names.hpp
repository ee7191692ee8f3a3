// Countries and sectors that a scenario names.
#pragma once

#include "engine/hosts/population.hpp"
#include "engine/scenario/fields.hpp"

#include <string>
#include <vector>

namespace annelid {

std::vector<std::string> country_codes(const Population& population);

/// True for each of `all` that `named` lists; an empty list names all.
std::vector<bool> chosen_places(const std::vector<std::string>& named,
                                const std::vector<std::string>& all);

/// A fault of `key` for the names that `all` lacks.
void check_places(const std::string& key, const std::vector<std::string>& named,
                  const std::vector<std::string>& all, KeyFaults& faults);

}  // namespace annelid
