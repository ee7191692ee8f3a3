#include "models/networks/density.hpp"

#include <fmt/format.h>

namespace annelid {

void check_density(const Density& density, const std::string& p_key, const std::string& degree_key,
                   double partners, KeyFaults& faults) {
    const bool has_p = density.p >= 0, has_degree = density.mean_degree >= 0;
    if (has_p == has_degree) {
        faults.push_back({has_p ? degree_key : p_key,
                          has_p ? fmt::format("{} says the same", p_key)
                                : fmt::format("neither it nor {} is given", degree_key),
                          has_p ? "write one of the two"
                                : fmt::format("write {} = 1e-4 or {} = 10", p_key, degree_key)});
    } else if (density.mean_degree > partners) {
        faults.push_back({degree_key, fmt::format("a host can have {:g} links at most", partners),
                          "lower it or use more hosts"});
    }
}

}  // namespace annelid
