// Vector `contact` against an exact simulation that shares nothing with it: two-sample tests of
// Kolmogorov and Smirnov on when, how far and how long it spreads, over 2,000 runs each.
//
// There are 156 p-values, so one below 0.01 is to be expected without any fault. It is not let
// pass for that: it is looked at again in four times as many fresh runs, in which a true difference
// stands out twice as far, and must then be above 0.01. All of them pass this by chance in 98 of
// 100 choices of the seeds; those here are the first ones tried.
//
// Steps are so short that the growth bias (K step)^2 / 6 is below 1e-3: K is at most the largest
// eigenvalue of the network (29 for the clique, 72 for the autonomous systems) times 1 / s.
#include "engine/graph/read_edges.hpp"
#include "tests/unit/contact_runs.hpp"
#include "tests/unit/statistics.hpp"

#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace annelid {
namespace {

struct Net {
    std::shared_ptr<const EdgeList> edges;
    double infectious_s;  ///< mean time in the state, so that outbreaks are neither tiny nor total
    std::int64_t seed, watched;
    double sis_end_s;  ///< SIS goes on to this time
};

Net net(std::int64_t vertices, std::vector<Edge> edges, double infectious_s, std::int64_t seed,
        std::int64_t watched, double sis_end_s) {
    return {std::make_shared<EdgeList>(vertices, false, EdgePiece{std::move(edges), {}, {}}),
            infectious_s, seed, watched, sis_end_s};
}
Net tree() {
    std::vector<Edge> edges;
    for (Vertex v = 1; v < 127; ++v) {
        edges.push_back({(v - 1) / 2, v});
    }
    return net(127, edges, 2, 0, 126, 6);
}
Net clique() {
    std::vector<Edge> edges;
    for (Vertex v = 1; v < 30; ++v) {
        for (Vertex u = 0; u < v; ++u) {
            edges.push_back({u, v});
        }
    }
    return net(30, edges, 0.1, 0, 29, 0.6);
}
Net star() {
    std::vector<Edge> edges;
    for (Vertex v = 1; v < 60; ++v) {
        edges.push_back({0, v});
    }
    return net(60, edges, 1, 1, 59, 4);
}
Net random_graph() {
    std::mt19937_64 random(5);
    std::set<std::pair<Vertex, Vertex>> pairs;
    while (pairs.size() < 800) {
        const auto u = static_cast<Vertex>(random() % 200), v = static_cast<Vertex>(random() % 200);
        if (u < v) {
            pairs.insert({u, v});
        }
    }
    std::vector<Edge> edges;
    for (const auto& [u, v] : pairs) {
        edges.push_back({u, v});
    }
    return net(200, edges, 0.3, 0, 199, 1.5);
}

std::vector<std::vector<std::size_t>> neighbours_in(const EdgeList& list) {
    std::vector<std::vector<std::size_t>> out(static_cast<std::size_t>(list.num_vertices()));
    for (const Edge& edge : list.all().edges) {
        out[edge.from].push_back(edge.to);
        out[edge.to].push_back(edge.from);
    }
    return out;
}

struct Case {
    std::string model;  ///< SI, SIS, SIR or SEIR
    int shape;          ///< of the transmission time
};

/// The same case for the engine and for the exact simulation.
Epidemic for_engine(const Net& net, const Case& c, double end_s) {
    const double stay = net.infectious_s;
    const std::map<std::string, LifecycleSpec> lifecycles = {
        {"SI", si()},
        {"SIS", sis(stay)},
        {"SIR", sir(stay)},
        {"SEIR", seir({.kind = DistributionSpec::Kind::gamma, .mean = stay, .shape = 2}, stay)}};
    ContactSettings contact;
    contact.time = {
        .kind = DistributionSpec::Kind::gamma, .mean = 1, .shape = static_cast<double>(c.shape)};
    if (c.shape == 1) {
        contact.time = exponential(1);
    }
    Epidemic out;
    out.lifecycle = lifecycles.at(c.model);
    out.contacts = {{"contact", contact}};
    out.network = net.edges;
    out.seeds = {{HostId{net.seed}, 0}};
    out.step_us = 500;
    out.end_us = from_seconds(end_s);
    return out;
}
Reactions for_reference(const Net& net, const Case& c, double end_s) {
    Reactions out;
    out.neighbours = neighbours_in(*net.edges);
    out.transmission = {1, c.shape};
    if (c.model != "SI") {
        out.infectious = Law{net.infectious_s, 1};
    }
    if (c.model == "SEIR") {
        out.latent = Law{net.infectious_s, 2};
    }
    out.returns = c.model == "SIS";
    out.end = end_s;
    return out;
}

using Statistic = std::function<double(const Spread&)>;

std::map<std::string, Statistic> statistics_of(const Net& net, const Case& c, bool whole) {
    std::map<std::string, Statistic> out;
    out["first infection of a host"] = [&net](const Spread& s) {
        return s.first_infected[static_cast<std::size_t>(net.watched)];
    };
    out["half time"] = [](const Spread& s) { return s.half_time(); };
    if (c.model == "SIS") {
        out["infections"] = [](const Spread& s) { return s.infections; };
        out["infected at the end"] = [](const Spread& s) { return s.infected_at_end; };
    } else if (whole) {
        out["duration"] = [](const Spread& s) { return s.last_event; };
    }
    if (c.model != "SI" || !whole) {
        out["final size"] = [](const Spread& s) { return s.final_size(); };
    }
    return out;
}

using Samples = std::map<std::string, std::vector<double>>;

void sample(Samples& samples, const std::map<std::string, Statistic>& statistics,
            const Spread& spread) {
    for (const auto& [name, value] : statistics) {
        samples[name].push_back(value(spread));
    }
}

constexpr int runs = 2000;
constexpr double least_p = 0.01;

class Comparison {
  public:
    Comparison(const Net& net, const Case& c, double end_s, bool whole)
        : seed_(static_cast<std::size_t>(net.seed)),
          statistics_(statistics_of(net, c, whole)),
          reactions_(for_reference(net, c, end_s)),
          engine_(for_engine(net, c, end_s)) {}

