// What tests of defences that look at and care for hosts share: a world on one of several ranks,
// and a process that is told of steps made by hand.
#pragma once

#include "engine/spread/defence.hpp"
#include "models/defences/context.hpp"
#include "tests/unit/small_world.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace annelid {

/// One of several ranks, or all hosts.
struct RankWorld {
    explicit RankWorld(Population made, int num_ranks = 1, int rank = 0)
        : population(std::move(made)),
          partition(population, num_ranks, rank),
          hosts(population, partition) {}
    /// Host h belongs to rank owners[h].
    RankWorld(Population made, const std::vector<std::int32_t>& owners, int num_ranks, int rank = 0)
        : population(std::move(made)),
          partition(owners, num_ranks, rank),
          hosts(population, partition) {}
    RankWorld(const RankWorld&) = delete;
    RankWorld& operator=(const RankWorld&) = delete;

    DefenceContext context() const { return {population, partition, hosts, {}, triggers}; }

    Population population;
    Partition partition;
    HostTable hosts;
    std::map<std::string, Group> triggers;
};

/// A defence in a world of its own, and one outbreak of it.
template <class Settings>
struct Care {
    Care(const Settings& settings, Population population, Seed seed = {})
        : world(std::move(population)),
          model(make_defence("care", settings, world.context())),
          process(model->start(seed)) {}

    RankWorld world;
    std::unique_ptr<DefenceModel> model;
    std::unique_ptr<DefenceProcess> process;
};

/// The orders that follow from what happened in the step that is [begin, end).
inline std::vector<Order> orders_after(DefenceProcess& process, TimeUs begin, TimeUs end,
                                       const std::vector<Infection>& infections,
                                       const std::vector<Detection>& detections) {
    std::vector<Order> out;
    process.hear({{0, begin, end}, infections, detections}, Communicator{}, out);
    return out;
}

inline Detection found(TimeUs time, std::int64_t host) {
    return {time, HostId{host}, 0, true, true};
}
inline Detection false_alarm(TimeUs time, std::int64_t host) {
    return {time, HostId{host}, 0, false, false};
}

}  // namespace annelid
