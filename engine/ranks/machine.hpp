// Ranks that share a machine.
#pragma once

#include <cstdint>

namespace annelid {

/// Of the ranks that share this rank's machine.
struct OnMachine {
    std::int64_t ranks = 1;
    std::int64_t least = 0;  ///< of their `value`
};

/// Collective.
OnMachine on_machine(std::int64_t value);

}  // namespace annelid
