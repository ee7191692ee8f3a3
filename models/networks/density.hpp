// How dense a random graph is: the probability of a link, or the mean degree that it makes.
#pragma once

#include "engine/scenario/fields.hpp"

#include <cstdint>
#include <string>

namespace annelid {

/// One of the two is given; the other is `unset`.
struct Density {
    static constexpr double unset = -1;
    double p = unset;
    double mean_degree = unset;

    /// Of a link to each of `partners` others, on average over vertices.
    double probability(double partners) const {
        return p >= 0 ? p : partners > 0 ? mean_degree / partners : 0;
    }
};

/// Faults of a density under the keys that hold it.
void check_density(const Density& density, const std::string& p_key, const std::string& degree_key,
                   double partners, KeyFaults& faults);

}  // namespace annelid