    /// Of each statistic; `seed` for fresh runs.
    std::map<std::string, double> p_values(std::uint64_t seed, int runs) {
        std::mt19937_64 random(seed);
        Samples got, exact;
        for (int run = 0; run < runs; ++run) {
            sample(got, statistics_, engine_.play({seed, static_cast<std::uint64_t>(run)}));
            sample(exact, statistics_, NextReaction(reactions_, random).play(seed_));
        }
        std::map<std::string, double> out;
        for (const auto& [name, values] : got) {
            out[name] = p_of_same_law(values, exact.at(name));
        }
        return out;
    }

  private:
    std::size_t seed_;
    std::map<std::string, Statistic> statistics_;
    Reactions reactions_;
    ContactRuns engine_;
};

void expect_same(const Net& net, const Case& c, double end_s, bool whole) {
    SCOPED_TRACE(fmt::format("{}, shape {}", c.model, c.shape));
    Comparison comparison(net, c, end_s, whole);
    const auto first_look = comparison.p_values(1, runs);
    std::map<std::string, double> second_look;
    for (const auto& [name, p] : first_look) {
        ::testing::Test::RecordProperty(fmt::format("{} {} {}", c.model, c.shape, name),
                                        fmt::format("{:.4f}", p));
        if (p > least_p) {
            continue;
        }
        if (second_look.empty()) {
            second_look = comparison.p_values(2, 4 * runs);
        }
        EXPECT_GT(second_look.at(name), least_p) << name << ", after " << p << " at first";
    }
}

const std::vector<std::string> models = {"SI", "SIS", "SIR", "SEIR"};

void expect_same_for_all_models(const Net& net) {
    for (const int shape : {1, 3}) {
        for (const std::string& model : models) {
            const double end_s = model == "SIS" ? net.sis_end_s : 1000;
            expect_same(net, {model, shape}, end_s, model != "SIS");
        }
    }
}

TEST(ContactIsExact, OnATree) {
    expect_same_for_all_models(tree());
}
TEST(ContactIsExact, OnAClique) {
    expect_same_for_all_models(clique());
}
TEST(ContactIsExact, OnAStar) {
    expect_same_for_all_models(star());
}
TEST(ContactIsExact, OnARandomGraph) {
    expect_same_for_all_models(random_graph());
}

// While the outbreak grows: whole ones would take minutes. From the host with most links (2390);
// the watched one is a large one too (755).
TEST(ContactIsExact, OnAutonomousSystems) {
    const auto read = read_edges(ANNELID_SOURCE_DIR "/inputs/graphs/as-22july06.csv.gz", {});
    const auto edges = std::make_shared<EdgeList>(dynamic_cast<const EdgeList&>(*read));
    const Net exponential{edges, 0.03, 3, 55, 0}, gamma{edges, 0.2, 3, 55, 0};
    for (const std::string& model : models) {
        // Times by which some hundred hosts are infected, many of them by others than the first.
        const bool grows_fast = model == "SI";
        expect_same(exponential, {model, 1}, grows_fast ? 0.07 : 0.12, false);
        expect_same(gamma, {model, 3}, grows_fast ? 0.3 : 0.5, false);
    }
}

}  // namespace
}  // namespace annelid
