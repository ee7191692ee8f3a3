// Vector `contact`: what it refuses, and its mean rate.
#include "models/vectors/contact.hpp"

#include "engine/base/errors.hpp"
#include "tests/unit/epidemic.hpp"

#include <string>

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

TEST_F(ContactTest, AHostAttemptsAsOftenAsItsLinksWeigh) {
    ContactSettings settings;
    settings.time = exponential(4);
    settings.success = 0.5;
    EXPECT_DOUBLE_EQ(make(settings)->mean_attempts_per_s(), (1 + 4 + 3) / 3.0 / 4 * 0.5);
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
