// A small epidemic as tests describe it, and what comes of it: played by the engine (`play`) or by
// the serial twin of outbreak_twin.hpp.
#pragma once

#include "engine/spread/outbreak.hpp"
#include "models/defences/kill_switch.hpp"
#include "models/defences/patching.hpp"
#include "models/populations/working_hours.hpp"
#include "models/vectors/contact.hpp"
#include "models/vectors/scan.hpp"
#include "models/vectors/supply_chain.hpp"
#include "tests/unit/small_world.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace annelid {

struct Epidemic {
    std::int64_t num_hosts = 1000;
    std::int64_t organisation_hosts = 1;
    LifecycleSpec lifecycle;
    std::vector<std::pair<std::string, ScanSettings>> vectors;  ///< sorted by name
    /// Numbered after the scans, with the links that they go along.
    std::vector<std::pair<std::string, ContactSettings>> contacts;
    /// Numbered after the contacts.
    std::vector<std::pair<std::string, SupplyChainSettings>> vendors;
    /// Vectors of other kinds, numbered after the vendors.
    std::vector<std::function<std::unique_ptr<VectorModel>(const VectorContext&)>> others;
    std::shared_ptr<const EdgeList> network;
    Multiple multiple = Multiple::merge;
    std::function<Traits(HostId)> traits;  ///< where not every host carries them all
    std::function<Population()> world;     ///< where it is not flat; of num_hosts hosts
    std::optional<HoursSettings> hours;    ///< time 0 is Friday, 23 June 2017, 10:30 UTC
    std::optional<PatchingSettings> patching;
    std::optional<KillSwitchSettings> kill_switch;
    /// Further defences, made for its world, numbered after these; only `play` knows them.
    std::vector<std::function<std::unique_ptr<DefenceModel>(const DefenceContext&)>> defences;
    std::vector<SeedHost> seeds = {{HostId{17}, 0}, {HostId{300}, 0}, {HostId{999}, 0}};
    TimeUs step_us = us_per_s;
    TimeUs end_us = 300 * us_per_s;
    TimeUs row_every_us = 10 * us_per_s;
    Seed seed = {};
    /// Steps after which it goes on, on another number of lanes, from what it kept; 0: never.
    std::int64_t restarts_every = 0;

    std::int64_t num_rows() const { return (end_us + row_every_us - 1) / row_every_us + 1; }
    std::size_t num_vectors() const {
        return vectors.size() + contacts.size() + vendors.size() + others.size();
    }
};

/// For Epidemic::defences.
template <class Settings>
std::function<std::unique_ptr<DefenceModel>(const DefenceContext&)> defence(
    const std::string& name, const Settings& settings) {
    return [=](const DefenceContext& context) { return make_defence(name, settings, context); };
}

inline Population population_of(const Epidemic& epidemic) {
    if (epidemic.world) {
        return epidemic.world();
    }
    return epidemic.traits ? flat_with_traits(epidemic.num_hosts, epidemic.traits)
                           : flat(epidemic.num_hosts, epidemic.organisation_hosts);
}

inline std::unique_ptr<Hours> hours_of(const Epidemic& epidemic, const Population& population) {
    return epidemic.hours ? make_hours(*epidemic.hours, population, {}, "2017-06-23 10:30:00",
                                       epidemic.end_us, epidemic.seed)
                          : nullptr;
}

struct Outcome {
    Events events;                                ///< in the order of the run file
    Transitions transitions;                      ///< likewise
    std::vector<std::int64_t> counts;             ///< time, state
    std::vector<std::int64_t> vector_infections;  ///< time, vector
    LargeVector<StateId> states;                  ///< at the end
    OutbreakCounts totals;
};

