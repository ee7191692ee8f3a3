// Random small worlds against a plain twin, which knows no events: it walks through time tick by
// tick, counts every host anew, and picks the smallest of all sets of failures that agree with
// themselves.
#include "engine/spread/services.hpp"
#include "tests/unit/services_world.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace annelid {
namespace {

constexpr TimeUs ticks = 50;

struct Case {
    CellSizes sizes;
    ServiceRules rules;
    std::vector<Disruption> disruptions;
    std::vector<TimeUs> ends;  ///< of calls of settle()
};

const std::vector<std::string> sectors = {"a", "home", "b", "c"};

class Chance {
  public:
    explicit Chance(std::uint64_t seed) : engine_(seed) {}
    std::int64_t below(std::int64_t n) {
        return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(n));
    }

  private:
    std::mt19937_64 engine_;
};

Case draw_case(std::uint64_t seed) {
    Chance chance(seed);
    Case out;
    out.sizes.resize(2, std::vector<std::vector<std::int64_t>>(sectors.size()));
    std::int64_t hosts = 0;
    for (auto& country : out.sizes) {
        for (auto& cell : country) {
            for (std::int64_t i = chance.below(4); i > 0; --i) {
                cell.push_back(1 + chance.below(3));
                hosts += cell.back();
            }
        }
    }
    if (hosts == 0) {
        out.sizes[0][0] = {1};
        hosts = 1;
    }
    out.rules.threshold_ppm = chance.below(4) * 250'000;
    const std::vector<std::size_t> providers = {0, 2, 3};
    for (std::int64_t d = chance.below(5); d > 0; --d) {
        Dependency dependency;
        dependency.provider = providers[static_cast<std::size_t>(chance.below(3))];
        for (const std::size_t sector : providers) {
            if (sector != dependency.provider && chance.below(3) > 0) {
                dependency.dependents.push_back(sector);
            }
        }
        dependency.share_ppm = chance.below(3) * 333'333;
        dependency.backup = chance.below(3) == 0 ? 0 : chance.below(8);
        out.rules.dependencies.push_back(dependency);
    }
    std::vector<bool> disrupted(static_cast<std::size_t>(hosts));
    for (TimeUs t = 0; t < ticks - 10; ++t) {
        for (std::int64_t i = chance.below(5) - 1; i > 0; --i) {
            const std::int64_t host = chance.below(hosts);
            disrupted[static_cast<std::size_t>(host)].flip();
            out.disruptions.push_back({host, t, disrupted[static_cast<std::size_t>(host)]});
        }
        if (chance.below(3) == 0) {
            out.ends.push_back(t);
        }
    }
    return out;
}

/// Organisations out by themselves and by dependency alone: by tick, country, sector, 0 or 1.
using Counts = std::map<std::tuple<TimeUs, std::size_t, std::size_t, int>, std::int64_t>;

class Twin {
  public:
    explicit Twin(const Case& of) : case_(of) {}

    Counts counts() {
        Counts out;
        for (std::size_t country = 0; country < case_.sizes.size(); ++country) {
            history_.clear();
            for (TimeUs t = 0; t < ticks; ++t) {
                count(country, t, out);
            }
        }
        return out;
    }
    bool overlaps = false, loops = false;

  private:
    bool disrupted(std::int64_t host, TimeUs t) const {
        bool out = false;  // the last word on it
        for (const Disruption& d : case_.disruptions) {
            out = d.host == host && d.time <= t ? d.disrupted : out;
        }
        return out;
    }

    /// Of each organisation of a cell: its size, and whether it is out by itself.
    std::vector<std::pair<std::int64_t, bool>> organisations(std::size_t country,
                                                             std::size_t sector, TimeUs t) const {
        std::int64_t host = 0;
        for (std::size_t c = 0; c < case_.sizes.size(); ++c) {
            for (std::size_t s = 0; s < sectors.size(); ++s) {
                std::vector<std::pair<std::int64_t, bool>> out;
                for (const std::int64_t size : case_.sizes[c][s]) {
                    std::int64_t lost = 0;
                    for (std::int64_t i = 0; i < size; ++i) {
                        lost += disrupted(host++, t) ? 1 : 0;
                    }
                    out.emplace_back(size,
                                     lost * parts_per_million > case_.rules.threshold_ppm * size);
                }
                if (c == country && s == sector) {
                    return s == 1 ? std::vector<std::pair<std::int64_t, bool>>{} : out;
                }
            }
        }
        return {};
    }

