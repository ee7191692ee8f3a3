// Poisson counts by keyed draws: the same bits give the same count on every CPU.
//
//   P(k) = mu^k e^-mu / k!
//
// Means below 10 are inverted. Larger ones go by transformed rejection with squeeze (PTRS,
// Hörmann, "The transformed rejection method for generating Poisson random variables", Insurance:
// Mathematics and Economics 12, 1993): about 1.1 draws each, however large the mean. As published
// its hat is up to 0.6 % too low and its squeeze too high, so that 6e-7 of the probability go
// astray (mean 15.7) [D]; here the hat is 1 % higher and the squeeze 2 % lower, and nothing is off
// but by the rounding of doubles: less than 1e-12 of the law in total. From means of 2^52 on that
// holds for the mean as it was rounded.
#pragma once

#include "engine/chance/draws.hpp"

#include <cstdint>

namespace annelid {

/// Means beyond are refused by callers: a count must fit an integer.
constexpr double largest_poisson_mean = 0x1.0p62;

/// A count of the given mean (0 to largest_poisson_mean). It uses draws (id, a, 0), (id, a, 1) …
std::int64_t poisson(double mean, const Draws& draws, std::uint64_t id, std::uint32_t a = 0);

/// log P(count) for mean > 0, count >= 0: as accurate for means of 10^15 as for small ones (Loader,
/// "Fast and accurate computation of binomial probabilities", 2000).
double log_poisson_probability(double count, double mean);

/// The constants of PTRS for one mean: a point (U, V), U in (-1/2, 1/2), V in (0, 1), stands for
/// count(U) and is kept if V is below kept_below(U).
class PoissonHat {
  public:
    explicit PoissonHat(double mean);

    static double edge(double u) { return 0.5 - (u < 0 ? -u : u); }
    double count(double u) const;
    /// Points with edge(U) >= 0.07 and V up to this are kept without a look at P.
    double squeeze() const { return squeeze_; }
    /// Logarithm of the V below which a point is kept; -infinity where count(U) is negative.
    double log_kept_below(double u) const;

  private:
    double mean_, a_, b_, log_inverse_alpha_, squeeze_;
};

}  // namespace annelid
