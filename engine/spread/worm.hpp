// A worm of a run: what it makes of hosts, how it reaches them, and what it leaves to other worms.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/spread/lifecycle.hpp"
#include "engine/spread/vector.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace annelid {

/// Each worm takes a byte of every host.
inline constexpr std::size_t most_worms = 8;

/// What a host that has a worm is to the other worms of the run.
enum class Meeting {
    coexist,   ///< they infect it as if it had none
    exclude,   ///< they cannot infect it while it counts as infected
    immunise,  ///< they can never infect it again; one that it has already is removed at once
};

struct WormModel {
    const Lifecycle& lifecycle;
    const std::vector<std::unique_ptr<VectorModel>>& vectors;  ///< sorted by name
    /// Keys its draws, so that a worm does the same whichever others there are; empty for an only
    /// worm that has no name.
    std::string name = {};
    Meeting meeting = Meeting::coexist;
    /// Numbers of its states and vectors in the run file, which all worms share; empty: its own
    /// (vectors[i] has i + 1, as 0 is the seeds').
    std::vector<StateId> state_numbers = {};
    std::vector<VectorId> vector_numbers = {};

    /// True if some vector could ever infect a host with these traits; others begin immune.
    bool is_open(Traits traits) const {
        for (const auto& vector : vectors) {
            if (carries(traits, vector->requires_traits())) {
                return true;
            }
        }
        return false;
    }
    StateId state_number(StateId state) const {
        return state_numbers.empty() ? state : state_numbers[state];
    }
    VectorId vector_number(std::size_t i) const {
        return vector_numbers.empty() ? static_cast<VectorId>(i + 1) : vector_numbers[i];
    }
};

}  // namespace annelid
