#include "engine/chance/permutation.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace annelid {

namespace {

/// Half of the bits of the smallest power of 4 that is at least n.
unsigned half_bits_for(std::uint64_t n) {
    const auto bits = static_cast<unsigned>(std::bit_width(n - 1));
    return std::max(1u, (bits + 1) / 2);
}

/// With random round functions on h bits, two points are jointly uniform but for 2^(-h (r-1) / 2)
/// in total variation after r rounds, r odd. We ask for 2^-16 and at least 7 rounds; h = 1 has all
/// four points jointly uniform to 2^-16 after 17.
unsigned rounds_for(unsigned half_bits) {
    return std::clamp((1 + 32 / half_bits) | 1u, 7u, 17u);
}

/// Two multiplications: with one, differences between round values would hardly depend on the key.
std::uint64_t mix(std::uint64_t x) {
    x *= 0xbf58476d1ce4e5b9;
    x ^= x >> 32;
    return x * 0x94d049bb133111eb;
}

}  // namespace

Permutation::Permutation(std::uint64_t n, std::array<std::uint32_t, 4> key)
    : n_(n),
      half_bits_(half_bits_for(n)),
      rounds_(rounds_for(half_bits_)),
      key_{(std::uint64_t{key[1]} << 32) | key[0], (std::uint64_t{key[3]} << 32) | key[2]} {
    assert(n >= 1);
}

std::uint64_t Permutation::encrypt(std::uint64_t x) const {
    const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
    const unsigned top = 64 - half_bits_;
    std::uint64_t left = x >> half_bits_, right = x & mask;
    std::uint64_t key = key_[0], next_key = key_[1];
    for (unsigned round = 0; round < rounds_; ++round) {
        const std::uint64_t value = mix(key ^ right) >> top;
        const std::uint64_t old_left = left;
        left = right;
        right = old_left ^ value;
        const std::uint64_t later_key = key + 0x9e3779b97f4a7c15;
        key = next_key;
        next_key = later_key;
    }
    return (left << half_bits_) | right;
}

std::uint64_t Permutation::position(std::uint64_t i) const {
    assert(i < n_);
    if (n_ == 1)
        return 0;
    // Walking along the cycle of the larger domain until it is back in [0, n): less than four
    // rounds of it on average, and a bijection because cycles are.
    std::uint64_t x = encrypt(i);
    while (x >= n_)
        x = encrypt(x);
    return x;
}

}  // namespace annelid
