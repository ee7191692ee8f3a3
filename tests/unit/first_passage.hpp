// An SIR outbreak along links as shortest paths, exact in continuous time and without steps.
//
// Each host is infectious for its own drawn time and each link passes on after its own drawn time,
// if its source is infectious then. So a host is infected at the length of the shortest path to it
// from a seed, over links that are shorter than their source's stay: Dijkstra (1959) on the draws
// of the engine, which makes the two outbreaks differ by steps alone.
#pragma once

#include "engine/chance/batch.hpp"
#include "engine/chance/distribution.hpp"
#include "engine/graph/graph.hpp"
#include "engine/spread/lifecycle.hpp"
#include "engine/spread/outbreak.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <utility>
#include <vector>

namespace annelid {

/// Times of one outbreak by host; `never` where there is none.
struct Courses {
    std::vector<TimeUs> infected, recovered;

    std::int64_t final_size() const {
        return std::count_if(infected.begin(), infected.end(),
                             [](TimeUs time) { return time < never; });
    }
};

/// When each host recovers, if those are the times at which it is infected.
inline Courses with_recoveries(std::vector<TimeUs> infected, const Lifecycle& lifecycle,
                               Seed seed) {
    const DwellTimes dwell(lifecycle, seed);
    Courses out{std::move(infected), {}};
    for (std::size_t i = 0; i < out.infected.size(); ++i) {
        const TimeUs from = out.infected[i];
        out.recovered.push_back(
            from == never
                ? never
                : dwell.end_of(lifecycle.entry(), from, HostId{static_cast<std::int64_t>(i)}, 0));
    }
    return out;
}

/// What one vector `contact` does on a graph on one rank, without weights or repeated links, up to
/// `end_us`.
inline Courses first_passage(const Graph& graph, const Lifecycle& lifecycle,
                             const DistributionSpec& transmission, const std::string& vector,
                             Seed seed, const std::vector<SeedHost>& seeds, TimeUs end_us) {
    using Reached = std::pair<TimeUs, Vertex>;
    const Distribution law(transmission);
    const Draws draws(seed, Purpose::contact, vector);
    const DwellTimes dwell(lifecycle, seed);
    std::vector<TimeUs> infected(static_cast<std::size_t>(graph.num_local_vertices()), never);
    std::priority_queue<Reached, std::vector<Reached>, std::greater<>> queue;
    const auto reach = [&](Vertex host, TimeUs time) {
        if (time < infected[host] && time < end_us) {
            infected[host] = time;
            queue.push({time, host});
        }
    };
    for (const SeedHost& s : seeds) {
        reach(static_cast<Vertex>(s.host.value), s.time);
    }
    while (!queue.empty()) {
        const auto [time, host] = queue.top();
        queue.pop();
        if (time > infected[host]) {
            continue;  // reached earlier by another way
        }
        const TimeUs stay = dwell.end_of(lifecycle.entry(), time, HostId{host}, 0) - time;
        const LinkDraws links(draws, host, 0, 0);
        for (std::int64_t link = graph.begin({host}); link < graph.end({host}); ++link) {
            const Vertex to = graph.targets()[link];
            if (infected[to] <= time) {
                continue;
            }
            const double wait_us = std::floor(law.quantile(links.bits(to)) * 1e6 + 0.5);
            if (wait_us < static_cast<double>(stay)) {
                reach(to, time + static_cast<TimeUs>(wait_us));
            }
        }
    }
    return with_recoveries(std::move(infected), lifecycle, seed);
}

/// When most hosts were infected at once, and how many. The top is flat, so the very time of the
/// most is noisy: a percent at 2^16 hosts. `middle` is that of the time from the first to the last
/// moment at which 99 % of the most were infected.
struct Peak {
    TimeUs time = 0, middle = 0;
    std::int64_t height = 0;
};

inline Peak peak_of(const Courses& passage) {
    std::vector<std::pair<TimeUs, int>> changes;
    for (std::size_t i = 0; i < passage.infected.size(); ++i) {
        if (passage.infected[i] < never) {
            changes.push_back({passage.infected[i], 1});
            changes.push_back({passage.recovered[i], -1});
        }
    }
    std::sort(changes.begin(), changes.end());
    const auto for_each_level = [&](auto visit) {
        std::int64_t now = 0;
        for (const auto& [time, change] : changes) {
            now += change;
            visit(time, now);
        }
    };
    Peak peak;
    for_each_level([&](TimeUs time, std::int64_t infected) {
        if (infected > peak.height) {
            peak.time = time;
            peak.height = infected;
        }
    });
    TimeUs first = never, last = 0;
    for_each_level([&](TimeUs time, std::int64_t infected) {
        if (100 * infected >= 99 * peak.height) {
            first = std::min(first, time);
            last = time;
        }
    });
    peak.middle = first + (last - first) / 2;
    return peak;
}

/// How far an outbreak that was played in steps is off the exact one, as shares of the latter.
struct Differences {
    double final_size, peak_height, peak_time, peak_middle;
};

inline Differences differences(const Courses& played, const Courses& exact) {
    const auto off = [](std::int64_t a, std::int64_t b) {
        return static_cast<double>(a - b) / static_cast<double>(b);
    };
    const Peak one = peak_of(played), other = peak_of(exact);
    return {off(played.final_size(), exact.final_size()), off(one.height, other.height),
            off(one.time, other.time), off(one.middle, other.middle)};
}

struct MeanDifference {
    double value, error;  ///< with its standard error
};
inline MeanDifference mean_of(const std::vector<Differences>& all, double Differences::*of) {
    double sum = 0, squares = 0;
    const auto n = static_cast<double>(all.size());
    for (const Differences& d : all) {
        sum += d.*of;
        squares += d.*of * d.*of;
    }
    return {sum / n, std::sqrt((squares / n - sum * sum / n / n) / (n - 1))};
}

}  // namespace annelid
