#include "engine/chance/draws.hpp"

namespace annelid {

namespace {

using Philox = r123::Philox4x32;

std::uint32_t low(std::uint64_t x) {
    return static_cast<std::uint32_t>(x);
}
std::uint32_t high(std::uint64_t x) {
    return static_cast<std::uint32_t>(x >> 32);
}

/// FNV-1a, 64 bits: the empty label has a value as any other.
std::uint64_t hash(std::string_view label) {
    std::uint64_t h = 0xcbf29ce484222325;
    for (const char c : label) {
        h ^= static_cast<unsigned char>(c);
        h *= 0x100000001b3;
    }
    return h;
}

}  // namespace

// Two Philox blocks. The first is a bijection of (seed, replicate) for each purpose, so nothing of
// them is lost; the second takes all 128 bits of the first and adds the label. Part of the results'
// definition: chance_draws_test.cpp holds frozen keys.
Draws::Draws(Seed seed, Purpose purpose, std::string_view label) {
    constexpr std::uint32_t domain = 0x6b657973;  // "keys": no purpose makes this a small key
    const Philox::ctr_type origin = {
        {low(seed.seed), high(seed.seed), low(seed.replicate), high(seed.replicate)}};
    const auto own = Philox{}(origin, {{static_cast<std::uint32_t>(purpose), domain}});

    const std::uint64_t labelled = hash(label);
    const auto key =
        Philox{}({{low(labelled), high(labelled), own[2], own[3]}}, {{own[0], own[1]}});
    key_ = {key[0], key[1]};
}

}  // namespace annelid
