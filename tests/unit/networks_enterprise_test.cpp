// Network `enterprise` over the world of 2017: who is linked to whom, and how often.
#include "models/networks/enterprise.hpp"
#include "models/populations/internet.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr std::int64_t num_hosts = 2'000'000;

const std::shared_ptr<const Population>& shared_world() {
    static const auto out = [] {
        InternetSettings settings;
        settings.hosts = num_hosts;
        return std::make_shared<const Population>(make_internet(
            settings, std::filesystem::path(ANNELID_SOURCE_DIR) / "inputs" / "world-2017", {1, 0}));
    }();
    return out;
}
const Population& world() {
    return *shared_world();
}

std::vector<Edge> edges_of(const EnterpriseSettings& settings, std::uint64_t seed = 1) {
    const auto source = make_enterprise(settings, shared_world(), {seed, 0});
    EXPECT_EQ(source->num_vertices(), num_hosts);
    EXPECT_FALSE(source->directed());
    EdgePiece all;
    for (std::int64_t i = 0; i < source->num_pieces(); ++i) {
        source->append_piece(i, all);
    }
    return all.edges;
}

HostRange organisation(Vertex v) {
    return world().organisation_of(HostId{v});
}
bool is_partner_link(const Edge& e) {
    return organisation(e.from) != organisation(e.to);
}
bool is_home(Vertex v) {
    return world().sectors()[static_cast<std::size_t>(world().cell_of(HostId{v}).sector)] == "home";
}

TEST(Enterprise, HomesHaveNoLinks) {
    for (const Edge& e : edges_of({})) {
        ASSERT_FALSE(is_home(e.from));
        ASSERT_FALSE(is_home(e.to));
    }
}

TEST(Enterprise, WorkstationsTalkToTheirServers) {
    EnterpriseSettings settings;
    settings.administrator_links = 0;
    settings.partner_share = 0;
    std::map<Vertex, std::int64_t> links;
    for (const Edge& e : edges_of(settings)) {
        const HostRange whole = organisation(e.from);
        ASSERT_TRUE(whole.contains(HostId{e.to}));
        ASSERT_EQ((e.to - whole.first.value) % 20, 0);
        ASSERT_NE((e.from - whole.first.value) % 20, 0);
        links[e.from] += 1;
    }
    std::int64_t workstations = 0;
    for (HostId first{0}; first.value < num_hosts;) {
        const HostRange whole = world().organisation_of(first);
        const std::int64_t servers = (whole.size() + 19) / 20;
        for (std::int64_t i = 1; !is_home(static_cast<Vertex>(first.value)) && i < whole.size();
             ++i) {
            if (i % 20 != 0) {
                const auto host = static_cast<Vertex>(first.value + i);
                ASSERT_EQ(links[host], std::min<std::int64_t>(2, servers));
                ++workstations;
            }
        }
        first = whole.last;
    }
    EXPECT_EQ(workstations, std::ssize(links));
}

TEST(Enterprise, AdministratorsReachEveryServerAndMany) {
    EnterpriseSettings settings;
    settings.server_links = 0;
    settings.partner_share = 0;
    std::map<Vertex, std::multiset<Vertex>> reach;
    for (const Edge& e : edges_of(settings)) {
        reach[e.from].insert(e.to);
    }
    ASSERT_GT(reach.size(), 100u);
    for (const auto& [administrator, others] : reach) {
        const HostRange whole = organisation(administrator);
        EXPECT_EQ((administrator - whole.first.value + 1) % 100, 0);
        EXPECT_EQ(std::ssize(others), (whole.size() + 19) / 20 + 50);
        for (std::int64_t s = whole.first.value; s < whole.last.value; s += 20) {
            EXPECT_TRUE(others.contains(static_cast<Vertex>(s)));
        }
    }
}

