// Triggers on any number of ranks: what fires does not depend on which rank saw what, and all ranks
// know it alike.
//
//     mpirun -n 3 triggers_ranks_test

#include "engine/chance/draws.hpp"
#include "engine/spread/triggers.hpp"
#include "tests/unit/small_world.hpp"

#include <cstdint>
#include <cstdio>
#include <span>
#include <vector>

namespace {

using namespace annelid;
using Kind = TriggerRule::Kind;

constexpr StateId susceptible = 0, disrupted = 1;

/// Of every group; the last two look at all others.
std::vector<TriggerRule> rules() {
    std::vector<TriggerRule> out;
    for (const Group per : {Group::world, Group::country, Group::sector, Group::organisation}) {
        out.push_back({.name = "count",
                       .kind = Kind::count,
                       .per = per,
                       .states = {false, true},
                       .at_least = per == Group::organisation ? 3 : 20});
        out.push_back({.name = "found",
                       .kind = Kind::detections,
                       .per = per,
                       .at_least = per == Group::organisation ? 2 : 10});
    }
    out.push_back({.name = "out", .kind = Kind::outages, .at_least = 15});
    out.push_back({.name = "alert", .kind = Kind::alert, .per = Group::country, .of = {3}});
    out.back().delay = 150;
    out.back().members = {true, true};
    out.push_back({.name = "any", .kind = Kind::any, .per = Group::organisation, .of = {6, 7}});
    out.push_back(
        {.name = "both", .kind = Kind::all, .per = Group::organisation, .of = {9, 10, 8}});
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    MpiSession session(argc, argv);
    const Communicator ranks;
    const Population population = two_countries();
    std::vector<std::size_t> all;
    for (std::size_t i = 0; i < rules().size(); ++i) {
        all.push_back(i);
    }
    Triggers shared(rules(), population, Seed{1, 0}, all);
    Triggers alone(rules(), population, Seed{1, 0}, all);
    const Draws draws(Seed{2, 0}, Purpose::test);
    bool same = true;
    std::vector<std::int64_t> fired;
    constexpr TimeUs step = 10;
    for (std::int64_t event = 0; event < 2000; ++event) {
        const auto draw = draws.words(static_cast<std::uint64_t>(event));
        const HostId host{draw[0] % 1000};
        const bool on = draw[1] % 3 != 0;
        const auto tell = [&](Triggers& triggers) {
            const HostId first = population.organisation_of(host).first;
            switch (draw[2] % 4) {
                case 0:
                    return triggers.count_detection(host, 0, on);
                case 1:
                    return triggers.count_outage(first, on);
                default:
                    return triggers.count_states(host, population.cell_of(host), 0,
                                                 on ? susceptible : disrupted,
                                                 on ? disrupted : susceptible);
            }
        };
        if (draw[3] % static_cast<std::uint32_t>(ranks.size()) ==
            static_cast<std::uint32_t>(ranks.rank())) {
            tell(shared);
        }
        if (ranks.is_first()) {
            tell(alone);
        }
        if (event % 25 == 24) {
            const TimeUs from = event / 25 * step;
            shared.share(ranks);
            alone.share(ranks);
            same = same && shared.next_time() == alone.next_time();
            const std::vector<Fire> fires = shared.fire(from, from + step);
            same = same && fires == alone.fire(from, from + step);
            for (const Fire& fire : fires) {
                fired.insert(fired.end(),
                             {fire.time, static_cast<std::int64_t>(fire.rule), fire.group});
            }
        }
    }
    const auto everywhere = ranks.gather_all(std::span<const std::int64_t>(fired));
    for (std::size_t i = 0; i < everywhere.size(); ++i) {
        same = same && everywhere[i] == fired[i % fired.size()];
    }
    const bool enough = fired.size() > 3 * 40;
    if (!same || !enough) {
        std::fprintf(stderr, "FAILED on rank %d: %s, %zu fired\n", ranks.rank(),
                     same ? "the same" : "not the same", fired.size() / 3);
    }
    return ranks.any(!same || !enough) ? 1 : 0;
}
