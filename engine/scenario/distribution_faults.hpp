// What is wrong with a distribution that a key holds.
#pragma once

#include "engine/chance/distribution.hpp"
#include "engine/scenario/fields.hpp"

#include <string>

namespace annelid {

/// Adds a fault of `key` where the distribution cannot be drawn from.
void check_drawn(const std::string& key, const DistributionSpec& spec, KeyFaults& faults);

}  // namespace annelid
