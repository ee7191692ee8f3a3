// SIR along the links of a graph, beside shortest paths on the same graph: links gone through per
// second, both counted as the links of every vertex reached.
//
//   sir_on_graph [--accuracy] SCENARIO.toml OUTBREAKS [key=value]…
//
// Nothing is drawn, sorted or weighed before the clock starts; events, infectors and series are
// kept. No outbreaks: only what it costs to make the graph. --accuracy: how far the step puts the
// outbreaks off exact ones of the same draws, in place of times.
#include "engine/base/large_vector.hpp"
#include "engine/base/parallel.hpp"
#include "engine/chance/log.hpp"
#include "engine/ranks/communicator.hpp"
#include "models/program/world.hpp"
#include "tests/bench/accuracy.hpp"
#include "tests/bench/delta_stepping.hpp"
#include "tests/support/prepared_outbreak.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <sys/resource.h>

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

struct Played {
    double seconds;
    Events events;
};

Played play(World& world, const Scenario& scenario, Communicator& ranks, Seed seed,
            const std::vector<SeedHost>& seeds) {
    PreparedOutbreak with(world, scenario, seed);
    ranks.barrier();
    const auto start = Clock::now();
    Outbreak outbreak(with.model, with.settings, world.hosts(), with.series, ranks, seeds);
    while (outbreak.play_step()) {
    }
    ranks.barrier();
    const double seconds = seconds_since(start);
    return {seconds, outbreak.take_events()};
}

Seed seed_of(const Scenario& scenario, std::uint64_t replicate) {
    return {static_cast<std::uint64_t>(scenario.seed), replicate};
}

Speed time_outbreak(World& world, const Scenario& scenario, Communicator& ranks,
                    std::uint64_t replicate) {
    const Seed seed = seed_of(scenario, replicate);
    const Played played = play(world, scenario, ranks, seed, world.draw_seeds(seed));
    const OutbreakModel model = world.model();
    Speed speed;
    speed.seconds = played.seconds;
    for (const Event& event : played.events) {
        speed.links += world.graph()->degree(model.partition.to_local(event.host));
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
        speed.links += distance[v] < 1e30f ? graph.degree({v}) : 0;
    }
    return speed;
}

void print(const char* what, const Speed& speed) {
    fmt::print("{:<16} {:>12} links {:>8.3f} s {:>8.1f} million links/s\n", what, speed.links,
               speed.seconds, 1e-6 * static_cast<double>(speed.links) / speed.seconds);
}

std::int64_t peak_memory_bytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

/// Collective. What the graph cost: `before` is the peak of memory before it was made.
void report_making(const Graph& graph, const Communicator& ranks, double seconds,
                   std::int64_t before) {
    const auto peak = static_cast<double>(ranks.sum(peak_memory_bytes() - before));
    const auto size = static_cast<double>(ranks.sum(graph.memory_bytes()));
    if (ranks.is_first()) {
        const GraphCounts& counts = graph.counts();
        fmt::print("{} vertices, {} links, {} x {}\n", counts.vertices, counts.edges, ranks.size(),
                   num_threads());
        fmt::print("made in {:.2f} s: {:.0f} MB, {:.2f} x that at the peak\n", seconds, 1e-6 * size,
                   peak / size);
    }
}

void compare_speeds(World& world, const Scenario& scenario, Communicator& ranks,
                    std::uint64_t outbreaks) {
    for (std::uint64_t replicate = 0; replicate < outbreaks; ++replicate) {
        const Speed speed = time_outbreak(world, scenario, ranks, replicate);
        if (ranks.is_first()) {
            print("outbreak", speed);
        }
    }
    if (ranks.size() > 1) {
        return;
    }
    const Graph& graph = *world.graph();
    // From a seed: in RMAT many vertices have no links.
    std::uint32_t source = 0;
    for (const SeedHost& seed : world.draw_seeds(seed_of(scenario, 0))) {
        const auto vertex = static_cast<std::uint32_t>(seed.host.value);
        source = graph.degree({vertex}) > graph.degree({source}) ? vertex : source;
    }
    for (const float delta : {0.01f, 0.02f, 0.05f, 0.1f, 0.2f}) {
        print(fmt::format("paths {}", delta).c_str(), time_shortest_paths(graph, source, delta));
    }
}

void compare_with_exact(World& world, const Scenario& scenario, Communicator& ranks,
                        std::uint64_t outbreaks) {
    std::vector<Differences> all;
    for (std::uint64_t replicate = 0; replicate < outbreaks; ++replicate) {
        const Seed seed = seed_of(scenario, replicate);
        const auto seeds = world.draw_seeds(seed);
        const Played played = play(world, scenario, ranks, seed, seeds);
        all.push_back(compare_to_exact(world, scenario, seed, played.events, seeds));
    }
    print(all);
}

int run(std::vector<std::string> arguments) {
    const bool accuracy = !arguments.empty() && arguments.front() == "--accuracy";
    if (accuracy) {
        arguments.erase(arguments.begin());
    }
    if (arguments.size() < 2) {
        fmt::print(stderr,
                   "usage: sir_on_graph [--accuracy] SCENARIO.toml OUTBREAKS [key=value]…\n");
        return 2;
    }
    Communicator ranks;
    const Scenario scenario = read_scenario(arguments[0], {arguments.begin() + 2, arguments.end()});
    const std::uint64_t outbreaks = std::stoul(arguments[1]);
    if (accuracy && (ranks.size() > 1 || outbreaks < 2)) {
        fmt::print(stderr, "--accuracy needs one rank and at least two outbreaks\n");
        return 2;
    }
    const std::int64_t before = peak_memory_bytes();
    const auto start = Clock::now();
    World world(scenario, 0, ranks);
    ranks.barrier();
    report_making(*world.graph(), ranks, seconds_since(start), before);
    if (accuracy) {
        compare_with_exact(world, scenario, ranks, outbreaks);
    } else if (outbreaks > 0) {
        compare_speeds(world, scenario, ranks, outbreaks);
    }
    return 0;
}

}  // namespace
}  // namespace annelid

int main(int argc, char** argv) {
    annelid::keep_freed_memory();  // as the program does
    const annelid::MpiSession session(argc, argv);
    try {
        return annelid::run({argv + 1, argv + argc});
    } catch (const std::exception& fault) {
        fmt::print(stderr, "{}\n", fault.what());
        return 2;
    }
}
