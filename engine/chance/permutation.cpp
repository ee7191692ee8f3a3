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

/// What the key of a round grows by from one use to the next.
constexpr std::uint64_t key_step = 0x9e3779b97f4a7c15;

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

template <std::size_t lanes>
inline void Permutation::encrypt(std::uint64_t* values) const {
    const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
    const unsigned top = 64 - half_bits_;
    std::array<std::uint64_t, lanes> left, right;
    for (std::size_t i = 0; i < lanes; ++i) {
        left[i] = values[i] >> half_bits_;
        right[i] = values[i] & mask;
    }
    std::uint64_t key = key_[0], next_key = key_[1];
    for (unsigned round = 0; round < rounds_; ++round) {
        for (std::size_t i = 0; i < lanes; ++i) {
            const std::uint64_t value = mix(key ^ right[i]) >> top;
            const std::uint64_t old_left = left[i];
            left[i] = right[i];
            right[i] = old_left ^ value;
        }
        const std::uint64_t later_key = key + key_step;
        key = next_key;
        next_key = later_key;
    }
    for (std::size_t i = 0; i < lanes; ++i) {
        values[i] = (left[i] << half_bits_) | right[i];
    }
}

void Permutation::encrypt_all(std::span<std::uint64_t> values) const {
    constexpr std::size_t lanes = 8;  // independent chains of multiplications, side by side
    std::size_t i = 0;
    for (; i + lanes <= values.size(); i += lanes) {
        encrypt<lanes>(&values[i]);
    }
    for (; i < values.size(); ++i) {
        encrypt<1>(&values[i]);
    }
}

std::uint64_t Permutation::position(std::uint64_t i) const {
    assert(i < n_);
    if (n_ == 1)
        return 0;
    // Walking along the cycle of the larger domain until it is back in [0, n): less than four
    // rounds of it on average, and a bijection because cycles are.
    std::uint64_t x = i;
    do {
        encrypt<1>(&x);
    } while (x >= n_);
    return x;
}

std::uint64_t Permutation::decrypt(std::uint64_t value) const {
    const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
    std::uint64_t left = value >> half_bits_;
    std::uint64_t right = value & mask;
    for (unsigned round = rounds_; round-- > 0;) {
        const std::uint64_t key = key_[round % 2] + round / 2 * key_step;
        const std::uint64_t old_left = right ^ (mix(key ^ left) >> (64 - half_bits_));
        right = left;
        left = old_left;
    }
    return (left << half_bits_) | right;
}

std::uint64_t Permutation::inverse(std::uint64_t position) const {
    assert(position < n_);
    std::uint64_t x = position;
    if (n_ > 1) {
        do {
            x = decrypt(x);
        } while (x >= n_);
    }
    return x;
}

void Permutation::apply(std::span<std::uint64_t> values) const {
    if (n_ == 1)
        return;
    // Batches that fit the first-level cache. Those still outside [0, n) walk on together.
    constexpr std::size_t batch = 256;
    std::array<std::uint64_t, batch> walking;
    std::array<std::uint32_t, batch> place;
    for (std::size_t first = 0; first < values.size(); first += batch) {
        const auto part = values.subspan(first, std::min(batch, values.size() - first));
        encrypt_all(part);
        std::size_t num_walking = 0;
        for (std::size_t i = 0; i < part.size(); ++i) {
            walking[num_walking] = part[i];
            place[num_walking] = static_cast<std::uint32_t>(i);
            num_walking += part[i] >= n_;
        }
        while (num_walking > 0) {
            encrypt_all({walking.data(), num_walking});
            std::size_t still = 0;
            for (std::size_t i = 0; i < num_walking; ++i) {
                const std::uint64_t x = walking[i];
                const std::uint32_t at = place[i];
                part[at] = x;  // of no consequence where it walks on
                walking[still] = x;
                place[still] = at;
                still += x >= n_;
            }
            num_walking = still;
        }
    }
}

}  // namespace annelid
