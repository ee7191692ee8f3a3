#include "models/program/world.hpp"

#include "engine/base/errors.hpp"
#include "engine/base/parallel.hpp"
#include "models/program/scenario_checks.hpp"
#include "models/program/telescopes.hpp"
#include "models/program/world_parts.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include <fmt/format.h>

namespace annelid {

namespace {

/// Collective.
Partition make_partition(const Scenario& scenario, const EdgeSource* edges,
                         const Population& population, const MemoryLeft& left,
                         const Communicator& ranks) {
    if (population.num_hosts() < ranks.size()) {
        scenario.refuse("population.hosts", fmt::format("fewer than the {} ranks", ranks.size()),
                        "use fewer ranks or more hosts");
    }
    check_memory(scenario, edges, population, left, ranks);
    if (edges == nullptr) {
        return {population, ranks.size(), ranks.rank()};
    }
    return partition_graph(partition_method(scenario.network->partition), *edges, population,
                           ranks);
}

/// Its name and whom it follows are told apart from those of other worms.
std::unique_ptr<VectorModel> make_vector(const Worm& worm, const Named<VectorSettings>& vector,
                                         const VectorContext& context) {
    const std::string name = label_of(worm.name, vector.name);
    if (const auto* contact = std::get_if<ContactSettings>(&vector.settings)) {
        return make_contact(name, *contact, context);
    }
    if (const auto* found = std::get_if<CredentialsSettings>(&vector.settings)) {
        return make_credentials(name, *found, context);
    }
    if (const auto* vendor = std::get_if<SupplyChainSettings>(&vector.settings)) {
        return make_supply_chain(name, *vendor, context);
    }
    ScanSettings scan = std::get<ScanSettings>(vector.settings);
    if (!scan.follows.empty()) {
        scan.follows = label_of(worm.name, scan.follows);
    }
    return make_scan(name, scan, context);
}

/// What hosts must have so that any of the vectors can take them: not what implies another.
std::vector<Traits> least_required(const std::vector<std::unique_ptr<VectorModel>>& vectors) {
    std::vector<Traits> out;
    for (const auto& vector : vectors) {
        const Traits traits = vector->requires_traits();
        if (std::none_of(out.begin(), out.end(), [&](Traits t) { return carries(traits, t); })) {
            std::erase_if(out, [&](Traits t) { return carries(t, traits); });
            out.push_back(traits);
        }
    }
    return out;
}

}  // namespace

World::World(const Scenario& scenario, std::int64_t replicate, const Communicator& ranks,
             const MemoryLeft& left)
    : scenario_(scenario),
      edges_(make_network(scenario, replicate, ranks)),
      population_(make_population(scenario, edges_.get(), replicate, ranks)),
      partition_(make_partition(scenario, edges_.get(), population_, left, ranks)),
      hours_(make_hours(scenario, population_, replicate)),
      hosts_(population_, partition_, scenario.worms.size()) {
    if (edges_) {
        graph_ = std::make_unique<Graph>(*edges_, partition_, scenario.network->multiple(), ranks);
        edges_.reset();
    }
    if (hours_) {
        hours_->know(partition_, hosts_);
    }
    for (std::size_t w = 0; w < scenario.worms.size(); ++w) {
        const VectorContext context{population_,  partition_,   hosts_, ranks,
                                    graph_.get(), hours_.get(), w};
        const Worm& worm = scenario.worms[w];
        worms_.push_back(std::make_unique<OneWorm>(OneWorm{Lifecycle(worm.lifecycle), {}, {}}));
        OneWorm& made = *worms_.back();
        for (const auto& vector : worm.vectors) {
            made.vectors.push_back(make_vector(worm, vector, context));
            for (const KeyFault& fault : made.vectors.back()->faults()) {
                scenario.refuse(worm.path + ".vector." + vector.name + "." + fault.key, fault.why,
                                fault.advice);
            }
        }
        made.seeding = std::make_unique<Seeding>(scenario, w, made.vectors, population_, partition_,
                                                 made.lifecycle, ranks);
        if (!made.seeding->note().empty()) {
            notes_.push_back((worm.name.empty() ? "" : worm.name + ": ") + made.seeding->note());
        }
    }
    number_names();
    if (scenario.service) {
        services_ =
            std::make_unique<ServiceRules>(make_service_rules(*scenario.service, population_));
    }
    make_defences();
    step_us_ = scenario.step > 0 ? scenario.step : choose_step();
}

void World::make_defences() {
    const TriggerTables tables = trigger_tables(scenario_);
    DefenceContext context{population_, partition_, hosts_, {}, groups_of(tables)};
    for (const auto& alliance : scenario_.alliances) {
        context.alliances[alliance.name] = alliance.settings.countries;
    }
    for (const auto& defence : scenario_.defences) {
        defences_.push_back(
            std::visit([&](const auto& s) { return make_defence(defence.name, s, context); },
                       defence.settings));
    }
    make_triggers(tables, context);
}

/// What starts defences, and which.
void World::make_triggers(const TriggerTables& tables, const DefenceContext& context) {
    TriggerNumbers numbers{state_names_, {}, {}};
    for (const Worm& worm : scenario_.worms) {
        numbers.worms.push_back(worm.name);
    }
    for (const auto& defence : scenario_.defences) {
        numbers.defences.push_back(defence.name);
    }
    for (const auto& telescope : scenario_.telescopes) {
        numbers.telescopes.push_back(telescope.name);
    }
    triggers_ = annelid::make_triggers(tables, numbers, context);
    for (std::size_t d = 0; d < scenario_.defences.size(); ++d) {
        const TimingSettings* timing = timing_of(scenario_.defences[d].settings);
        for (std::size_t t = 0; timing != nullptr && t < triggers_.size(); ++t) {
            if (triggers_[t].name == timing->trigger) {
                starters_.push_back({t, d, timing->delay});
            }
        }
    }
    warnings_ = scenario_.warnings;
    // More than all hosts was warned of when the scenario was read.
    const std::int64_t told = stated_hosts(scenario_) * std::ssize(worms_);
    for (const TriggerRule& rule : triggers_) {
        const std::string why = why_never(rule, population_, worms_.size());
        if (!why.empty() && (told == 0 || rule.at_least <= told)) {
            warnings_.push_back(scenario_.remark("trigger." + rule.name + ".at_least",
                                                 "it can never fire: " + why,
                                                 "widen the scope, or use fewer"));
        }
    }
}

/// States and vectors of all worms share the numbers of the run file: first those of the first
/// worm, then what others add; `immune` is the last state.
void World::number_names() {
    const auto number_of = [](std::vector<std::string>& names, const std::string& name) {
        const auto found = std::find(names.begin(), names.end(), name);
        const auto number = static_cast<std::uint8_t>(found - names.begin());
        if (found == names.end()) {
            names.push_back(name);
        }
        return number;
    };
    vector_names_ = {"seed"};
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        const auto& states = worms_[w]->lifecycle.states();
        for (std::size_t s = 0; s + 1 < states.size(); ++s) {
            worms_[w]->state_numbers.push_back(number_of(state_names_, states[s].name));
        }
        for (const auto& vector : scenario_.worms[w].vectors) {
            worms_[w]->vector_numbers.push_back(number_of(vector_names_, vector.name));
        }
    }
    for (const auto& worm : worms_) {
        worm->state_numbers.push_back(static_cast<StateId>(state_names_.size()));
    }
    state_names_.emplace_back("immune");
}

