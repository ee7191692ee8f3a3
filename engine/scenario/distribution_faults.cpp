#include "engine/scenario/distribution_faults.hpp"

#include <algorithm>
#include <stdexcept>

namespace annelid {

void check_drawn(const std::string& key, const DistributionSpec& spec, KeyFaults& faults) {
    try {
        const Distribution drawn_from(spec);
    } catch (const std::invalid_argument& fault) {
        // "gamma distribution: shape = 0 (must be …): advice"
        std::string why = fault.what();
        const std::size_t end = std::min(why.rfind("): "), why.size());
        const std::string advice = end < why.size() ? why.substr(end + 3) : "correct it";
        why.resize(end);
        if (const std::size_t open = why.find(" ("); open != std::string::npos) {
            why.replace(open, 2, " ");
        }
        faults.push_back({key, why, advice});
    }
}

}  // namespace annelid
