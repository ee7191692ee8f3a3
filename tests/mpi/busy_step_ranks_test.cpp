// What ranks wait for each other in while an outbreak is busy: one exchange a step and nothing
// else, as latency is what bounds many ranks.
//
//     mpirun -n 3 busy_step_ranks_test SOURCE_DIR

#include "engine/ranks/communicator.hpp"
#include "tests/bench/scaling/mpi_times.hpp"
#include "tests/support/prepared_outbreak.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace {

using namespace annelid;

/// Collective. Whether steps of the outbreak, which must be busy by then, take an exchange each.
bool takes_one_exchange(const std::string& file, const std::vector<std::string>& changes,
                        Communicator& ranks) {
    constexpr std::int64_t first_steps = 15, steps = 20;
    const Scenario scenario = read_scenario(file, changes);
    const Seed seed{static_cast<std::uint64_t>(scenario.seed), 0};
    World world(scenario, 0, ranks);
    PreparedOutbreak with(world, scenario, seed);
    Outbreak outbreak(with.model, with.settings, world.hosts(), with.series, ranks,
                      world.draw_seeds(seed));
    bool played = true;
    for (std::int64_t step = 0; step < first_steps; ++step) {
        played = outbreak.play_step() && played;
    }
    const MpiTimes before = mpi_times();
    for (std::int64_t step = 0; step < steps; ++step) {
        played = outbreak.play_step() && played;
    }
    const MpiTimes after = mpi_times();
    // Only the first rank knows how often it has met the second.
    const std::int64_t exchanges = ranks.sum(after.exchanges - before.exchanges);
    const std::int64_t others = ranks.sum(after.allreduces - before.allreduces);
    const std::int64_t skipped = outbreak.counts().steps_skipped;
    if (ranks.is_first()) {
        fmt::print("{}: {} ranks, {} steps, {} exchanges, {} reductions on all ranks, {} skipped\n",
                   scenario.title, ranks.size(), steps, exchanges, others, skipped);
    }
    return played && skipped == 0 && exchanges == steps && others == 0;
}

int test(const std::string& source_dir) {
    Communicator ranks;
    const bool by_links = takes_one_exchange(
        source_dir + "/tests/bench/scaling/sir.toml",
        {"population.hosts=20_000", "network.edges=320_000", "seeds.hosts=200"}, ranks);
    const bool by_scans =
        takes_one_exchange(source_dir + "/inputs/sir-flat.toml", {"seeds.hosts=200"}, ranks);
    return by_links && by_scans ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const MpiSession session(argc, argv);
    return argc == 2 ? test(argv[1]) : 2;
}
