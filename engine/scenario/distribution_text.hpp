// Distributions in a scenario: a plain quantity, or an inline table that names its kind.
// Internal to engine/scenario.
#pragma once

#include "engine/scenario/fields.hpp"
#include "engine/scenario/node.hpp"

#include <string>

namespace annelid {

/// Reads the value at `path` into the field's target, or adds a problem for each fault.
void read_distribution(const Field& field, const Section::Node& value, const std::string& path,
                       Problems& problems);

/// True if the field allows this distribution.
bool allows(const Field& field, const DistributionSpec& spec);

/// As TOML: "15 s" or { distribution = "gamma", mean = "10 min", shape = 2 }.
std::string distribution_text(Unit unit, const DistributionSpec& spec);

}  // namespace annelid
