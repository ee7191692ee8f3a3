// Probability distributions of dwell times and rates, drawn by inversion: one uniform, one value.
#pragma once

#include <cstdint>
#include <memory>

namespace annelid {

class QuantileTable;

/// A distribution as a scenario states it. `mean` is the mean of the (untruncated) distribution in
/// seconds or per second. Unused members keep their defaults.
struct DistributionSpec {
    enum class Kind { fixed, exponential, gamma, weibull, lognormal, uniform, normal };
    Kind kind = Kind::fixed;
    double mean = 0;
    double shape = 1;  ///< gamma and Weibull; 1 is the exponential distribution
    double sd = 0;     ///< lognormal and normal: of the distribution itself, not of its logarithm
    double lower = 0;  ///< uniform
    double upper = 0;  ///< uniform
    bool operator==(const DistributionSpec&) const = default;
};

const char* name(DistributionSpec::Kind kind);

/// Ready to be drawn from. Inverse CDFs of fixed, exponential, Weibull and uniform are closed forms
/// on portable_log/exp; gamma, lognormal and normal are tabulated once with Boost.Math over
/// logit(u) and interpolated. A normal value below 0 is 0: times and rates cannot be negative.
///
/// Quantiles are relatively accurate in both tails: closed forms to 1e-13, gamma to 2e-9 (shape
/// below 0.5: 3e-9 / shape), lognormal to 2e-9 (sd above 10 times the mean: 4e-9), normal to 1e-9
/// standard deviations. Copies share their table; a gamma table takes 10 to 300 ms to build.
class Distribution {
  public:
    Distribution() : Distribution(DistributionSpec{}) {}
    /// Throws std::invalid_argument where the numbers make no such distribution.
    explicit Distribution(const DistributionSpec& spec);

    /// The value whose cumulative probability is to_unit(bits). Increases with bits, but for the
    /// last digits (rounding).
    double quantile(std::uint64_t bits) const;

    /// Mean of what quantile() returns: for the normal, with negative values counted as 0.
    double mean() const { return mean_; }

    /// Greatest lower bound of the support (the latency guarantee of a dwell time).
    double lower_bound() const;

    const DistributionSpec& spec() const { return spec_; }

  private:
    DistributionSpec spec_;
    double mean_ = 0;
    double scale_ = 0;   ///< what a standard value is multiplied by
    double spread_ = 1;  ///< what its logarithm is multiplied by: 1 / shape, or sd of the logarithm
    std::shared_ptr<const QuantileTable> table_;
};

}  // namespace annelid
