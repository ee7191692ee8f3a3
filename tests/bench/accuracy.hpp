// How far the step puts an outbreak off the exact one: played by the engine and as shortest paths
// over the same draws, whose noise cancels.
#pragma once

#include "models/program/world.hpp"
#include "tests/unit/first_passage.hpp"

#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

namespace annelid {

inline const ContactSettings& only_contact(const Scenario& scenario) {
    return std::get<ContactSettings>(scenario.worms[0].vectors.front().settings);
}

/// One rank; SIR with one vector `contact`, without weights.
inline Differences compare_to_exact(World& world, const Scenario& scenario, Seed seed,
                                    const Events& events, const std::vector<SeedHost>& seeds) {
    std::vector<TimeUs> infected(static_cast<std::size_t>(world.population().num_hosts()), never);
    for (const Event& event : events) {
        infected[static_cast<std::size_t>(event.host.value)] = event.time_us;
    }
    const OutbreakModel model = world.model();
    return differences(
        with_recoveries(std::move(infected), model.worms[0].lifecycle, seed),
        first_passage(*world.graph(), model.worms[0].lifecycle, only_contact(scenario).time,
                      model.worms[0].vectors.front()->name(), seed, seeds, model.end_us));
}

/// A line for each of what is compared: the mean difference and its standard error.
inline void print(const std::vector<Differences>& all) {
    const auto line = [&](const char* what, double Differences::*of) {
        const MeanDifference mean = mean_of(all, of);
        fmt::print("{:<12} {:+.3f} +- {:.3f} %\n", what, 100 * mean.value, 100 * mean.error);
    };
    line("final size", &Differences::final_size);
    line("peak height", &Differences::peak_height);
    line("peak time", &Differences::peak_time);
    line("… its middle", &Differences::peak_middle);
}

}  // namespace annelid
