// Quantile functions tabulated at set-up, and the special functions set-up needs.
//
// Everything here is computed once by Boost.Math over software floating point with about 30 digits
// and rounded to double at the end: integer arithmetic only, so the results have the same bits on
// every CPU and with every C library. That takes milliseconds: for set-up only.
#pragma once

#include "engine/chance/log.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace annelid {

/// A smooth function of z = log(u / (1 - u)) over all u that to_unit() can return. Quintic Hermite
/// interpolation: the polynomials of neighbouring cells agree in value, slope and curvature.
class QuantileTable {
  public:
    /// log of the quantile of the gamma distribution of mean `shape` and scale 1.
    static QuantileTable log_gamma(double shape);
    /// Quantile of the standard normal distribution.
    static QuantileTable normal();

    double at(std::uint64_t bits) const {
        const double u = to_unit(bits);
        const double place = (portable_log(u / (1.0 - u)) - first_z) * cells_per_unit;
        const auto cell = static_cast<std::size_t>(place);
        const double t = place - static_cast<double>(cell);
        const Cell& c = cells_[cell];
        return c[0] + t * (c[1] + t * (c[2] + t * (c[3] + t * (c[4] + t * c[5]))));
    }

  private:
    using Cell = std::array<double, 6>;
    // to_unit() reaches z = ±36.74.
    static constexpr double first_z = -37;
    static constexpr double cells_per_unit = 4;
    static constexpr int num_cells = 296;

    template <typename NodeAt>
    explicit QuantileTable(const NodeAt& node_at);

    std::vector<Cell> cells_;
};

/// Γ(x) for x > 0.
double gamma_function(double x);
/// sqrt(log(1 + c²)): the standard deviation of the logarithm of a lognormal variate whose standard
/// deviation is c times its mean.
double log_deviation(double c);
/// Mean of max(0, X) for a normal X.
double mean_positive_part(double mean, double sd);

}  // namespace annelid
