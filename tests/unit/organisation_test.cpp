// Organisation: subnets, segments, domains and roles by place, each against a count host by host.
#include "engine/hosts/organisation.hpp"

#include "models/populations/internet.hpp"
#include "tests/unit/small_world.hpp"
#include "tests/unit/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

OrganisationRules rules_of(Spacing servers, Spacing administrators) {
    OrganisationRules rules;
    rules.servers = servers;
    rules.administrators = administrators;
    rules.domain_hosts = 90;
    rules.domain_from = 10;
    rules.hosts_per_controller = 40;
    rules.segment_hosts = 60;
    return rules;
}

std::vector<OrganisationRules> many_rules() {
    return {rules_of({1, 20}, {1, 100}), rules_of({1, 2}, {1, 7}), rules_of({3, 37}, {5, 37}),
            rules_of({1, 500}, {0, 1})};
}

const std::vector<std::int64_t> sizes = {1, 2, 9, 10, 30, 31, 61, 89, 91, 250, 1000, 1003};

template <class Visit>
void for_each_organisation(Visit visit) {
    for (const OrganisationRules& rules : many_rules()) {
        for (const std::int64_t size : sizes) {
            const HostRange hosts{HostId{12'345}, HostId{12'345 + size}};
            visit(Organisation(hosts, 30, rules), rules);
        }
    }
}