inline bool operator==(const Event& a, const Event& b) {
    return std::tie(a.time_us, a.host, a.infector, a.vector) ==
           std::tie(b.time_us, b.host, b.infector, b.vector);
}
inline bool operator==(const Transition& a, const Transition& b) {
    return std::tie(a.time_us, a.host, a.from, a.to) == std::tie(b.time_us, b.host, b.from, b.to);
}
inline bool operator==(const OutbreakCounts& a, const OutbreakCounts& b) {
    return std::tie(a.attempts, a.scans_represented, a.deferred_attempts, a.deferred_replies) ==
           std::tie(b.attempts, b.scans_represented, b.deferred_attempts, b.deferred_replies);
}
inline bool operator==(const Outcome& a, const Outcome& b) {
    return std::tie(a.events, a.transitions, a.counts, a.vector_infections, a.states, a.totals) ==
           std::tie(b.events, b.transitions, b.counts, b.vector_infections, b.states, b.totals);
}

/// Which part of two outcomes differs, for messages.
inline std::string difference(const Outcome& a, const Outcome& b) {
    for (std::size_t i = 0; i < std::min(a.events.size(), b.events.size()); ++i) {
        if (!(a.events[i] == b.events[i])) {
            return "events from " + std::to_string(i) + ", at " +
                   std::to_string(a.events[i].time_us) + " and " +
                   std::to_string(b.events[i].time_us) + " us";
        }
    }
    return std::string(a.events == b.events ? "" : "number of events, ") +
           (a.transitions == b.transitions ? "" : "transitions, ") +
           (a.counts == b.counts ? "" : "counts, ") +
           (a.vector_infections == b.vector_infections ? "" : "infections by vector, ") +
           (a.states == b.states ? "" : "final states, ") +
           (a.totals == b.totals ? "" : "diagnostics");
}

/// A transition has no key but its time and host; those of one host at one time keep their order.
template <class Row>
void sort_rows(LargeVector<Row>& rows) {
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
        return std::tie(a.time_us, a.host) < std::tie(b.time_us, b.host);
    });
}

/// Calls `watch` with the outbreak after each step.
template <class Watch>
Outcome play(const Epidemic& epidemic, unsigned lanes, Watch watch) {
    SmallWorld world(population_of(epidemic));
    const Lifecycle lifecycle(epidemic.lifecycle);
    std::optional<Graph> graph;
    const std::unique_ptr<Hours> hours = hours_of(epidemic, world.population);
    world.hours = hours.get();
    VectorContext context = world.context();
    if (epidemic.network) {
        graph.emplace(*epidemic.network, world.partition, epidemic.multiple, world.ranks);
        context.graph = &*graph;
    }
    std::vector<std::unique_ptr<VectorModel>> vectors;
    for (const auto& [name, settings] : epidemic.vectors) {
        vectors.push_back(make_scan(name, settings, context));
    }
    for (const auto& [name, settings] : epidemic.contacts) {
        vectors.push_back(make_contact(name, settings, context));
    }
    for (const auto& [name, settings] : epidemic.vendors) {
        vectors.push_back(make_supply_chain(name, settings, context));
    }
    for (const auto& make : epidemic.others) {
        vectors.push_back(make(context));
    }
    const DefenceContext around{world.population, world.partition, world.hosts};
    std::vector<std::unique_ptr<DefenceModel>> defences;
    if (epidemic.kill_switch) {
        defences.push_back(make_defence("kill_switch", *epidemic.kill_switch, around));
    }
    if (epidemic.patching) {
        defences.push_back(make_defence("patching", *epidemic.patching, around));
    }
    for (const auto& make : epidemic.defences) {
        defences.push_back(make(around));
    }
    const OutbreakModel model{world.population, world.partition,  {{lifecycle, vectors}},
                              defences,         epidemic.step_us, epidemic.end_us,
                              world.hours};
    OutbreakSettings settings;
    settings.seed = epidemic.seed;
    settings.transitions = true;
    settings.lanes = lanes;

    const auto rows = static_cast<std::size_t>(epidemic.num_rows());
    const std::size_t states = lifecycle.states().size();
    Series series(world.population, states, vectors.size() + 1, epidemic.row_every_us,
                  epidemic.num_rows());
    const std::vector<Cell>& cells = world.population.cells();
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const HostId end = i + 1 < cells.size() ? cells[i + 1].first : HostId{epidemic.num_hosts};
        series.start(cells[i], Lifecycle::susceptible, end.value - cells[i].first.value);
    }
    const Series at_the_start = series;
    auto outbreak = std::make_unique<Outbreak>(model, settings, world.hosts, series, world.ranks,
                                               epidemic.seeds);
    Events events;
    Transitions transitions;
    const auto take = [&] {
        const Events new_events = outbreak->take_events();
        const Transitions new_transitions = outbreak->take_transitions();
        events.insert(events.end(), new_events.begin(), new_events.end());
        transitions.insert(transitions.end(), new_transitions.begin(), new_transitions.end());
    };
    for (std::int64_t step = 1; outbreak->play_step(); ++step) {
        watch(*outbreak);
        if (epidemic.restarts_every > 0 && step % epidemic.restarts_every == 0) {
            take();
            StateTables tables;
            StateWriter to(tables);
            outbreak->save(to);
            settings.lanes = settings.lanes % 3 + 1;
            const StateReader from(tables);
            outbreak.reset();
            series = at_the_start;
            outbreak = std::make_unique<Outbreak>(model, settings, world.hosts, series, world.ranks,
                                                  epidemic.seeds, &from);
        }
    }
    take();
    outbreak->settle_patched_states();

    RunSeries out;
    out.counts.resize(rows * states);
    out.country_counts.resize(rows * states * world.population.countries().size());
    out.sector_counts.resize(rows * states * world.population.sectors().size());
    out.vector_infections.resize(rows * (vectors.size() + 1));
    series.write_to(out, 0, epidemic.num_rows(), world.ranks);
    Outcome outcome{events,
                    transitions,
                    out.counts,
                    out.vector_infections,
                    world.hosts.state[0],
                    outbreak->counts()};
    sort_rows(outcome.events);
    sort_rows(outcome.transitions);
    return outcome;
}
inline Outcome play(const Epidemic& epidemic, unsigned lanes = 1) {
    return play(epidemic, lanes, [](Outbreak&) {});
}

