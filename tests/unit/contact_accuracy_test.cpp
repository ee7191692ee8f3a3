// What a step costs an SIR outbreak along links: against shortest paths over the same draws, so
// that the two differ by the step alone. tests/bench/sir_on_graph --accuracy does the same to the
// benchmark at 2^16 vertices.
#include "models/networks/gnm.hpp"
#include "tests/unit/contact_runs.hpp"
#include "tests/unit/first_passage.hpp"

#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace annelid {
namespace {

/// The benchmark's outbreak (tests/bench/sir_on_graph.toml) on a graph of its degree.
Epidemic benchmark_on(const EdgeSource& source, TimeUs step_us) {
    EdgePiece all;
    for (std::int64_t i = 0; i < source.num_pieces(); ++i) {
        source.append_piece(i, all);
    }
    ContactSettings contact;
    contact.time = exponential(4);
    Epidemic out;
    out.lifecycle = sir(10);
    out.contacts = {{"contact", contact}};
    out.network = std::make_shared<EdgeList>(source.num_vertices(), false, std::move(all));
    out.seeds.clear();
    for (std::int64_t i = 0; i < 10; ++i) {
        out.seeds.push_back({HostId{i * source.num_vertices() / 10}, 0});
    }
    out.step_us = step_us;
    out.end_us = 1000 * us_per_s;
    return out;
}
std::unique_ptr<EdgeSource> random_graph(std::int64_t vertices) {
    GnmSettings settings;
    settings.edges = 16 * vertices;
    return make_gnm(settings, vertices, {1, 0});
}

/// One epidemic in steps and exactly, from the same draws.
class Pair {
  public:
    explicit Pair(const Epidemic& epidemic)
        : epidemic_(epidemic),
          lifecycle_(epidemic.lifecycle),
          world_(flat(epidemic.network->num_vertices())),
          graph_(*epidemic.network, world_.partition, Multiple::merge, world_.ranks),
          engine_(epidemic) {}

    Courses in_steps(Seed seed) {
        std::vector<TimeUs> infected;
        for (const double time_s : engine_.play(seed).first_infected) {
            infected.push_back(time_s == at_no_time ? never : from_seconds(time_s));
        }
        return with_recoveries(std::move(infected), lifecycle_, seed);
    }
    Courses exactly(Seed seed) const {
        const auto& [name, contact] = epidemic_.contacts.front();
        return first_passage(graph_, lifecycle_, contact.time, name, seed, epidemic_.seeds,
                             epidemic_.end_us);
    }
    const OutbreakCounts& totals() const { return engine_.totals; }

  private:
    Epidemic epidemic_;
    Lifecycle lifecycle_;
    SmallWorld world_;
    Graph graph_;
    ContactRuns engine_;
};

// The two have the same draws, or nothing else here would mean anything: without an attempt put
// off, every host is infected in the same microsecond.
TEST(ContactAccuracy, ShortestPathsAreTheOutbreakWhereNothingIsPutOff) {
    Pair pair(benchmark_on(*random_graph(1000), 1));
    const Courses played = pair.in_steps({3, 0}), exact = pair.exactly({3, 0});
    ASSERT_EQ(pair.totals().deferred_attempts, 0);
    EXPECT_GT(exact.final_size(), 990);
    EXPECT_EQ(played.infected, exact.infected);
}

// The benchmark's step is good for 0.5 %: with noise that is much smaller than that.
TEST(ContactAccuracy, OfTheBenchmarksStep) {
    constexpr double most = 0.005;
    Pair pair(benchmark_on(*random_graph(1 << 14), 20'000));
    std::vector<Differences> all;
    for (std::uint64_t replicate = 0; replicate < 20; ++replicate) {
        all.push_back(differences(pair.in_steps({1, replicate}), pair.exactly({1, replicate})));
    }
    const auto expect_small = [&](const char* what, double Differences::*of) {
        const MeanDifference mean = mean_of(all, of);
        EXPECT_LT(std::abs(mean.value) + 3 * mean.error, most) << what;
        ::testing::Test::RecordProperty(
            what, fmt::format("{:+.3f} +- {:.3f} %", 100 * mean.value, 100 * mean.error));
    };
    expect_small("final size", &Differences::final_size);
    expect_small("peak height", &Differences::peak_height);
    expect_small("middle of the peak", &Differences::peak_middle);
}

}  // namespace
}  // namespace annelid
