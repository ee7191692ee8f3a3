// SIR along the links of a graph, beside shortest paths on the same graph: links gone through per
// second, both counted as the links of every vertex reached.
//
//   sir_on_graph SCENARIO.toml OUTBREAKS [key=value]…
//
// Nothing is drawn, sorted or weighed before the clock starts; events, infectors and series are
// kept.
#include "engine/base/large_vector.hpp"
#include "engine/base/parallel.hpp"
#include "engine/chance/log.hpp"
#include "engine/ranks/communicator.hpp"
#include "models/program/world.hpp"
#include "tests/bench/delta_stepping.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace annelid {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Speed {
    std::int64_t links = 0;
    double seconds = 0;
};

Speed time_outbreak(World& world, const Scenario& scenario, Communicator& ranks,
                    std::uint64_t replicate) {
    const OutbreakModel model = world.model();
    Series series(world.population(), world.lifecycle().states().size(), model.vectors.size() + 1,
                  scenario.record_every, scenario.num_rows());
    world.reset(series);
    const Seed seed{static_cast<std::uint64_t>(scenario.seed), replicate};
    OutbreakSettings settings;
    settings.seed = seed;
    settings.lanes = static_cast<unsigned>(num_threads());
    const auto seeds = world.draw_seeds(seed);
    ranks.barrier();
    const auto start = Clock::now();
    Outbreak outbreak(model, settings, world.hosts(), series, ranks, seeds);
    while (outbreak.play_step()) {
    }
    ranks.barrier();
    Speed speed;
    speed.seconds = seconds_since(start);
    // Links lie with their targets: of an undirected graph a vertex has as many in as out.
    std::vector<std::int64_t> degree(static_cast<std::size_t>(model.partition.num_local()));
    for (std::int64_t link = 0; link < model.graph->num_local_links(); ++link) {
        degree[model.graph->targets()[link].value] += 1;
    }
    for (const Event& event : outbreak.take_events()) {
        speed.links += degree[model.partition.to_local(event.host).value];
    }
    speed.links = ranks.sum(speed.links);
    return speed;
}

Speed time_shortest_paths(const Graph& graph, std::uint32_t source, float delta) {
    // Exponential lengths; the yardstick may draw them before its clock starts.
    std::vector<float> length(static_cast<std::size_t>(graph.num_local_links()));
    const Draws draws({1, 0}, Purpose::test);
    for (std::size_t i = 0; i < length.size(); ++i) {
        length[i] = static_cast<float>(4 * exponential_from_bits(draws.bits(i))) + 1e-6f;
    }
    const auto start = Clock::now();
    const std::vector<float> distance = delta_stepping(graph, length, source, delta);
    Speed speed;
    speed.seconds = seconds_since(start);
    for (std::uint32_t v = 0; v < distance.size(); ++v) {
        speed.links += distance[v] < 1e30f ? graph.end(v) - graph.begin(v) : 0;
    }
    return speed;
}

void print(const char* what, const Speed& speed) {
    fmt::print("{:<16} {:>12} links {:>8.3f} s {:>8.1f} million links/s\n", what, speed.links,
               speed.seconds, 1e-6 * static_cast<double>(speed.links) / speed.seconds);
}

int run(const std::string& file, std::uint64_t outbreaks, const std::vector<std::string>& sets) {
    Communicator ranks;
    const Scenario scenario = read_scenario(file, sets);
    const auto made = Clock::now();
    World world(scenario, 0, ranks);
    const Graph& graph = *world.model().graph;
    if (ranks.is_first()) {
        fmt::print("{} vertices, {} links, {:.2f} s to make; {} x {}\n", graph.counts().vertices,
                   graph.counts().edges, seconds_since(made), ranks.size(), num_threads());
    }
    for (std::uint64_t replicate = 0; replicate < outbreaks; ++replicate) {
        const Speed speed = time_outbreak(world, scenario, ranks, replicate);
        if (ranks.is_first()) {
            print("outbreak", speed);
        }
    }
    for (const float delta : {0.05f, 0.1f, 0.2f}) {
        if (ranks.size() == 1) {
            print(fmt::format("paths {}", delta).c_str(), time_shortest_paths(graph, 1, delta));
        }
    }
    return 0;
}

}  // namespace
}  // namespace annelid

int main(int argc, char** argv) {
    annelid::keep_freed_memory();  // as the program does
    const annelid::MpiSession session(argc, argv);
    try {
        if (argc < 3) {
            fmt::print(stderr, "usage: sir_on_graph SCENARIO.toml OUTBREAKS [key=value]…\n");
            return 2;
        }
        return annelid::run(argv[1], std::stoul(argv[2]), {argv + 3, argv + argc});
    } catch (const std::exception& fault) {
        fmt::print(stderr, "{}\n", fault.what());
        return 2;
    }
}
