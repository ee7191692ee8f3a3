#include "models/program/world.hpp"

#include "engine/base/errors.hpp"
#include "engine/base/parallel.hpp"
#include "engine/chance/draws.hpp"
#include "engine/chance/log.hpp"
#include "engine/scenario/quantity.hpp"
#include "models/program/world_parts.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <set>

#include <fmt/format.h>

namespace annelid {

namespace {

/// Fewer modelled seeds than this would be noise; the run then starts later with so many.
constexpr std::int64_t least_seeds = 10;

/// Collective.
Partition make_partition(const Scenario& scenario, const EdgeSource* edges,
                         const Population& population, const Communicator& ranks) {
    if (population.num_hosts() < ranks.size()) {
        scenario.refuse("population.hosts", fmt::format("fewer than the {} ranks", ranks.size()),
                        "use fewer ranks or more hosts");
    }
    if (edges == nullptr) {
        return {population, ranks.size(), ranks.rank()};
    }
    return partition_graph(partition_method(scenario.network->partition), *edges, population,
                           ranks);
}

}  // namespace

World::World(const Scenario& scenario, std::int64_t replicate, const Communicator& ranks)
    : scenario_(scenario),
      edges_(make_network(scenario, replicate, ranks)),
      population_(make_population(scenario, edges_.get(), replicate, ranks)),
      partition_(make_partition(scenario, edges_.get(), population_, ranks)),
      hours_(make_hours(scenario, population_, replicate)),
      hosts_(population_, partition_),
      lifecycle_(scenario.worm.lifecycle) {
    if (edges_) {
        graph_ = std::make_unique<Graph>(*edges_, partition_, scenario.network->multiple(), ranks);
        edges_.reset();
    }
    if (hours_) {
        hours_->know(partition_, hosts_);
    }
    const VectorContext context{population_, partition_, hosts_, ranks, graph_.get(), hours_.get()};
    for (const auto& vector : scenario.worm.vectors) {
        if (const auto* contact = std::get_if<ContactSettings>(&vector.settings)) {
            vectors_.push_back(make_contact(vector.name, *contact, context));
        } else if (const auto* found = std::get_if<CredentialsSettings>(&vector.settings)) {
            vectors_.push_back(make_credentials(vector.name, *found, context));
        } else if (const auto* vendor = std::get_if<SupplyChainSettings>(&vector.settings)) {
            vectors_.push_back(make_supply_chain(vector.name, *vendor, context));
        } else {
            vectors_.push_back(
                make_scan(vector.name, std::get<ScanSettings>(vector.settings), context));
        }
    }
    for (const auto& vector : vectors_) {
        for (const KeyFault& fault : vector->faults()) {
            scenario.refuse("worm.vector." + vector->name() + "." + fault.key, fault.why,
                            fault.advice);
        }
    }
    for (const auto& defence : scenario.defences) {
        if (const auto* patching = std::get_if<PatchingSettings>(&defence.settings)) {
            defences_.push_back(make_patching(defence.name, *patching, population_));
        } else {
            defences_.push_back(
                make_kill_switch(defence.name, std::get<KillSwitchSettings>(defence.settings)));
        }
    }
    step_us_ = scenario.step > 0 ? scenario.step : choose_step();
    scale_seeds(ranks);
    check_seeds();
}

OutbreakModel World::model() const {
    return {population_, partition_,    lifecycle_,   vectors_,    defences_,
            step_us_,    scenario_.end, graph_.get(), hours_.get()};
}

/// Collective. A step no longer than any latency is exact. Where there is none, 1/50 of the mean
/// time between the attempts of one source on susceptible hosts, when the outbreak is young.
TimeUs World::choose_step() const {
    TimeUs step = lifecycle_.shortest_latency();
    if (step == 0 || step >= never) {
        double attempts_per_s = 0;
        for (const auto& vector : vectors_) {
            attempts_per_s += vector->mean_attempts_per_s();
        }
        double longest_s = attempts_per_s > 0 ? 1 / attempts_per_s / 50 : 1e9;
        for (const auto& vector : vectors_) {
            longest_s = std::min(longest_s, vector->longest_step_s());
        }
        step = from_seconds(longest_s);
    }
    return std::clamp<TimeUs>(step, 1, scenario_.end);
}

void World::reset(Series& series) {
    std::vector<Traits> required;
    for (const auto& vector : vectors_) {
        required.push_back(vector->requires_traits());
    }
    const std::vector<Cell>& cells = population_.cells();
    // A cell at a time, so that hosts are counted while they are in cache.
    std::int64_t last = 0;
    for (std::size_t c = 0; c < cells.size(); ++c) {
        const std::int64_t cell_last =
            c + 1 < cells.size() ? cells[c + 1].first.value : population_.num_hosts();
        const std::int64_t first = last;
        last = partition_.num_local_below(HostId{cell_last});
        if (first >= last) {
            continue;
        }
        std::atomic<std::int64_t> susceptible = 0;
        parallel_pieces(last - first, 1 << 16, [&](std::int64_t begin, std::int64_t end) {
            std::int64_t here = 0;
            for (std::int64_t i = first + begin; i < first + end; ++i) {
                const auto host = static_cast<std::size_t>(i);
                bool open = false;
                for (const Traits traits : required) {
                    open = open || carries(hosts_.traits[host], traits);
                }
                hosts_.state[host] = open ? Lifecycle::susceptible : lifecycle_.immune();
                here += open ? 1 : 0;
            }
            susceptible += here;
        });
        series.start(cells[c], Lifecycle::susceptible, susceptible);
        series.start(cells[c], lifecycle_.immune(), last - first - susceptible);
    }
}

const VectorModel& World::seeding_vector() const {
    for (const auto& vector : vectors_) {
        const bool wanted = scenario_.seeds_vector.empty()
                                ? vector->reaches_far() && vector->follows().empty()
                                : vector->name() == scenario_.seeds_vector;
        if (wanted) {
            return *vector;
        }
    }
    return *vectors_.front();
}

void World::check_seeds() const {
    const VectorModel& vector = seeding_vector();
    if (vector.pool().num_carriers() < num_seeds_) {
        scenario_.refuse("seeds.hosts",
                         fmt::format("{} modelled hosts, but only {} carry what vector {} requires",
                                     num_seeds_, vector.pool().num_carriers(), vector.name()),
                         "use fewer seeds or more population.hosts");
    }
    for (const auto& other : vectors_) {
        // A seed counts as infected from the begin of the run on.
        if (num_seeds_ > 0 && other->opens_at() < seeds_time_) {
            scenario_.refuse("seeds.hosts",
                             fmt::format("they are infected at {}, after the update of vector {} "
                                         "is live",
                                         print_duration_us(seeds_time_), other->name()),
                             "use seeds.hosts = 0, or infect them before");
        }
    }
    if (seeds_time_ >= scenario_.end) {
        scenario_.refuse("time.end", notes_.back(),
                         "run longer, or use more seeds.hosts or population.hosts");
    }
}

std::vector<SeedHost> World::draw_seeds(Seed seed) const {
    const Draws draws(seed, Purpose::seeds);
    const VectorModel& vector = seeding_vector();
    const Pool& pool = vector.pool();
    // Seed i is the first host in its own sequence that fits, so more seeds contain fewer.
    std::vector<SeedHost> out;
    std::set<HostId> taken;
    for (std::int64_t i = 0; i < num_seeds_; ++i) {
        for (std::uint32_t attempt = 0;; ++attempt) {
            const std::uint64_t bits = draws.bits(static_cast<std::uint64_t>(i), attempt);
            const HostId host = pool.at(
                static_cast<std::int64_t>(to_index(bits, static_cast<std::uint64_t>(pool.size()))));
            std::array<Traits, 1> traits{};
            population_.draw_traits(host, traits);
            if (carries(traits[0], vector.requires_traits()) && taken.insert(host).second) {
                out.push_back({host, seeds_time_});
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
void World::scale_seeds(const Communicator& ranks) {
    num_seeds_ = scenario_.seeds;
    seeds_time_ = scenario_.seeds_time;
    const double scale = static_cast<double>(population_.num_hosts()) / population_.real_hosts();
    const double modelled = static_cast<double>(scenario_.seeds) * scale;
    if (scale >= 1 || num_seeds_ == 0) {
        return;
    }
    if (modelled >= least_seeds) {
        num_seeds_ = static_cast<std::int64_t>(modelled + 0.5);
        return;
    }
    double far_hits_per_s = 0;
    for (const auto& vector : vectors_) {
        if (vector->reaches_far() && vector->follows().empty()) {
            far_hits_per_s += vector->branching_per_s();
        }
    }
    if (far_hits_per_s <= 0) {
        scenario_.refuse(
            "seeds.hosts",
            fmt::format("they stand for {:.3g} modelled hosts, and nothing of this worm "
                        "spreads from the start",
                        modelled),
            "use more population.hosts or seeds.hosts");
    }
    // Mean number of neighbours of a member of the pool, over at most 10,000 members.
    const Pool& pool = seeding_vector().pool();
    const std::int64_t stride = std::max<std::int64_t>(1, pool.size() / 10'000);
    std::int64_t members = 0, neighbours = 0;
    for (std::int64_t i = 0; i < pool.size(); i += stride) {
        const HostId host = pool.at(i);
        if (!partition_.is_local(host)) {
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
    const TimeUs latency = lifecycle_.shortest_latency();
    const double latency_s = latency < never ? to_seconds(latency) : 0;
    double growth = far_hits_per_s;
    for (int i = 0; i < 200; ++i) {
        const double next =
            far_hits_per_s *
            (portable_exp(-growth * latency_s) +
             mean_neighbours * portable_exp(-growth * (2 * latency_s + neighbour_delay_s)));
        growth = 0.5 * (growth + next);
    }
    num_seeds_ = least_seeds;
    seeds_time_ += from_seconds(portable_log(least_seeds / modelled) / growth);
    notes_.push_back(fmt::format(
        "{} seeds stand for {:.3g} modelled hosts: the outbreak starts with {} at {:.3f} h, when "
        "branching growth of {:.3g} per h reaches so many",
        scenario_.seeds, modelled, least_seeds, to_seconds(seeds_time_) / 3600, growth * 3600));
}

}  // namespace annelid
