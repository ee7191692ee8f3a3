#include "engine/chance/poisson.hpp"

#include "engine/chance/log.hpp"

#include <cassert>
#include <cmath>
#include <limits>

namespace annelid {

namespace {

constexpr double inverted_below = 10;
constexpr double log_two_pi = 0x1.d67f1c864beb4p+0;

/// count log(count / mean) + mean - count for count > 0, without cancellation where they are close.
double deviance(double count, double mean) {
    const double difference = count - mean;
    if (std::abs(difference) >= 0.1 * (count + mean)) {
        return count * portable_log(count / mean) - difference;
    }
    // log(count / mean) = 2 atanh(v); |v| < 0.1, so that ten terms are enough.
    const double v = difference / (count + mean);
    const double w = v * v;
    double sum = 0;
    for (int j = 10; j >= 1; --j) {
        sum = w * (1.0 / (2 * j + 1) + sum);
    }
    return difference * v + 2 * count * v * sum;
}

/// log count! - log(sqrt(2 pi count) (count / e)^count): what Stirling's formula leaves.
double stirling_rest(double count) {
    // Below 16 from the exact factorial, from there on a series off by 1e-16.
    if (count < 16) {
        double factorial = 1;
        for (double i = 2; i <= count; i += 1) {
            factorial *= i;
        }
        return portable_log(factorial) - 0.5 * (log_two_pi + portable_log(count)) -
               count * portable_log(count) + count;
    }
    const double x = 1 / count;
    const double w = x * x;
    return x * (1.0 / 12 - w * (1.0 / 360 - w * (1.0 / 1260 - w * (1.0 / 1680 - w / 1188))));
}

std::int64_t inverted(double mean, double u) {
    double p = portable_exp(-mean);
    std::int64_t k = 0;
    // The rounding of the sum may leave the largest u above it: what lies beyond has no weight.
    while (u >= p && (p > 1e-18 || static_cast<double>(k) < mean)) {
        u -= p;
        k += 1;
        p *= mean / static_cast<double>(k);
    }
    return k;
}

}  // namespace

double log_poisson_probability(double count, double mean) {
    if (count == 0) {
        return -mean;
    }
    return -stirling_rest(count) - deviance(count, mean) - 0.5 * (log_two_pi + portable_log(count));
}

PoissonHat::PoissonHat(double mean) : mean_(mean) {
    b_ = 0.931 + 2.53 * std::sqrt(mean);  // IEEE rounds square roots correctly everywhere
    a_ = -0.059 + 0.02483 * b_;
    log_inverse_alpha_ = portable_log(1.1239 + 1.1328 / (b_ - 3.4)) + 0.01;
    squeeze_ = 0.98 * (0.9277 - 3.6224 / (b_ - 2));
}

double PoissonHat::count(double u) const {
    return std::floor((2 * a_ / edge(u) + b_) * u + mean_ + 0.43);
}

double PoissonHat::log_kept_below(double u) const {
    const double k = count(u);
    if (k < 0) {
        return -std::numeric_limits<double>::infinity();
    }
    const double e = edge(u);
    return log_poisson_probability(k, mean_) + portable_log(a_ / (e * e) + b_) - log_inverse_alpha_;
}

std::int64_t poisson(double mean, const Draws& draws, std::uint64_t id, std::uint32_t a) {
    assert(mean >= 0 && mean <= largest_poisson_mean);
    if (mean < inverted_below) {
        return inverted(mean, to_unit(draws.bits(id, a)));
    }
    const PoissonHat hat(mean);
    for (std::uint32_t attempt = 0;; ++attempt) {
        const auto bits = draws.pair(id, a, attempt);
        const double u = to_unit(bits[0]) - 0.5;
        const double v = to_unit(bits[1]);
        if ((PoissonHat::edge(u) >= 0.07 && v <= hat.squeeze()) ||
            portable_log(v) <= hat.log_kept_below(u)) {
            return static_cast<std::int64_t>(hat.count(u));
        }
    }
}

}  // namespace annelid
