// Identifiers. A HostId names a host of the whole model on every rank; a LocalHost is a position
// in one rank's arrays. They convert only through Partition.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>

namespace annelid {

struct HostId {
    std::int64_t value = -1;
    auto operator<=>(const HostId&) const = default;
};

/// The infector of a host that an outbreak starts with.
inline constexpr HostId no_host{-1};

struct LocalHost {
    std::uint32_t value = 0;
    auto operator<=>(const LocalHost&) const = default;
};

using StateId = std::uint8_t;
using VectorId = std::uint8_t;

/// Vector 0 of every run stands for the hosts that the outbreak starts with.
inline constexpr VectorId seed_vector = 0;

}  // namespace annelid
