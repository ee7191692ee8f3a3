// Quantiles over replicates, place by place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace annelid {

/// Of `size` places, each with a value from every one of `samples`: quantile, place. By linear
/// interpolation between order statistics, definition 7 of Hyndman and Fan (1996), bit for bit as
/// numpy's default: with n values, x = (n - 1) q lies between the values of rank floor(x) and
/// floor(x) + 1. Not a number where there are no samples. `probabilities` are from 0 to 1.
std::vector<double> quantiles_over(const std::vector<std::span<const std::int64_t>>& samples,
                                   std::size_t size, const std::vector<double>& probabilities);

}  // namespace annelid
