// Degrees drawn from a discrete law, by inversion of its table.
#pragma once

#include <cstdint>
#include <vector>

namespace annelid {

/// The table has 8 B for each possible degree.
class DegreeLaw {
  public:
    static constexpr std::int64_t largest_degree = 1 << 24;

    static DegreeLaw regular(std::int64_t degree);
    /// P(k) ~ k^-exponent for min_degree <= k <= max_degree, min_degree >= 1.
    static DegreeLaw power_law(double exponent, std::int64_t min_degree, std::int64_t max_degree);
    /// P(k) = mean^k e^-mean / k!, without tails of about 1e-30.
    static DegreeLaw poisson(double mean);

    std::int64_t draw(std::uint64_t bits) const;

  private:
    DegreeLaw(std::int64_t first, std::vector<double> weights);

    std::int64_t first_;              ///< smallest degree
    std::vector<double> cumulative_;  ///< up to each degree from the first on; not normalised
};

}  // namespace annelid
