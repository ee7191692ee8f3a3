// Countries and sectors by the names that a scenario gives.
#pragma once

#include "engine/hosts/population.hpp"
#include "engine/scenario/fields.hpp"

#include <string>
#include <vector>

namespace annelid {

std::vector<std::string> country_codes(const Population& population);

/// True for each of `all` that `named` lists; an empty list names all.
std::vector<bool> chosen(const std::vector<std::string>& named,
                         const std::vector<std::string>& all);

/// A fault for the names that `all` lacks.
void check_names(const std::string& key, const std::vector<std::string>& named,
                 const std::vector<std::string>& all, KeyFaults& faults);

}  // namespace annelid
