// A scenario made real on this rank: hosts, vectors, defences, seeds. Shared by all replicates.
#pragma once

#include "engine/hosts/host_table.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"
#include "engine/spread/outbreak.hpp"
#include "models/program/memory_check.hpp"
#include "models/program/scenario.hpp"
#include "models/program/seeding.hpp"
#include "models/program/trigger_checks.hpp"

#include <memory>
#include <string>
#include <vector>

namespace annelid {

class World {
  public:
    /// Collective. InputError where scenario and population do not fit.
    /// `replicate` matters only where the scenario redraws the world; `left` is what there was
    /// before any team of ranks made one.
    World(const Scenario& scenario, std::int64_t replicate, const Communicator& ranks,
          const MemoryLeft& left = memory_left());

    OutbreakModel model() const;
    const Population& population() const { return population_; }
    const Graph* graph() const { return graph_.get(); }  ///< null: there is no network
    /// Of the run file, over all worms.
    const std::vector<std::string>& state_names() const { return state_names_; }
    const std::vector<std::string>& vector_names() const { return vector_names_; }
    HostTable& hosts() { return hosts_; }
    TimeUs step_us() const { return step_us_; }
    /// Remarks that a user should see, for example on scaled seeds.
    const std::vector<std::string>& notes() const { return notes_; }
    /// What is hardly meant, of the scenario and in this world.
    const std::vector<std::string>& warnings() const { return warnings_; }

    /// Puts every host back to susceptible or immune and counts them into `series`.
    void reset(Series& series);

    /// The states of this rank's hosts, by worm, as numbers of state_names(). Ends their use.
    std::vector<LargeVector<StateId>> take_final_states();

    /// The hosts with which the outbreak of `seed` starts, the same on all ranks, in time order.
    std::vector<SeedHost> draw_seeds(Seed seed) const;

  private:
    struct OneWorm {
        Lifecycle lifecycle;
        std::vector<std::unique_ptr<VectorModel>> vectors;
        std::unique_ptr<Seeding> seeding;
        std::vector<StateId> state_numbers = {};  ///< places in state_names(), by state
        std::vector<VectorId> vector_numbers = {};
    };

    void number_names();
    void make_defences();
    void make_triggers(const TriggerTables& tables, const DefenceContext& context);
    TimeUs choose_step() const;
    void reset(Series& series, std::size_t w);

    const Scenario& scenario_;
    std::unique_ptr<EdgeSource> edges_;  ///< only while the world is made
    Population population_;
    Partition partition_;
    std::unique_ptr<Hours> hours_;  ///< null: every host is always on
    HostTable hosts_;
    std::unique_ptr<Graph> graph_;
    std::vector<std::unique_ptr<OneWorm>> worms_;
    std::vector<std::string> state_names_, vector_names_;
    std::vector<std::unique_ptr<DefenceModel>> defences_;
    std::unique_ptr<ServiceRules> services_;  ///< null: nobody counts who is out of service
    std::vector<TriggerRule> triggers_;
    std::vector<Starter> starters_;
    TimeUs step_us_ = 0;
    std::vector<std::string> notes_, warnings_;
};

}  // namespace annelid
