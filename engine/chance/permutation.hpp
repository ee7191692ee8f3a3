// A keyed pseudo-random permutation of 0 … n-1, evaluated point by point.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace annelid {

/// Balanced Feistel network with cycle walking (Black and Rogaway 2002): position(i) is a bijection
/// of [0, n), different for each key. Nothing is stored but the key, so a sweep costs no memory.
class Permutation {
  public:
    /// n >= 1; `key` is one draw of four words.
    Permutation(std::uint64_t n, std::array<std::uint32_t, 4> key);

    /// For i < n.
    std::uint64_t position(std::uint64_t i) const;

    /// The i whose position is `position`.
    std::uint64_t inverse(std::uint64_t position) const;

    /// Replaces every value, each below n, by its position: the same, several times as fast.
    void apply(std::span<std::uint64_t> values) const;

  private:
    template <std::size_t lanes>
    void encrypt(std::uint64_t* values) const;
    void encrypt_all(std::span<std::uint64_t> values) const;
    std::uint64_t decrypt(std::uint64_t value) const;

    std::uint64_t n_;
    unsigned half_bits_;
    unsigned rounds_;
    std::array<std::uint64_t, 2> key_;
};

}  // namespace annelid
