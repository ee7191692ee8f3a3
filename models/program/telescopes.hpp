// The network telescopes of a scenario: what they can see of its worms.
#pragma once

#include "engine/spread/telescope.hpp"
#include "models/program/scenario.hpp"

#include <vector>

namespace annelid {

/// Reads [telescope.NAME], sorted by name.
std::vector<Named<TelescopeSettings>> read_telescopes(const Section& section);

/// Worms and vectors that there are not or that no telescope sees, and darknets without room.
void check_telescopes(const Section& section, const Scenario& scenario);

/// For the engine.
std::vector<TelescopeModel> make_telescopes(const Scenario& scenario);

}  // namespace annelid
