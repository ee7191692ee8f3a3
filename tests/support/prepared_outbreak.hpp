// What an outbreak in a world needs beside the world, for programs that play it step by step.
#pragma once

#include "engine/base/parallel.hpp"
#include "engine/spread/outbreak.hpp"
#include "engine/spread/series.hpp"
#include "models/program/world.hpp"

namespace annelid {

/// A lane a thread. Must outlive the outbreak; one at a time, as it resets the world.
struct PreparedOutbreak {
    PreparedOutbreak(World& world, const Scenario& scenario, Seed seed)
        : model(world.model()),
          series(world.population(), world.state_names().size(), world.vector_names().size(),
                 scenario.record_every, scenario.num_rows()) {
        world.reset(series);
        settings.seed = seed;
        settings.lanes = static_cast<unsigned>(num_threads());
    }

    OutbreakModel model;
    Series series;
    OutbreakSettings settings;
};

}  // namespace annelid
