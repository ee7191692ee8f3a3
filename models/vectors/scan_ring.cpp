#include "models/vectors/scan_ring.hpp"

#include "engine/base/parallel.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>
#include <span>

namespace annelid {

namespace {

constexpr std::int64_t members_per_bin = 8;

/// What a permutation is of, the second word of its draw; the first is the bin.
enum : std::uint32_t { of_bin, of_places, of_members };

std::int64_t bin_width(std::int64_t places, std::int64_t members) {
    return static_cast<std::int64_t>(
        (static_cast<__int128>(places) * members_per_bin + members - 1) / members);
}

}  // namespace

ScanRing::ScanRing(std::int64_t places, std::int64_t members, const Draws& draws)
    : places_(places),
      width_(bin_width(places, members)),
      draws_(draws),
      order_(static_cast<std::uint64_t>(members), draws.words(0, of_members)),
      starts_(static_cast<std::size_t>((places + width_ - 1) / width_) + 1) {
    const Permutation scatter(static_cast<std::uint64_t>(places), draws.words(0, of_places));
    constexpr std::int64_t piece = 1 << 12;
    parallel_pieces(members, piece, [&](std::int64_t begin, std::int64_t end) {
        std::array<std::uint64_t, piece> at;
        const std::span<std::uint64_t> mine(at.data(), static_cast<std::size_t>(end - begin));
        std::iota(mine.begin(), mine.end(), static_cast<std::uint64_t>(begin));
        scatter.apply(mine);
        for (const std::uint64_t place : mine) {
            const std::uint64_t bin = place / static_cast<std::uint64_t>(width_);
            std::atomic_ref(starts_[bin + 1]).fetch_add(1, std::memory_order_relaxed);
        }
    });
    std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
}

std::int64_t ScanRing::width_of(std::int64_t bin) const {
    return std::min(width_, places_ - bin * width_);
}

/// Number i of the bin's members is at this position of i.
Permutation ScanRing::within(std::int64_t bin) const {
    return {static_cast<std::uint64_t>(width_of(bin)),
            draws_.words(static_cast<std::uint64_t>(bin), of_bin)};
}

std::array<ScanRing::Found, 2> ScanRing::next(std::int64_t place) const {
    const std::int64_t num_bins = std::ssize(starts_) - 1;
    std::int64_t bin = place / width_;
    std::int64_t before = 0;  // places of the rounds up to this bin
    for (std::int64_t behind = place;;) {
        const std::uint32_t first = starts_[static_cast<std::size_t>(bin)];
        const std::uint32_t count = starts_[static_cast<std::size_t>(bin) + 1] - first;
        std::array<std::int64_t, 2> nearest = {places_, places_};
        std::array<std::uint32_t, 2> rank{};
        const Permutation inside = within(bin);
        std::array<std::uint64_t, 16> at;
        for (std::uint32_t done = 0; done < count; done += at.size()) {
            const std::span some(at.data(), std::min<std::size_t>(at.size(), count - done));
            std::iota(some.begin(), some.end(), done);
            inside.apply(some);
            for (std::size_t i = 0; i < some.size(); ++i) {
                const auto taken = bin * width_ + static_cast<std::int64_t>(some[i]);
                const std::uint32_t its_rank = first + done + static_cast<std::uint32_t>(i);
                if (taken <= behind || taken >= nearest[1]) {
                    continue;
                }
                if (taken < nearest[0]) {
                    nearest = {taken, nearest[0]};
                    rank = {its_rank, rank[0]};
                } else {
                    nearest[1] = taken;
                    rank[1] = its_rank;
                }
            }
        }
        if (nearest[0] < places_) {
            return {Found{rank[0], before + nearest[0] - place},
                    Found{rank[1], nearest[1] < places_ ? before + nearest[1] - place : 0}};
        }
        bin += 1;
        if (bin == num_bins) {
            bin = 0;
            before = places_;
            behind = -1;
        }
    }
}

std::int64_t ScanRing::place_of(std::int64_t member) const {
    const std::uint64_t rank = order_.inverse(static_cast<std::uint64_t>(member));
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), rank);
    const std::int64_t bin = after - starts_.begin() - 1;
    const std::uint64_t i = rank - starts_[static_cast<std::size_t>(bin)];
    return bin * width_ + static_cast<std::int64_t>(within(bin).position(i));
}

}  // namespace annelid