    /// Sectors that are lost if these dependencies have failed (a bit each).
    std::set<std::size_t> lost(unsigned failed, std::size_t country, TimeUs t) const {
        std::set<std::size_t> out;
        for (std::size_t d = 0; d < case_.rules.dependencies.size(); ++d) {
            const Dependency& dependency = case_.rules.dependencies[d];
            bool used_up = t >= dependency.backup && (failed >> d & 1) != 0;
            for (TimeUs back = t - dependency.backup; used_up && back < t; ++back) {
                used_up = (history_[static_cast<std::size_t>(back)] >> d & 1) != 0;
            }
            for (const std::size_t sector : dependency.dependents) {
                if (used_up && !case_.sizes[country][sector].empty()) {
                    out.insert(sector);
                }
            }
        }
        return out;
    }

    /// The dependencies that have failed if these have.
    unsigned follows(unsigned failed, std::size_t country, TimeUs t) const {
        const std::set<std::size_t> gone = lost(failed, country, t);
        unsigned out = 0;
        for (std::size_t d = 0; d < case_.rules.dependencies.size(); ++d) {
            const Dependency& dependency = case_.rules.dependencies[d];
            std::int64_t all = 0, out_hosts = 0;
            for (const auto& [size, is_out] : organisations(country, dependency.provider, t)) {
                all += size;
                out_hosts += is_out ? size : 0;
            }
            if (gone.count(dependency.provider) > 0 ||
                out_hosts * parts_per_million > dependency.share_ppm * all) {
                out |= 1u << d;
            }
        }
        return out;
    }

    void count(std::size_t country, TimeUs t, Counts& out) {
        const unsigned sets = 1u << case_.rules.dependencies.size();
        unsigned least = sets - 1;
        int agree = 0;
        for (unsigned failed = 0; failed < sets; ++failed) {
            if (follows(failed, country, t) == failed) {
                least &= failed;
                ++agree;
            }
        }
        EXPECT_EQ(follows(least, country, t), least);
        loops = loops || agree > 1;
        history_.push_back(least);
        const std::set<std::size_t> gone = lost(least, country, t);
        for (std::size_t s = 0; s < sectors.size(); ++s) {
            for (const auto& [size, is_out] : organisations(country, s, t)) {
                out[{t, country, s, 0}] += is_out ? 1 : 0;
                out[{t, country, s, 1}] += !is_out && gone.count(s) > 0 ? 1 : 0;
                overlaps = overlaps || (is_out && gone.count(s) > 0);
            }
        }
    }

    const Case& case_;
    std::vector<unsigned> history_;  ///< failed dependencies of a country, tick by tick
};

Counts counts_of(const std::vector<ServiceChange>& changes) {
    Counts out;
    for (const ServiceChange& change : changes) {
        for (TimeUs t = change.time; t < ticks; ++t) {
            out[{t, static_cast<std::size_t>(change.country),
                 static_cast<std::size_t>(change.sector),
                 change.kind == ServiceChange::Kind::own ? 0 : 1}] += change.organisations;
        }
    }
    return out;
}

void drop_zeros(Counts& counts) {
    std::erase_if(counts, [](const auto& entry) { return entry.second == 0; });
}

TEST(ServicesTwin, RandomWorldsAreTheTwins) {
    int overlaps = 0, loops = 0, cascades = 0;
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        const Case drawn = draw_case(seed);
        Twin twin(drawn);
        Counts expected = twin.counts();
        drop_zeros(expected);
        const Population population = service_world(sectors, drawn.sizes);
        const auto whole = play_services(drawn.rules, population, drawn.disruptions);
        Counts got = counts_of(whole);
        drop_zeros(got);
        ASSERT_EQ(got, expected) << "seed " << seed;
        // However the events are cut into calls.
        ASSERT_EQ(play_services(drawn.rules, population, drawn.disruptions, drawn.ends), whole)
            << "seed " << seed;
        EXPECT_TRUE(std::is_sorted(whole.begin(), whole.end(),
                                   [](const auto& a, const auto& b) { return a.time < b.time; }));
        overlaps += twin.overlaps ? 1 : 0;
        loops += twin.loops ? 1 : 0;
        cascades += std::any_of(expected.begin(), expected.end(),
                                [](const auto& entry) { return std::get<3>(entry.first) == 1; })
                        ? 1
                        : 0;
    }
    // The draws are no use unless they have what this is about.
    EXPECT_GT(cascades, 300);
    EXPECT_GT(overlaps, 200);
    EXPECT_GT(loops, 20);
}

}  // namespace
}  // namespace annelid
