#include "models/program/memory_check.hpp"

#include "engine/base/memory.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace annelid {

namespace {

/// What a rank adds that is ready: buffers of MPI and HDF5.
constexpr double rank_bytes = 16e6;
/// Of a host: traits, and a state for each worm; tests/bench measures 3.04 in all with one worm.
constexpr double host_bytes = 2.05, worm_bytes = 1;
/// Of a host with links: where they begin, and what vector `contact` knows of it.
constexpr double linked_host_bytes = 8 + 12;
/// Of a partition that is no row of blocks: owners of all hosts on each rank, names of its own.
constexpr double owner_bytes = 4;
constexpr double link_bytes = 4, weight_bytes = 4, interval_bytes = 16;
/// Of what grows with the world: gaps in memory, what is needed for a moment, uneven ranks.
constexpr double allowance = 1.1;
/// Of infections that ranks keep until they are written.
constexpr double event_bytes = 32, most_events = 4e6;

/// Links of a source, by a few of its pieces: all but the last are of about equal size.
double count_links(const EdgeSource& edges) {
    const std::int64_t pieces = edges.num_pieces(), sample = std::min<std::int64_t>(pieces, 3);
    std::size_t found = 0;
    for (std::int64_t i = 0; i < sample; ++i) {
        EdgePiece piece;
        edges.append_piece((2 * i + 1) * pieces / (2 * sample), piece);
        found += piece.edges.size();
    }
    return sample == 0 ? 0
                       : static_cast<double>(found) * static_cast<double>(pieces) /
                             static_cast<double>(sample) * (edges.directed() ? 1 : 2);
}

/// Rounded down to two digits: nobody wants more of an estimate.
std::int64_t rounded(double value) {
    const double unit = std::pow(10.0, std::max(0.0, std::floor(std::log10(value)) - 1));
    return static_cast<std::int64_t>(std::floor(value / unit) * unit);
}

}  // namespace

MemoryNeeded memory_needed(const Scenario& scenario, const EdgeSource* edges,
                           std::int64_t num_hosts, int num_ranks) {
    const auto hosts = static_cast<double>(num_hosts), ranks = static_cast<double>(num_ranks);
    double each = host_bytes + worm_bytes * static_cast<double>(scenario.worms.size());
    double links = 0;
    if (edges != nullptr) {
        each += linked_host_bytes;
        if (scenario.network->partition != "block") {
            each += owner_bytes * (ranks + 1);
        }
        links = count_links(*edges) * (link_bytes + (edges->weighted() ? weight_bytes : 0) +
                                       (edges->temporal() ? interval_bytes : 0));
    }
    const double events = scenario.record_events ? std::min(hosts, most_events) * event_bytes : 0;
    return {ranks * rank_bytes + events, allowance * (hosts * each + links)};
}

MemoryLeft memory_left() {
    return {memory_of_machine(), memory_of_process()};
}

void check_memory(const Scenario& scenario, const EdgeSource* edges, const Population& population,
                  const MemoryLeft& left, const Communicator& ranks) {
    const std::int64_t hosts = population.num_hosts();
    const MemoryNeeded needed = memory_needed(scenario, edges, hosts, ranks.size());
    const double each = needed.all() / ranks.size();
    const auto sharing = static_cast<double>(Communicator::ranks_on_machine());
    // Each of its ranks may have a limit below that of the machine.
    const std::array<double, 2> mine{
        sharing * each,
        std::min(static_cast<double>(left.machine), sharing * static_cast<double>(left.process))};
    const std::vector<double> found = ranks.gather_all<double>(mine);
    double need = mine[0], there = mine[1];
    for (std::size_t r = 0; r < found.size(); r += 2) {
        if (found[r] * there > need * found[r + 1]) {
            need = found[r];
            there = found[r + 1];
        }
    }
    if (need <= there) {
        return;
    }
    const double share = (needed.all() * there / need - needed.fixed) / needed.growing;
    std::string fewer;
    if (edges != nullptr && share > 0.01) {
        fewer = fmt::format("use a network of at most {:.0f} % of that size, or ",
                            std::floor(100 * share));
    } else if (edges == nullptr && share > 0) {
        fewer =
            fmt::format("use at most {} hosts, or ", rounded(static_cast<double>(hosts) * share));
    }
    scenario.refuse("population.hosts",
                    fmt::format("about {:.3g} GB of memory are needed on a machine that has {:.3g} "
                                "GB left",
                                need / 1e9, there / 1e9),
                    fmt::format("{}spread the ranks over at least {:.0f} machines like it", fewer,
                                std::ceil(needed.all() / std::max(there, 1.0))));
}

}  // namespace annelid
