// Exchanges between any number of ranks: whatever each has for the others arrives whole and in the
// order of ranks, and all hear the same of what they combine.
//
//     mpirun -n 5 exchange_ranks_test

#include "engine/ranks/communicator.hpp"

#include <cstdint>
#include <cstdio>
#include <vector>

#include <fmt/format.h>

namespace {

using namespace annelid;

struct Item {
    std::int32_t round, from, to, place;
    bool operator==(const Item&) const = default;
};

/// Nothing, a few (they travel in bundles), and more than that; every fifth round much more.
std::int32_t count(std::int32_t round, std::int32_t from, std::int32_t to) {
    const std::uint32_t mixed =
        (static_cast<std::uint32_t>(round) * 73u + static_cast<std::uint32_t>(from) * 31u +
         static_cast<std::uint32_t>(to)) *
        2654435761u;
    const auto drawn = static_cast<std::int32_t>(mixed >> 16);
    switch (drawn % 4) {
        case 0:
            return 0;
        case 1:
            return drawn / 4 % 16;
        case 2:
            return drawn / 4 % 400;
        default:
            return round % 5 == 0 ? drawn * 8 : 17;
    }
}

std::vector<Item> items(std::int32_t round, std::int32_t from, std::int32_t to) {
    std::vector<Item> out;
    for (std::int32_t place = 0; place < count(round, from, to); ++place) {
        out.push_back({round, from, to, place});
    }
    return out;
}

bool check_round(Communicator& ranks, std::int32_t round) {
    std::vector<std::vector<Item>> to(static_cast<std::size_t>(ranks.size()));
    std::vector<Item> expected;
    for (std::int32_t r = 0; r < ranks.size(); ++r) {
        to[static_cast<std::size_t>(r)] = items(round, ranks.rank(), r);
        const std::vector<Item> from = items(round, r, ranks.rank());
        expected.insert(expected.end(), from.begin(), from.end());
    }
    const int speaker = round % (ranks.size() + 1);  // sometimes nobody
    const std::vector<Item> came = ranks.exchange(
        to,
        {.sum = ranks.rank() + 1, .of_first = 10 + ranks.rank(), .any = ranks.rank() == speaker});
    const ExchangeNote& note = ranks.note();
    const std::int64_t sum = std::int64_t{ranks.size()} * (ranks.size() + 1) / 2;
    return came == expected && note.sum == sum && note.of_first == 10 &&
           note.any == (speaker < ranks.size()) && ranks.stop_signal() == 0;
}

}  // namespace

int main(int argc, char** argv) {
    const annelid::MpiSession session(argc, argv);
    annelid::Communicator ranks;
    for (std::int32_t round = 0; round < 60; ++round) {
        if (ranks.any(!check_round(ranks, round))) {
            if (ranks.is_first()) {
                fmt::print(stderr, "round {} of exchanges between {} ranks went wrong\n", round,
                           ranks.size());
            }
            return 1;
        }
    }
    return 0;
}
