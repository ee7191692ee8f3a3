// A scenario made real on this rank: hosts, vectors, defences, seeds. Shared by all replicates.
#pragma once

#include "engine/hosts/host_table.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"
#include "engine/spread/outbreak.hpp"
#include "models/program/scenario.hpp"

#include <memory>
#include <string>
#include <vector>

namespace annelid {

class World {
  public:
    /// Collective. InputError where scenario and population do not fit.
    /// `replicate` matters only where the scenario redraws the world.
    World(const Scenario& scenario, std::int64_t replicate, const Communicator& ranks);

    OutbreakModel model() const;
    const Population& population() const { return population_; }
    const Lifecycle& lifecycle() const { return lifecycle_; }
    HostTable& hosts() { return hosts_; }
    TimeUs step_us() const { return step_us_; }
    /// Remarks that a user should see, for example on scaled seeds.
    const std::vector<std::string>& notes() const { return notes_; }

    /// Puts every host back to susceptible or immune and counts them into `series`.
    void reset(Series& series);

    /// Collective. The hosts with which the outbreak of `seed` starts, the same on all ranks.
    std::vector<SeedHost> draw_seeds(Seed seed) const;

  private:
    const VectorModel& seeding_vector() const;
    TimeUs choose_step() const;
    void scale_seeds(const Communicator& ranks);
    void check_seeds() const;

    const Scenario& scenario_;
    std::unique_ptr<EdgeSource> edges_;  ///< only while the world is made
    Population population_;
    Partition partition_;
    std::unique_ptr<Hours> hours_;  ///< null: every host is always on
    HostTable hosts_;
    std::unique_ptr<Graph> graph_;
    Lifecycle lifecycle_;
    std::vector<std::unique_ptr<VectorModel>> vectors_;
    std::vector<std::unique_ptr<DefenceModel>> defences_;
    TimeUs step_us_ = 0;
    std::int64_t num_seeds_ = 0;
    TimeUs seeds_time_ = 0;
    std::vector<std::string> notes_;
};

}  // namespace annelid
