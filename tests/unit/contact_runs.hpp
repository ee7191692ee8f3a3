// Many outbreaks along the links of one network, played by the engine: the world is built once.
#pragma once

#include "tests/unit/epidemic.hpp"
#include "tests/unit/next_reaction.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace annelid {

class ContactRuns {
  public:
    /// Of the epidemic, all but its vectors (one contact), step, seeds and end are left aside.
    explicit ContactRuns(const Epidemic& epidemic)
        : e_(epidemic),
          world_(flat(e_.network->num_vertices())),
          graph_(*e_.network, world_.partition, e_.multiple, world_.ranks),
          lifecycle_(e_.lifecycle) {
        VectorContext context = world_.context();
        context.graph = &graph_;
        for (const auto& [name, settings] : e_.contacts) {
            vectors_.push_back(make_contact(name, settings, context));
        }
    }

    OutbreakCounts totals;  ///< of the last run

    Spread play(Seed seed) {
        const OutbreakModel model{world_.population, world_.partition, {{lifecycle_, vectors_}},
                                  defences_,         e_.step_us,       e_.end_us};
        OutbreakSettings settings;
        settings.seed = seed;
        settings.transitions = true;
        std::fill(world_.hosts.state[0].begin(), world_.hosts.state[0].end(),
                  Lifecycle::susceptible);
        Series series(world_.population, lifecycle_.states().size(), vectors_.size() + 1, e_.end_us,
                      2);
        Outbreak outbreak(model, settings, world_.hosts, series, world_.ranks, e_.seeds);
        while (outbreak.play_step()) {
        }
        totals = outbreak.counts();
        return spread_of(outbreak);
    }

    const GraphCounts& counts() const { return graph_.counts(); }

  private:
    Spread spread_of(Outbreak& outbreak) const {
        Spread out;
        out.first_infected.assign(world_.hosts.state[0].size(), at_no_time);
        for (const Event& event : outbreak.take_events()) {
            double& first = out.first_infected[static_cast<std::size_t>(event.host.value)];
            first = std::min(first, to_seconds(event.time_us));
            out.infections += 1;
        }
        for (const Transition& transition : outbreak.take_transitions()) {
            out.last_event = std::max(out.last_event, to_seconds(transition.time_us));
        }
        for (const StateId state : world_.hosts.state[0]) {
            out.infected_at_end += lifecycle_[state].infected ? 1 : 0;
        }
        return out;
    }

    const Epidemic e_;
    SmallWorld world_;
    Graph graph_;
    Lifecycle lifecycle_;
    std::vector<std::unique_ptr<VectorModel>> vectors_;
    std::vector<std::unique_ptr<DefenceModel>> defences_;
};

}  // namespace annelid
