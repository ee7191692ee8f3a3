// Vector `contact`: what it refuses, and its mean rate.
#include "models/vectors/contact.hpp"

#include "engine/base/errors.hpp"
#include "tests/unit/epidemic.hpp"

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

/// Two hosts with a link of weight 1 and one of weight 3 to a third.
struct ContactTest : ::testing::Test {
    ContactTest()
        : world(flat(3)),
          graph(EdgeList(3, false, {{{0, 1}, {1, 2}}, {1, 3}, {}}), world.partition,
                Multiple::merge, world.ranks) {}

    std::unique_ptr<VectorModel> make(const ContactSettings& settings) const {
        VectorContext context = world.context();
        context.graph = &graph;
        return make_contact("contact", settings, context);
    }
    std::string refusal(const ContactSettings& settings) const {
        try {
            make(settings);
            return "accepted";
        } catch (const InputError& error) {
            return error.what();
        }
    }

    SmallWorld world;
    Graph graph;
};

TEST_F(ContactTest, NeedsANetwork) {
    ContactSettings settings;
    settings.time = exponential(1);
    EXPECT_THROW(make_contact("contact", settings, world.context()), InputError);
}

// Such a link would attempt for ever at one time.
TEST_F(ContactTest, RefusesLinksThatRenewAtOnce) {
    ContactSettings settings;
    for (const double time_s : {0.0, 1e-20, 9e-7}) {
        settings.time = fixed(time_s);
        settings.repeat = true;
        EXPECT_NE(refusal(settings).find("worm.vector.contact.time"), std::string::npos);
        settings.repeat = false;
        EXPECT_EQ(refusal(settings), "accepted");
    }
    settings.time = fixed(1e-6);
    settings.repeat = true;
    EXPECT_EQ(refusal(settings), "accepted");
}

/// Weights 1, 4 and 3 meet in the three hosts, and a link leads to each in proportion to them.
TEST_F(ContactTest, AHostAttemptsAsOftenAsItsLinksWeigh) {
    ContactSettings settings;
    settings.time = exponential(4);
    settings.success = 0.5;
    EXPECT_DOUBLE_EQ(make(settings)->mean_attempts_per_s(),
                     (1 * 1 + 4 * 4 + 3 * 3) / 8.0 / 4 * 0.5);
}

/// Mean links of a source, one a second along a link of weight 1.
double links_of_sources(const EdgeList& edges, Population population,
                        const std::vector<std::string>& required = {}) {
    const SmallWorld world(std::move(population));
    const Graph graph(edges, world.partition, Multiple::keep, world.ranks);
    VectorContext context = world.context();
    context.graph = &graph;
    ContactSettings settings;
    settings.time = exponential(1);
    settings.requires_traits = required;
    return make_contact("contact", settings, context)->mean_attempts_per_s();
}

EdgePiece star(Vertex leaves, float weight) {
    EdgePiece piece;
    for (Vertex leaf = 1; leaf <= leaves; ++leaf) {
        piece.edges.push_back({0, leaf});
        piece.weights.push_back(weight);
    }
    return piece;
}

// Half the links of a star lead to the hub: <k^2> / <k> = (100 x 100 + 100) / 200. Outwards only,
// no link leads to a host that has any, and the mean degree counts.
TEST(ContactRate, SourcesAreReachedAlongLinks) {
    EXPECT_DOUBLE_EQ(links_of_sources({101, false, star(100, 1)}, flat(101)), 50.5);
    EXPECT_DOUBLE_EQ(links_of_sources({101, true, star(100, 1)}, flat(101)), 100 / 101.0);
    EXPECT_DOUBLE_EQ(links_of_sources({101, false, star(100, 0)}, flat(101)), 0);
}

// Links to and from hosts that nothing can infect make no sources.
TEST(ContactRate, CountsHostsThatCarryWhatIsRequired) {
    const auto odd_hosts_and_hub = [](HostId host) {
        return host.value == 0 || host.value % 2 == 1 ? all_traits
                                                      : Traits{all_traits & ~trait_unpatched};
    };
    EXPECT_DOUBLE_EQ(links_of_sources({101, false, star(100, 1)},
                                      flat_with_traits(101, odd_hosts_and_hub), {"unpatched"}),
                     25.5);
    const auto all_but_hub = [](HostId host) { return host.value == 0 ? Traits{0} : all_traits; };
    EXPECT_DOUBLE_EQ(links_of_sources({101, false, star(100, 1)},
                                      flat_with_traits(101, all_but_hub), {"unpatched"}),
                     0);
}

// Sums beyond 64 bits, and weights that whole parts of a link would make 0.
TEST(ContactRate, WeightsMayBeHugeOrTiny) {
    constexpr float largest = std::numeric_limits<float>::max();
    for (const float weight : {largest, 1e30F, 1e-20F, std::numeric_limits<float>::denorm_min()}) {
        EXPECT_NEAR(links_of_sources({100'001, false, star(100'000, weight)}, flat(100'001)) /
                        static_cast<double>(weight),
                    50'000.5, 1e-9 * 50'000)
            << weight;
    }
    // One link weighs as much as a million others.
    EdgePiece mixed = star(1'000'000, 1);
    mixed.edges.push_back({1'000'001, 1'000'002});
    mixed.weights.push_back(1e6F);
    EXPECT_NEAR(links_of_sources({1'000'003, false, mixed}, flat(1'000'003)),
                (1e12 + 1e6 + 2e12) / 4e6, 1);
}

// Without waiting an infection goes one link a step: what a host does in the step in which it is
// infected is put off to the next.
TEST_F(ContactTest, WithoutWaitingGoesALinkAStep) {
    Epidemic epidemic;
    epidemic.num_hosts = 40;
    EdgePiece line;
    for (Vertex v = 0; v + 1 < 40; ++v) {
        line.edges.push_back({v, v + 1});
    }
    epidemic.network = std::make_shared<EdgeList>(40, false, line);
    epidemic.seeds = {{HostId{0}, 0}};
    ContactSettings settings;
    settings.time = fixed(0);
    settings.repeat = false;
    epidemic.contacts = {{"contact", settings}};
    for (const LifecycleSpec& lifecycle : {si(), sis(1e6)}) {
        epidemic.lifecycle = lifecycle;
        const Outcome got = play(epidemic);
        ASSERT_EQ(got.events.size(), 40u);
        for (std::size_t i = 1; i < 40; ++i) {
            EXPECT_EQ(got.events[i].host.value, static_cast<std::int64_t>(i));
            EXPECT_EQ(got.events[i].time_us, static_cast<TimeUs>(i - 1) * epidemic.step_us);
        }
    }
}

}  // namespace
}  // namespace annelid
