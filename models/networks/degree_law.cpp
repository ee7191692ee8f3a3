#include "models/networks/degree_law.hpp"

#include "engine/chance/draws.hpp"
#include "engine/chance/log.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace annelid {

DegreeLaw::DegreeLaw(std::int64_t first, std::vector<double> weights)
    : first_(first), cumulative_(std::move(weights)) {
    std::partial_sum(cumulative_.begin(), cumulative_.end(), cumulative_.begin());
}

DegreeLaw DegreeLaw::regular(std::int64_t degree) {
    return {degree, {1}};
}

DegreeLaw DegreeLaw::power_law(double exponent, std::int64_t min_degree, std::int64_t max_degree) {
    std::vector<double> weights;
    for (std::int64_t k = min_degree; k <= max_degree; ++k) {
        const double ratio = static_cast<double>(k) / static_cast<double>(min_degree);
        weights.push_back(portable_exp(-exponent * portable_log(ratio)));
    }
    return {min_degree, std::move(weights)};
}

DegreeLaw DegreeLaw::poisson(double mean) {
    // From the likeliest degree both ways: ratios of neighbours need no logarithm.
    const auto middle = static_cast<std::int64_t>(mean);
    const auto reach = static_cast<std::int64_t>(12 * std::sqrt(mean)) + 40;
    const std::int64_t first = std::max<std::int64_t>(0, middle - reach);
    std::vector<double> weights(static_cast<std::size_t>(middle + reach - first + 1));
    const auto weight = [&](std::int64_t k) -> double& {
        return weights[static_cast<std::size_t>(k - first)];
    };
    weight(middle) = 1;
    for (std::int64_t k = middle; k > first; --k) {
        weight(k - 1) = weight(k) * (static_cast<double>(k) / mean);
    }
    for (std::int64_t k = middle; k < middle + reach; ++k) {
        weight(k + 1) = weight(k) * (mean / static_cast<double>(k + 1));
    }
    return {first, std::move(weights)};
}

std::int64_t DegreeLaw::draw(std::uint64_t bits) const {
    const double u = to_unit(bits) * cumulative_.back();
    const auto at = std::upper_bound(cumulative_.begin(), cumulative_.end() - 1, u);
    return first_ + (at - cumulative_.begin());
}

}  // namespace annelid