OutbreakModel World::model() const {
    std::vector<WormModel> worms;
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        const OneWorm& worm = *worms_[w];
        const std::string& meeting = scenario_.worms[w].meeting;
        worms.push_back({worm.lifecycle, worm.vectors, scenario_.worms[w].name,
                         meeting == "exclude"    ? Meeting::exclude
                         : meeting == "immunise" ? Meeting::immunise
                                                 : Meeting::coexist,
                         worm.state_numbers, worm.vector_numbers});
    }
    return {.population = population_,
            .partition = partition_,
            .worms = std::move(worms),
            .defences = defences_,
            .step_us = step_us_,
            .end_us = scenario_.end,
            .hours = hours_.get(),
            .triggers = triggers_,
            .starters = starters_,
            .services = services_.get(),
            .telescopes = make_telescopes(scenario_)};
}

/// A step no longer than any latency is exact. Where a worm has none, 1/50 of the mean time between
/// the attempts of one source on susceptible hosts, when its outbreak is young.
TimeUs World::choose_step() const {
    TimeUs shortest = scenario_.end;
    for (const auto& worm : worms_) {
        TimeUs step = worm->lifecycle.shortest_latency();
        if (step == 0 || step >= never) {
            double attempts_per_s = 0;
            for (const auto& vector : worm->vectors) {
                attempts_per_s += vector->mean_attempts_per_s();
            }
            double longest_s = attempts_per_s > 0 ? 1 / attempts_per_s / 50 : 1e9;
            for (const auto& vector : worm->vectors) {
                longest_s = std::min(longest_s, vector->longest_step_s());
            }
            step = from_seconds(longest_s);
        }
        shortest = std::min(shortest, step);
    }
    return std::max<TimeUs>(1, shortest);
}

void World::reset(Series& series) {
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        reset(series, w);
    }
}

/// For one worm.
void World::reset(Series& series, std::size_t w) {
    const OneWorm& worm = *worms_[w];
    LargeVector<StateId>& state = hosts_.state[w];
    const StateId immune = worm.lifecycle.immune();
    const std::vector<Traits> required = least_required(worm.vectors);
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
            const Traits* const traits = &hosts_.traits[static_cast<std::size_t>(first + begin)];
            StateId* const to = &state[static_cast<std::size_t>(first + begin)];
            std::fill(to, to + (end - begin), immune);
            for (const Traits needed : required) {
                for (std::int64_t i = 0; i < end - begin; ++i) {
                    to[i] = carries(traits[i], needed) ? Lifecycle::susceptible : to[i];
                }
            }
            susceptible += std::count(to, to + (end - begin), Lifecycle::susceptible);
        });
        series.start(cells[c], worm.state_numbers[Lifecycle::susceptible], susceptible, w);
        series.start(cells[c], worm.state_numbers[immune], last - first - susceptible, w);
    }
}

std::vector<LargeVector<StateId>> World::take_final_states() {
    for (std::size_t w = 0; worms_.size() > 1 && w < worms_.size(); ++w) {
        for (StateId& state : hosts_.state[w]) {
            state = worms_[w]->state_numbers[state];
        }
    }
    return std::move(hosts_.state);
}

std::vector<SeedHost> World::draw_seeds(Seed seed) const {
    std::vector<SeedHost> out;
    for (const auto& worm : worms_) {
        const std::vector<SeedHost> seeds = worm->seeding->draw(seed);
        out.insert(out.end(), seeds.begin(), seeds.end());
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const SeedHost& a, const SeedHost& b) { return a.time < b.time; });
    return out;
}

}  // namespace annelid
