// Logarithm and exponential that give the same bits on every CPU: plain IEEE arithmetic in a fixed
// order, compiled without contraction. The C library's own differ between versions and CPUs.
//
// The method is that of fdlibm (Sun Microsystems 1993), the coefficients are our own (interpolation
// at Chebyshev nodes). There is no branch and no table, so that a compiler may run several values
// side by side without changing a bit.
#pragma once

#include "engine/chance/draws.hpp"

#include <bit>
#include <cassert>
#include <cfloat>
#include <cstdint>

#ifdef __FAST_MATH__
#error "annelid needs IEEE arithmetic (results would depend on the compiler): drop -ffast-math"
#endif
static_assert(FLT_EVAL_METHOD == 0, "results need plain double, not x87 registers");

namespace annelid {

/// Natural logarithm of a positive finite x that is not subnormal; relative error below 2e-16, also
/// where x is near 1.
inline double portable_log(double x) {
    assert(x >= DBL_MIN && x <= DBL_MAX);
    // x = 2^k m with m in [sqrt(1/2), sqrt(2)). The offset makes the exponent carry at sqrt(2).
    constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcd;
    constexpr std::uint64_t one = 0x3ff0000000000000;
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(x) + (one - root_half);
    const double k = small_to_double(bits >> 52) - 1023;
    const double m = std::bit_cast<double>((bits & 0x000fffffffffffff) + root_half);

    // log(1 + f) = 2 atanh(s) = f - f²/2 + s (f²/2 + r) with s = f / (2 + f); f is exact.
    const double f = m - 1.0;
    const double s = f / (2.0 + f);
    const double w = s * s;
    const double w2 = w * w;
    const double even =
        w2 * (0x1.9999999995273p-2 + w2 * (0x1.c71c62d5e43dfp-3 + w2 * 0x1.39fdcce1da1aep-3));
    const double odd =
        w * (0x1.5555555555558p-1 +
             w2 * (0x1.2492492dfd879p-2 + w2 * (0x1.7462b91bd6c45p-3 + w2 * 0x1.2b5f6919aa514p-3)));
    const double half_square = 0.5 * f * f;
    // k times the upper part of log 2 is exact; small terms are summed first.
    constexpr double ln2_high = 0x1.62e42fee00000p-1;
    constexpr double ln2_low = 0x1.a39ef35793c76p-33;
    return k * ln2_high - ((half_square - (s * (half_square + (even + odd)) + k * ln2_low)) - f);
}

/// e^x for finite x; relative error below 2e-16. Beyond ±700 the value at ±700 (1e±304), so that
/// nothing overflows or becomes subnormal.
double portable_exp(double x);

/// 64 random bits as an exponential variate of mean 1: from 1.1e-16 to 36.8.
inline double exponential_from_bits(std::uint64_t bits) {
    return -portable_log(to_unit(bits));
}

}  // namespace annelid
