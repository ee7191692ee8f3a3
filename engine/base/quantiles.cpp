#include "engine/base/quantiles.hpp"

#include "engine/base/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace annelid {

namespace {

/// Places side by side: samples are read in pieces of cache lines.
constexpr std::int64_t block = 64;

/// Of values in order, one at least.
double quantile_of(std::span<const double> values, double probability) {
    const double x = static_cast<double>(values.size() - 1) * probability;
    const double below = std::floor(x);
    const auto rank = static_cast<std::size_t>(below);
    const double low = values[rank], high = values[std::min(rank + 1, values.size() - 1)];
    // From the nearer end, as numpy does, so that rounding is the same.
    const double share = x - below;
    return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share);
}

}  // namespace

std::vector<double> quantiles_over(const std::vector<std::span<const std::int64_t>>& samples,
                                   std::size_t size, const std::vector<double>& probabilities) {
    std::vector<double> out(probabilities.size() * size, std::numeric_limits<double>::quiet_NaN());
    if (samples.empty()) {
        return out;
    }
    const std::size_t count = samples.size();
    parallel_pieces(
        static_cast<std::int64_t>(size), block, [&](std::int64_t first, std::int64_t last) {
            const auto begin = static_cast<std::size_t>(first),
                       end = static_cast<std::size_t>(last);
            std::vector<double> values((end - begin) * count);
            for (std::size_t s = 0; s < count; ++s) {
                for (std::size_t i = begin; i < end; ++i) {
                    values[(i - begin) * count + s] = static_cast<double>(samples[s][i]);
                }
            }
            for (std::size_t i = begin; i < end; ++i) {
                const std::span place = std::span(values).subspan((i - begin) * count, count);
                std::ranges::sort(place);
                for (std::size_t q = 0; q < probabilities.size(); ++q) {
                    out[q * size + i] = quantile_of(place, probabilities[q]);
                }
            }
        });
    return out;
}

}  // namespace annelid
