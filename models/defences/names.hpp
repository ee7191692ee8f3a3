// What a defence of a scenario can name.
#pragma once

#include <string>
#include <vector>

namespace annelid {

struct DefenceNames {
    std::vector<std::string> countries, sectors;
    std::vector<std::string> alliances = {};
    std::vector<std::string> triggers = {};
    std::vector<std::string> worms = {};
    std::vector<std::string> vectors = {};   ///< of any worm
    std::vector<std::string> defences = {};  ///< of the same scenario
};

}  // namespace annelid
