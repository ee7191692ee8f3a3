// The members of a pool along a permutation of all addresses, a ring of places that all sources of
// an outbreak walk along.
//
// Only the members' places matter. Those of a random permutation are a random set of places that
// the members take in random order. Both are drawn: bins of equal width know how many members they
// hold (counted once, from a permutation of all places), which places of a bin are taken is a
// permutation of the bin, and who takes them a permutation of the members. Half a byte a member.
#pragma once

#include "engine/chance/draws.hpp"
#include "engine/chance/permutation.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace annelid {

class ScanRing {
  public:
    /// 1 <= members <= places, fewer than 2^32 members.
    ScanRing(std::int64_t places, std::int64_t members, const Draws& draws);

    /// A member by its number along the ring.
    struct Found {
        std::uint32_t rank;
        std::int64_t distance;  ///< in places, from 1 to their number; 0: nothing is found
    };
    /// The first two members behind a place; the second only where it costs nothing to find, which
    /// is mostly so.
    std::array<Found, 2> next(std::int64_t place) const;

    std::int64_t member(std::uint32_t rank) const {
        return static_cast<std::int64_t>(order_.position(rank));
    }
    std::int64_t place_of(std::int64_t member) const;
    std::int64_t num_places() const { return places_; }

  private:
    Permutation within(std::int64_t bin) const;
    std::int64_t width_of(std::int64_t bin) const;

    std::int64_t places_, width_;
    Draws draws_;
    Permutation order_;                  ///< rank along the ring, bin by bin, to member
    std::vector<std::uint32_t> starts_;  ///< members in the bins before each, and in all
};

}  // namespace annelid
