// A part of a world: some of its countries and sectors, with the hosts that it has there.
#pragma once

#include "engine/hosts/population.hpp"

#include <string>
#include <vector>

namespace annelid {

/// Keeps the cells of these countries and sectors (an empty list names all) and closes the gaps;
/// cells and countries say where they are in the whole world. Leaves real_hosts and draw_traits to
/// the caller.
Population::Parts part_of_world(Population::Parts whole, const std::vector<std::string>& countries,
                                const std::vector<std::string>& sectors);

}  // namespace annelid
