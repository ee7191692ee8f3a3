// A network telescope of a scenario: [telescope.NAME]. What it sees is engine/spread/telescope.hpp.
//
//   prefix    /8: 2^24 addresses, such as CAIDA and UCSD ran in 2001 to 2019 [R]; /14: as Zou et
//   al.
//             (2003) took for a smaller one [R]; /24: what many a company could spare [A]
#pragma once

#include "engine/scenario/fields.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace annelid {

struct TelescopeSettings {
    std::int64_t prefix = 8;
    std::string worm;                  ///< empty: all worms of the run
    std::vector<std::string> vectors;  ///< empty: all that it can see

    Fields fields();
};

}  // namespace annelid