TEST(Organisation, RolesFollowThePlace) {
    for_each_organisation([](const Organisation& o, const OrganisationRules& rules) {
        std::int64_t servers = 0, administrators = 0;
        for (std::int64_t i = 0; i < o.size(); ++i) {
            const HostId host{12'345 + i};
            // Spread evenly, from the first host on; and up to the last one.
            const auto meets_multiple = [&](std::int64_t from, std::int64_t to, std::int64_t of) {
                return (from + of - 1) / of * of < to;
            };
            const bool is_server =
                o.size() > 1 && meets_multiple(i * rules.servers.part, (i + 1) * rules.servers.part,
                                               rules.servers.whole);
            const bool is_administrator =
                o.size() > 1 &&
                meets_multiple(i * rules.administrators.part + 1,
                               (i + 1) * rules.administrators.part + 1, rules.administrators.whole);
            ASSERT_EQ(o.is_server(host), is_server) << i << " of " << o.size();
            ASSERT_EQ(o.is_administrator(host), is_administrator) << i << " of " << o.size();
            if (is_server) {
                ASSERT_EQ(o.server(servers++), host);
            }
            if (is_administrator) {
                ASSERT_EQ(o.administrator(administrators++), host);
            }
        }
        ASSERT_EQ(o.num_servers(), servers);
        ASSERT_EQ(o.num_administrators(), administrators);
    });
}

/// Parts of an organisation tile it, are whole subnets and as few as hold no more than `most`.
template <class PartOf>
void expect_parts(const Organisation& o, std::int64_t most, PartOf part_of) {
    std::int64_t parts = 0, largest = 0;
    for (HostId host = o.hosts().first; host < o.hosts().last;) {
        const HostRange part = part_of(host);
        ASSERT_EQ(part.first, host);
        ASSERT_GT(part.size(), 0);
        ASSERT_EQ(o.subnet_of(part.first).first, part.first);
        ASSERT_EQ(o.subnet_of({part.last.value - 1}).last, part.last);
        for (HostId h = part.first; h < part.last; ++h.value) {
            ASSERT_EQ(part_of(h), part);
        }
        largest = std::max(largest, part.size());
        host = part.last;
        ++parts;
    }
    ASSERT_LE(largest, most);
    // One part fewer would be too large somewhere, subnets being of one size give or take a host.
    if (parts > 1) {
        const std::int64_t subnet = (o.size() + o.num_subnets() - 1) / o.num_subnets();
        const std::int64_t per_part = (o.num_subnets() + parts - 2) / (parts - 1);
        ASSERT_GT(per_part * subnet, most);
    }
}

TEST(Organisation, SegmentsAndDomainsAreWholeSubnets) {
    for_each_organisation([](const Organisation& o, const OrganisationRules& rules) {
        expect_parts(o, rules.segment_hosts, [&](HostId h) { return o.segment_of(h); });
        if (o.size() >= rules.domain_from) {
            expect_parts(o, rules.domain_hosts, [&](HostId h) { return o.domain_of(h); });
        } else {
            ASSERT_EQ(o.domain_of(o.hosts().first).size(), 0);
        }
        std::set<std::int64_t> numbers;
        for (HostId h = o.hosts().first; h < o.hosts().last; ++h.value) {
            numbers.insert(o.segment_number(h));
        }
        ASSERT_EQ(std::ssize(numbers), o.num_segments());
        ASSERT_EQ(*numbers.rbegin(), o.num_segments() - 1);
    });
}

TEST(Organisation, EachDomainHasItsControllers) {
    for_each_organisation([](const Organisation& o, const OrganisationRules&) {
        for (HostId host = o.hosts().first; host < o.hosts().last;) {
            const HostRange domain = o.domain_of(host);
            if (domain.size() == 0) {
                ASSERT_EQ(o.num_controllers(domain), 0);
                break;
            }
            std::int64_t servers = 0;
            for (HostId h = domain.first; h < domain.last; ++h.value) {
                servers += o.is_server(h) ? 1 : 0;
            }
            const std::int64_t wanted = (domain.size() + 39) / 40;
            ASSERT_EQ(o.num_controllers(domain),
                      std::max<std::int64_t>(1, std::min(servers, wanted)));
            for (std::int64_t i = 0; i < o.num_controllers(domain); ++i) {
                const HostId controller = o.controller(domain, i);
                ASSERT_TRUE(domain.contains(controller));
                ASSERT_EQ(o.is_server(controller), servers > 0);
            }
            host = domain.last;
        }
    });
}

TEST(Organisation, AnySliceHasTheRolesOfTheWhole) {
    for_each_organisation([](const Organisation& o, const OrganisationRules&) {
        const HostId before{o.hosts().first.value - 3};
        std::vector<Traits> whole(static_cast<std::size_t>(o.size() + 7));
        o.add_roles(before, whole);
        for (std::size_t i = 0; i < whole.size(); ++i) {
            const HostId host{before.value + static_cast<std::int64_t>(i)};
            const bool inside = o.hosts().contains(host);
            ASSERT_EQ((whole[i] & trait_server) != 0, inside && o.is_server(host));
            ASSERT_EQ((whole[i] & trait_administrator) != 0, inside && o.is_administrator(host));
            std::vector<Traits> one(1);
            o.add_roles(host, one);
            ASSERT_EQ(one[0], whole[i]);
        }
    });
}

TEST(OrganisationRoles, ArePartOfTheTraitsOfAWorld) {
    InternetSettings settings;
    settings.hosts = 300'000;
    const Population world = make_internet(
        settings, std::filesystem::path(ANNELID_SOURCE_DIR) / "inputs" / "world-2017", {1, 0});
    std::vector<Traits> traits(300'000);
    world.draw_traits(HostId{0}, traits);
    std::int64_t servers = 0, controllers = 0;
    for (const HostRange& hosts : organisations(world)) {
        const Organisation o = world.layout_of(hosts.first);
        const bool home = world.is_home(world.cell_of(hosts.first));
        for (HostId h = hosts.first; h < hosts.last; ++h.value) {
            const Traits roles = traits[static_cast<std::size_t>(h.value)] & role_traits;
            ASSERT_EQ((roles & trait_server) != 0,
                      !home && hosts.size() > 1 && (h.value - hosts.first.value) % 20 == 0);
            ASSERT_EQ((roles & trait_server) != 0, o.is_server(h));
            servers += (roles & trait_server) != 0 ? 1 : 0;
            controllers += (roles & trait_domain_controller) != 0 ? 1 : 0;
        }
        // As many as its domains have, and none without a domain.
        const HostRange domain = o.domain_of(hosts.first);
        ASSERT_EQ(domain.size() > 0, !home && hosts.size() >= 10);
    }
    EXPECT_GT(servers, 5000);
    EXPECT_GT(controllers, 1000);
    // A slice anywhere is the same.
    std::vector<Traits> slice(70'001);
    world.draw_traits(HostId{123'456}, slice);
    EXPECT_TRUE(std::equal(slice.begin(), slice.end(), traits.begin() + 123'456));
}

FlatSettings segmented(double openness) {
    FlatSettings settings;
    settings.hosts = 100'000;
    settings.organisation_hosts = 50'000;
    settings.subnet_hosts = 50;
    settings.parts.segment_hosts = 500;
    settings.parts.segment_openness = openness;
    return settings;
}

TEST(Segments, TalkInsideToServersAndWhereTheirPairIsOpen) {
    const Population some = make_flat(segmented(0.3)), more = make_flat(segmented(0.5));
    const Organisation o = some.layout_of(HostId{0});
    ASSERT_EQ(o.num_segments(), 100);
    std::int64_t open = 0, open_both_ways = 0, pairs = 0;
    for (std::int64_t a = 0; a < 100; ++a) {
        for (std::int64_t b = 0; b < 100; ++b) {
            const HostId from{a * 500 + 7}, to{b * 500 + 9}, server{b * 500 + 20};
            ASSERT_TRUE(some.may_talk(from, server));
            const bool talks = some.may_talk(from, to);
            if (a == b) {
                ASSERT_TRUE(talks);
                continue;
            }
            // One draw for all hosts of the pair; nested in the openness.
            ASSERT_EQ(some.may_talk({from.value + 100}, {to.value + 200}), talks);
            ASSERT_LE(talks, more.may_talk(from, to));
            open += talks ? 1 : 0;
            open_both_ways += talks && some.may_talk(to, from) ? 1 : 0;
            ++pairs;
        }
    }
    EXPECT_LT(std::abs(binomial_deviation(open, pairs, 0.3)), sigmas);
    // Each direction has its own draw: pairs open both ways, each counted twice.
    EXPECT_LT(std::abs(binomial_deviation(open_both_ways / 2, pairs / 2, 0.09)), sigmas);
    // The next organisation has its own, too.
    std::int64_t same = 0;
    for (std::int64_t b = 1; b < 100; ++b) {
        same += some.may_talk(HostId{7}, HostId{b * 500 + 9}) ==
                        some.may_talk(HostId{50'007}, HostId{50'009 + b * 500})
                    ? 1
                    : 0;
    }
    EXPECT_LT(same, 99);

    FlatSettings shut = segmented(0);
    shut.parts.segment_servers_open = false;
    const Population closed = make_flat(shut);
    EXPECT_FALSE(closed.may_talk(HostId{7}, HostId{520}));
    EXPECT_TRUE(closed.may_talk(HostId{7}, HostId{20}));
    EXPECT_TRUE(make_flat(segmented(1)).may_talk(HostId{7}, HostId{49'999}));
}

}  // namespace
}  // namespace annelid
