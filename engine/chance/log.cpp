#include "engine/chance/log.hpp"

#include <algorithm>

namespace annelid {

double portable_exp(double x) {
    // x = k log 2 + r with |r| <= log(2) / 2. Adding 1.5 * 2^52 rounds to an integer; the product
    // of k and the upper part of log 2 is exact.
    constexpr double ln2_high = 0x1.62e42fee00000p-1;
    constexpr double ln2_low = 0x1.a39ef35793c76p-33;
    constexpr double one_over_ln2 = 0x1.71547652b82fep+0;
    constexpr double rounder = 0x1.8p52;
    const double bounded = std::clamp(x, -700.0, 700.0);
    const double k = (bounded * one_over_ln2 + rounder) - rounder;
    const double high = bounded - k * ln2_high;
    const double low = k * ln2_low;
    const double r = high - low;

    // e^r = 1 + r + r c / (2 - c), where r coth(r / 2) = 2 + r - c is even and smooth.
    const double t = r * r;
    const double c = r - t * (0x1.5555555555553p-3 +
                              t * (-0x1.6c16c16c0aa83p-9 +
                                   t * (0x1.1566ab5b82902p-14 +
                                        t * (-0x1.bbd52fec5a3ebp-20 + t * 0x1.63f123c24a857p-25))));
    const double e = 1.0 - ((low - (r * c) / (2.0 - c)) - high);
    const auto exponent = static_cast<std::uint64_t>(static_cast<std::int64_t>(k)) << 52;
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(e) + exponent);
}

}  // namespace annelid