TEST(Enterprise, PartnersAreHeavyTailedAndMostlyAtHome) {
    std::map<HostId, std::int64_t> sought;
    std::int64_t at_home = 0, all = 0;
    for (const Edge& e : edges_of({})) {
        if (is_partner_link(e)) {
            sought[organisation(e.from).first] += 1;
            ASSERT_EQ(organisation(e.from).first.value, e.from);
            ASSERT_EQ(organisation(e.to).first.value, e.to);
            at_home +=
                world().cell_of(HostId{e.from}).country == world().cell_of(HostId{e.to}).country;
            ++all;
        }
    }
    // Where half of the hosts are homes, half of the sought partners are none.
    std::int64_t beyond_10 = 0, beyond_40 = 0;
    for (const auto& [first, number] : sought) {
        beyond_10 += number >= 10 ? 1 : 0;
        beyond_40 += number >= 40 ? 1 : 0;
    }
    // P(N >= 4 k) / P(N >= k) = 4^-(b - 1), thinned alike where N is large.
    const double expected = std::pow(4.0, -1.3);
    EXPECT_NEAR(static_cast<double>(beyond_40) / static_cast<double>(beyond_10), expected,
                0.15 * expected);
    // Abroad is anywhere, now and then at home.
    const double share = static_cast<double>(at_home) / static_cast<double>(all);
    EXPECT_GT(share, 0.88);
    EXPECT_LT(share, 0.94);
}

TEST(Enterprise, EachFamilyOfLinksIsSwitchedOff) {
    EnterpriseSettings settings;
    settings.server_links = 0;
    settings.administrator_links = 0;
    settings.partner_share = 0;
    EXPECT_TRUE(edges_of(settings).empty());
    settings.partner_share = 0.5;
    const std::vector<Edge> partners = edges_of(settings);
    EXPECT_GT(partners.size(), 10'000u);
    EXPECT_TRUE(std::all_of(partners.begin(), partners.end(), is_partner_link));
}

TEST(Enterprise, SitesHaveLinksToHeadquartersAndToOthers) {
    EnterpriseSettings settings;
    settings.server_links = 0;
    settings.administrator_links = 0;
    settings.partner_share = 0;
    settings.site_links = 1;
    const auto gateway = [](Vertex v) { return world().subnet_of(HostId{v}).first.value == v; };
    const std::vector<Edge> stars = edges_of(settings);
    std::set<Vertex> sites;
    for (const Edge& e : stars) {
        const HostRange whole = organisation(e.from);
        ASSERT_EQ(e.to, whole.first.value);
        ASSERT_TRUE(gateway(e.from));
        ASSERT_TRUE(sites.insert(e.from).second);
    }
    std::int64_t expected = 0;
    for (HostId first{0}; first.value < num_hosts; first = world().organisation_of(first).last) {
        const std::int64_t size = world().organisation_of(first).size();
        expected += is_home(static_cast<Vertex>(first.value)) ? 0 : (size + 253) / 254 - 1;
    }
    EXPECT_GT(expected, 200);
    EXPECT_EQ(std::ssize(stars), expected);

    settings.site_links = 3;
    const std::vector<Edge> meshes = edges_of(settings);
    EXPECT_GT(meshes.size(), 2 * stars.size());
    for (const Edge& e : meshes) {
        ASSERT_EQ(organisation(e.from), organisation(e.to));
        ASSERT_TRUE(gateway(e.from) && gateway(e.to));
    }
}

TEST(Enterprise, IsDrawnByOrganisation) {
    const auto source = make_enterprise({}, shared_world(), {1, 0});
    EdgePiece late, early;
    source->append_piece(5, late);
    source->append_piece(0, early);
    source->append_piece(5, early);
    ASSERT_GT(late.edges.size(), 1000u);
    EXPECT_TRUE(std::equal(late.edges.begin(), late.edges.end(),
                           early.edges.end() - std::ssize(late.edges)));
    EXPECT_NE(edges_of({}), edges_of({}, 2));
}

}  // namespace
}  // namespace annelid