// The life cycles of the textbooks.

inline StateSpec state(const std::string& name, const std::string& next = "",
                       DistributionSpec dwell = {}) {
    StateSpec out;
    out.name = name;
    out.infected = name != "susceptible" && name != "removed";
    out.infectious = name == "infectious";
    out.next = next;
    out.dwell = dwell;
    return out;
}
inline DistributionSpec exponential(double mean_s) {
    return {.kind = DistributionSpec::Kind::exponential, .mean = mean_s};
}
inline DistributionSpec fixed(double s) {
    return {.kind = DistributionSpec::Kind::fixed, .mean = s};
}
inline LifecycleSpec chain(const std::string& entry, std::vector<StateSpec> states) {
    LifecycleSpec out;
    out.entry = entry;
    out.states = std::move(states);
    out.states.push_back(state("susceptible"));
    return out;
}
inline LifecycleSpec si() {
    return chain("infectious", {state("infectious")});
}
inline LifecycleSpec sir(double mean_s) {
    return chain("infectious",
                 {state("infectious", "removed", exponential(mean_s)), state("removed")});
}
inline LifecycleSpec sis(double mean_s) {
    return chain("infectious", {state("infectious", "susceptible", exponential(mean_s))});
}
inline LifecycleSpec seir(DistributionSpec latent, double mean_s) {
    return chain("exposed",
                 {state("exposed", "infectious", latent),
                  state("infectious", "removed", exponential(mean_s)), state("removed")});
}
/// Turns infectious again and again.
inline LifecycleSpec waking() {
    return chain("infectious", {state("infectious", "dormant", exponential(15)),
                                state("dormant", "infectious", exponential(25))});
}
/// With an inert state.
inline LifecycleSpec sei(DistributionSpec latent) {
    LifecycleSpec out = chain(
        "exposed", {state("exposed", "infectious", latent), state("infectious"), state("inert")});
    out.inert = "inert";
    return out;
}

/// A scan of 10^4 addresses: with 1000 hosts one probe in ten hits one.
inline ScanSettings scan_of_10k(double rate_per_s) {
    ScanSettings out;
    out.rate = fixed(rate_per_s);
    out.addresses = 10'000;
    return out;
}

}  // namespace annelid
