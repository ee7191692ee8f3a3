// The hosts with which the outbreak of a worm starts.
#pragma once

#include "engine/hosts/partition.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"
#include "engine/spread/outbreak.hpp"
#include "models/program/scenario.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace annelid {

class Seeding {
  public:
    using Vectors = std::vector<std::unique_ptr<VectorModel>>;

    /// Collective. For worm number `worm` of the scenario, whose vectors these are; they and the
    /// population must outlive it. InputError where seeds and world do not fit.
    Seeding(const Scenario& scenario, std::size_t worm, const Vectors& vectors,
            const Population& population, const Partition& partition, const Lifecycle& lifecycle,
            const Communicator& ranks);

    /// Its seed hosts in the outbreak of `seed`, the same on all ranks.
    std::vector<SeedHost> draw(Seed seed) const;

    /// A remark that a user should see, on scaled seeds; or empty.
    const std::string& note() const { return note_; }

  private:
    /// The vector from whose pool seeds are drawn.
    const VectorModel& drawn_from() const;
    void scale(const Partition& partition, const Lifecycle& lifecycle, const Communicator& ranks);
    void check() const;
    [[noreturn]] void refuse(const std::string& key, const std::string& why,
                             const std::string& advice) const;

    const Scenario& scenario_;
    std::size_t worm_;
    const SeedSettings& settings_;
    const Vectors& vectors_;
    const Population& population_;
    std::int64_t num_ = 0;
    TimeUs time_ = 0;
    std::string note_;
};

}  // namespace annelid
