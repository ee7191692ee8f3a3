#include "models/program/seeding.hpp"

#include "engine/chance/draws.hpp"
#include "engine/chance/log.hpp"
#include "engine/scenario/quantity.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace annelid {

namespace {

/// Fewer modelled seeds than this would be noise; the run then starts later with so many.
constexpr std::int64_t least_seeds = 10;

}  // namespace

Seeding::Seeding(const Scenario& scenario, std::size_t worm, const Vectors& vectors,
                 const Population& population, const Partition& partition,
                 const Lifecycle& lifecycle, const Communicator& ranks)
    : scenario_(scenario),
      worm_(worm),
      settings_(scenario.worms[worm].seeds),
      vectors_(vectors),
      population_(population),
      num_(settings_.hosts),
      time_(settings_.time) {
    scale(partition, lifecycle, ranks);
    check();
}

void Seeding::refuse(const std::string& key, const std::string& why,
                     const std::string& advice) const {
    scenario_.refuse(scenario_.worms[worm_].seeds_path + "." + key, why, advice);
}

const VectorModel& Seeding::drawn_from() const {
    for (const auto& vector : vectors_) {
        const bool wanted =
            settings_.vector.empty()
                ? vector->reaches_far() && vector->follows().empty()
                : vector->name() == label_of(scenario_.worms[worm_].name, settings_.vector);
        if (wanted) {
            return *vector;
        }
    }
    return *vectors_.front();
}

void Seeding::check() const {
    const VectorModel& vector = drawn_from();
    if (vector.pool().num_carriers() < num_) {
        refuse("hosts",
               fmt::format("{} modelled hosts, but only {} carry what vector {} requires", num_,
                           vector.pool().num_carriers(), vector.name()),
               "use fewer seeds or more population.hosts");
    }
    for (const auto& other : vectors_) {
        // A seed counts as infected from the begin of the run on.
        if (num_ > 0 && other->opens_at() < time_) {
            refuse("hosts",
                   fmt::format("they are infected at {}, after the update of vector {} "
                               "is live",
                               print_duration_us(time_), other->name()),
                   "use seeds.hosts = 0, or infect them before");
        }
    }
    if (time_ >= scenario_.end) {
        scenario_.refuse("time.end", note_,
                         "run longer, or use more seeds.hosts or population.hosts");
    }
}

std::vector<SeedHost> Seeding::draw(Seed seed) const {
    const Draws draws(seed, Purpose::seeds, scenario_.worms[worm_].name);
    const VectorModel& vector = drawn_from();
    const Pool& pool = vector.pool();
    // Seed i is the first host in its own sequence that fits, so more seeds contain fewer.
    std::vector<SeedHost> out;
    std::set<HostId> taken;
    for (std::int64_t i = 0; i < num_; ++i) {
        for (std::uint32_t attempt = 0;; ++attempt) {
            const std::uint64_t bits = draws.bits(static_cast<std::uint64_t>(i), attempt);
            const HostId host = pool.at(
                static_cast<std::int64_t>(to_index(bits, static_cast<std::uint64_t>(pool.size()))));
            std::array<Traits, 1> traits{};
            population_.draw_traits(host, traits);
            if (carries(traits[0], vector.requires_traits()) && taken.insert(host).second) {
                out.push_back({host, time_, static_cast<std::uint8_t>(worm_)});
                break;
            }
        }
    }
    return out;
}

/// Seeds are real hosts. Where fewer than ten modelled ones stand for them, the outbreak starts
/// with ten, when its branching growth reaches so many: at ln(10 / n) / K with
///   K = r (sum over the hosts of a hit's neighbourhood of exp(-K x delay)),
/// r the far hits per second of one source. Neighbours are those that local vectors reach.
void Seeding::scale(const Partition& partition, const Lifecycle& lifecycle,
                    const Communicator& ranks) {
    num_ = settings_.hosts;
    time_ = settings_.time;
    const double scale = static_cast<double>(population_.num_hosts()) / population_.real_hosts();
    const double modelled = static_cast<double>(settings_.hosts) * scale;
    if (scale >= 1 || num_ == 0) {
        return;
    }
    if (modelled >= least_seeds) {
        num_ = static_cast<std::int64_t>(modelled + 0.5);
        return;
    }
    double far_hits_per_s = 0;
    for (const auto& vector : vectors_) {
        if (vector->reaches_far() && vector->follows().empty()) {
            far_hits_per_s += vector->branching_per_s();
        }
    }
    if (far_hits_per_s <= 0) {
        refuse("hosts",
               fmt::format("they stand for {:.3g} modelled hosts, and nothing of this worm "
                           "spreads from the start",
                           modelled),
               "use more population.hosts or seeds.hosts");
    }
    // Mean number of neighbours of a member of the pool, over at most 10,000 members.
    const Pool& pool = drawn_from().pool();
    const std::int64_t stride = std::max<std::int64_t>(1, pool.size() / 10'000);
    std::int64_t members = 0, neighbours = 0;
    for (std::int64_t i = 0; i < pool.size(); i += stride) {
        const HostId host = pool.at(i);
        if (!partition.is_local(host)) {
            continue;
        }
        ++members;
        for (const auto& vector : vectors_) {
            neighbours += vector->num_neighbours(host);
        }
    }
    members = ranks.sum(members);
    neighbours = ranks.sum(neighbours);
    const double mean_neighbours =
        members > 0 ? static_cast<double>(neighbours) / static_cast<double>(members) : 0;
    double neighbour_delay_s = 0;
    for (const auto& vector : vectors_) {
        neighbour_delay_s = std::max(neighbour_delay_s, vector->mean_neighbour_delay_s());
    }
    const TimeUs latency = lifecycle.shortest_latency();
    const double latency_s = latency < never ? to_seconds(latency) : 0;
    double growth = far_hits_per_s;
    for (int i = 0; i < 200; ++i) {
        const double next =
            far_hits_per_s *
            (portable_exp(-growth * latency_s) +
             mean_neighbours * portable_exp(-growth * (2 * latency_s + neighbour_delay_s)));
        growth = 0.5 * (growth + next);
    }
    num_ = least_seeds;
    time_ += from_seconds(portable_log(least_seeds / modelled) / growth);
    note_ = fmt::format(
        "{} seeds stand for {:.3g} modelled hosts: the outbreak starts with {} at {:.3f} h, when "
        "branching growth of {:.3g} per h reaches so many",
        settings_.hosts, modelled, least_seeds, to_seconds(time_) / 3600, growth * 3600);
}

}  // namespace annelid
