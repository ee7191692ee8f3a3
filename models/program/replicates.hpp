// What a replicate came to, on its way from the team that played it into the run.
#pragma once

#include "engine/files/run_file.hpp"
#include "engine/ranks/communicator.hpp"

#include <cstddef>
#include <vector>

namespace annelid {

struct Replicate {
    std::size_t index = 0;       ///< among the replicates of the run
    RunSeries series;            ///< its own, on the first rank of its team
    RunDiagnostics diagnostics;  ///< its own; `failures` is empty unless it failed
    Events events;               ///< of this rank, as are
    Transitions transitions;
};

/// Calls visit(name, values...) with each diagnostic that is counted by replicate.
template <class Visit, class... Diagnostics>
void each_diagnostic(const Visit& visit, Diagnostics&... d) {
    visit("attempts", d.attempts...);
    visit("scans_represented", d.scans_represented...);
    visit("steps", d.steps...);
    visit("steps_skipped", d.steps_skipped...);
    visit("deferred", d.deferred...);
    visit("vertices", d.network.vertices...);
    visit("links", d.network.links...);
    visit("self_loops", d.network.self_loops...);
    visit("duplicates", d.network.duplicates...);
    visit("cut_links", d.network.cut_links...);
    visit("vertex_imbalance", d.network.vertex_imbalance...);
    visit("link_imbalance", d.network.link_imbalance...);
    visit("ghosts", d.network.ghosts...);
    visit("most_ghosts", d.network.most_ghosts...);
}

/// Puts diagnostics of one of `replicates` replicates among those of all.
void place_diagnostics(const Replicate& one, std::size_t replicates, RunDiagnostics& all);

/// Puts series of one of `replicates` replicates among those of all, which have their size, but
/// for further ones, which get it.
void place_series(const Replicate& one, std::size_t replicates, RunSeries& all);

/// Collective. On the first rank what all ranks have, but for events and transitions, in the order
/// of their indices.
std::vector<Replicate> gather_replicates(std::vector<Replicate> mine, Communicator& ranks);

}  // namespace annelid
