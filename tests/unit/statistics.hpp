// Bounds from theory for tests of chance. Seeds are fixed, so a test passes always or never; a
// sound model would fail one look in a million.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>

namespace annelid {

/// A count passes if it lies within so many standard deviations of its mean.
inline constexpr double sigmas = 5;
/// … and a p-value if it is not below this.
inline constexpr double level = 1e-6;

/// How many standard deviations a count lies off the mean of its binomial law.
inline double binomial_deviation(std::int64_t count, std::int64_t trials, double share) {
    const auto n = static_cast<double>(trials);
    return (static_cast<double>(count) - n * share) / std::sqrt(n * share * (1 - share));
}

/// … or of its Poisson law.
inline double poisson_deviation(std::int64_t count, double mean) {
    return (static_cast<double>(count) - mean) / std::sqrt(mean);
}

/// Chance of counts as uneven as these if all classes are equally likely.
inline double p_of_uniform_counts(const std::vector<std::int64_t>& counts) {
    double total = 0, sum = 0;
    for (const std::int64_t n : counts) {
        total += static_cast<double>(n);
    }
    const double expected = total / static_cast<double>(counts.size());
    for (const std::int64_t n : counts) {
        sum += (static_cast<double>(n) - expected) * (static_cast<double>(n) - expected) / expected;
    }
    const boost::math::chi_squared law(static_cast<double>(counts.size()) - 1);
    return cdf(complement(law, sum));
}

/// Kolmogorov and Smirnov: at most the chance of such values if they are uniform in (0, 1), by the
/// bound of Massart (1990).
inline double p_of_uniform_values(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const auto n = static_cast<double>(values.size());
    double distance = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        distance = std::max({distance, values[i] - static_cast<double>(i) / n,
                             static_cast<double>(i + 1) / n - values[i]});
    }
    return std::min(1.0, 2 * std::exp(-2 * n * distance * distance));
}

/// The chance that a maximum of so many scaled deviations is reached (Kolmogorov).
inline double p_of_kolmogorov(double lambda) {
    double sum = 0;
    for (int k = 1; k <= 100; ++k) {
        sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2 * lambda * lambda * k * k);
    }
    return lambda < 0.2 ? 1 : std::clamp(sum, 0.0, 1.0);
}

/// Kolmogorov and Smirnov for two samples. Where values repeat, the true chance is smaller than
/// this: distances count only after all of a value, so it never cries wolf. Infinity is a value.
inline double p_of_same_law(std::vector<double> a, std::vector<double> b) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    const auto n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
    double distance = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        const double value = std::min(a[i], b[j]);
        while (i < a.size() && a[i] == value) {
            ++i;
        }
        while (j < b.size() && b[j] == value) {
            ++j;
        }
        distance =
            std::max(distance, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
    }
    return p_of_kolmogorov(distance * std::sqrt(n * m / (n + m)));
}

}  // namespace annelid
