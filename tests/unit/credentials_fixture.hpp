// Vector `credentials` in small worlds: one process played alone, or whole outbreaks.
#pragma once

#include "engine/graph/edge_source.hpp"
#include "engine/spread/outbreak.hpp"
#include "models/vectors/credentials.hpp"
#include "tests/unit/epidemic.hpp"
#include "tests/unit/scan_fixture.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {

/// Every yield the same; nothing but a domain administrator's credentials; no delay.
inline CredentialsSettings domain_credentials(double yield) {
    CredentialsSettings out;
    out.harvest = fixed(0);
    out.workstation_yield = yield;
    out.server_yield = yield;
    out.administrator_yield = yield;
    out.domain_controller_yield = yield;
    out.local_yield = 0;
    return out;
}

/// One process, all attempts by (source, time, target).
struct CredentialsRun {
    const SmallWorld& world;
    CredentialsSettings settings;
    const Graph* graph = nullptr;
    TimeUs step_us = us_per_s;
    TimeUs end_us = 100'000 * us_per_s;
    Seed seed = {};
    std::vector<HostId> seeds = {};
    bool first_counts = false;

    std::vector<Attempt> run(const std::vector<Source>& sources) const {
        VectorContext context = world.context();
        context.graph = graph;
        const auto model = make_credentials("stolen", settings, context);
        const auto process = model->start({seed, step_us, end_us, 1, first_counts, {}, seeds});
        AttemptSink sink(world.partition, 1);
        for (const Source& source : sources) {
            const std::int64_t step = source.from / step_us - 1;
            process->launch(source, {step, step * step_us, (step + 1) * step_us}, 0);
        }
        for (std::int64_t step = process->next_step(0); step != no_step;
             step = process->next_step(0)) {
            const Window window{step, step * step_us, std::min((step + 1) * step_us, end_us)};
            sink.begin(1, window.begin, {});
            process->emit(window, 0, sink);
        }
        EXPECT_EQ(sink.deferred(), 0);
        std::vector<Attempt> out = sink.to_lane()[0];
        std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
            return std::tie(a.source, a.time, a.target) < std::tie(b.source, b.time, b.target);
        });
        return out;
    }
};

/// Outbreaks of one worm in one world, which is made once.
class WorldRuns {
  public:
    WorldRuns(Population population, const LifecycleSpec& lifecycle,
              std::vector<std::pair<std::string, CredentialsSettings>> credentials,
              std::vector<std::pair<std::string, ScanSettings>> scans = {})
        : world_(std::move(population)), lifecycle_(lifecycle) {
        for (const auto& [name, settings] : credentials) {
            vectors_.push_back(make_credentials(name, settings, world_.context()));
        }
        for (const auto& [name, settings] : scans) {
            vectors_.push_back(make_scan(name, settings, world_.context()));
        }
    }

    SmallWorld& world() { return world_; }
    TimeUs end_us = 24 * 3600 * us_per_s;
    TimeUs step_us = us_per_s;
    unsigned lanes = 1;

    /// Events by (time, host).
    std::vector<Event> play(Seed seed, const std::vector<SeedHost>& seeds) {
        const OutbreakModel model{world_.population, world_.partition, {{lifecycle_, vectors_}},
                                  defences_,         step_us,          end_us};
        OutbreakSettings settings;
        settings.seed = seed;
        settings.lanes = lanes;
        std::fill(world_.hosts.state[0].begin(), world_.hosts.state[0].end(),
                  Lifecycle::susceptible);
        Series series(world_.population, lifecycle_.states().size(), vectors_.size() + 1, end_us,
                      2);
        Outbreak outbreak(model, settings, world_.hosts, series, world_.ranks, seeds);
        while (outbreak.play_step()) {
        }
        Events events = outbreak.take_events();
        sort_rows(events);
        return {events.begin(), events.end()};
    }

  private:
    SmallWorld world_;
    Lifecycle lifecycle_;
    std::vector<std::unique_ptr<VectorModel>> vectors_;
    std::vector<std::unique_ptr<DefenceModel>> defences_;
};

}  // namespace annelid
