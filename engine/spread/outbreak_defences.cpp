// An outbreak: what defences see and do. Sensors and orders put acts on a host's way, which are
// played with its other changes in time order; a source that is isolated or cleaned is silent from
// that moment on, which has to be known before its attempts of a step are emitted.
#include "engine/base/parallel.hpp"
#include "engine/spread/outbreak_lane.hpp"

#include <algorithm>
#include <tuple>

namespace annelid {

namespace {

bool sees(DefenceModel::Sees sees, const Lifecycle::State& state) {
    switch (sees) {
        case DefenceModel::Sees::infected:
            return state.infected;
        case DefenceModel::Sees::infectious:
            return state.infectious;
        case DefenceModel::Sees::disrupted:
            break;
    }
    return state.disrupted;
}

bool is_ill(const Lifecycle::State& state) {
    return state.infected || state.disrupted;
}

}  // namespace

void Outbreak::add_further_series() {
    const std::size_t countries = model_.population.countries().size();
    const auto add = [&](Further series, bool wanted, const char* path, std::size_t width) {
        further_[static_cast<std::size_t>(series)] = wanted ? series_.add(path, width) : no_series;
    };
    add(Further::detections, num_sensors_ > 0, "/detections", countries * num_sensors_);
    add(Further::false_alarms, num_sensors_ > 0, "/false_alarms", countries * num_sensors_);
    add(Further::isolated, able_.isolates, "/isolated", countries);
    add(Further::cleaned, able_.cleans, "/cleaned", countries);
    add(Further::beacons, able_.inert, "/sinkhole_beacons", countries);
    const std::size_t places = countries * model_.population.sectors().size();
    add(Further::outages, services_ != nullptr, "/outages", places);
    add(Further::outages_by_dependency, services_ != nullptr, "/outages_by_dependency", places);
    if (services_) {
        series_.add_integral("/service_lost_s",
                             {further_[static_cast<std::size_t>(Further::outages)],
                              further_[static_cast<std::size_t>(Further::outages_by_dependency)]});
    }
}

void Outbreak::note(Lane& lane, Further series, TimeUs time, std::size_t at,
                    std::int64_t by) const {
    const std::size_t number = further_[static_cast<std::size_t>(series)];
    if (number != no_series && time < model_.end_us) {
        lane.notes.push_back({number, time, at, by});
    }
}

Outbreak::Lane& Outbreak::lane_with(LocalHost host) {
    return lanes_[lane_of(host, settings_.lanes)];
}

/// Before anything of the step happens: defences that begin in it, and alarms that fall into it.
void Outbreak::defend() {
    trigger(window_.end);
    if (!able_.detects) {
        return;
    }
    std::vector<Detection> alarms;
    for (std::size_t d = 0; d < defences_.size(); ++d) {
        if (!model_.defences[d]->abilities().detects) {
            continue;
        }
        alarms.clear();
        defences_[d]->alarms(window_.begin, window_.end, alarms);
        for (const Detection& alarm : alarms) {
            const LocalHost host = model_.partition.to_local(alarm.host);
            lane_with(host).acts.push(
                step_of(alarm.time),
                {alarm.time, host, 0, Act::Kind::alarm, static_cast<std::uint8_t>(d), 0, false});
        }
    }
}

/// Once the step's seeds are planted and those that turn infectious in it are known: which of its
/// sources fall silent in it.
void Outbreak::silence() {
    if (!able_.isolates && !able_.cleans) {
        return;
    }
    for_each_lane(busy_, [&](Lane& lane) {
        for (const Act& act : lane.acts.open(window_.step)) {
            foresee(lane, act);
        }
    });
    keep_silences();
}

void Outbreak::foresee(Lane& lane, const Act& act) const {
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        const std::uint32_t infections = infections_of(lane, w, act.host);
        if (infections == 0 ||
            (act.kind == Act::Kind::sight && (act.worm != w || act.infection + 1 != infections))) {
            continue;
        }
        if (act.kind == Act::Kind::clean) {
            lane.silences.push_back({model_.partition.to_global(act.host), act.time, never,
                                     infections, static_cast<std::uint8_t>(w)});
        } else {
            foresee_isolation(lane, w, act.host, infections, act.time);
        }
    }
}

/// A host that changes its state in a step in which it makes attempts may be seen and isolated in
/// the same step.
void Outbreak::foresee_sightings(Lane& lane, std::size_t w, LocalHost host, std::uint32_t ordinal,
                                 StateId from, StateId to, TimeUs time) const {
    const std::uint32_t infection = infection_of(ordinal);
    for (std::size_t d = 0; d < defences_.size(); ++d) {
        const TimeUs detected = model_.defences[d]->abilities().detects
                                    ? detected_at(d, w, host, infection, from, to, time)
                                    : never;
        if (detected < window_.end) {
            foresee_isolation(lane, w, host, infection + 1, detected);
        }
    }
}

/// If its present infection ends before it is detected, its attempts have ended too: so this needs
/// no condition.
void Outbreak::foresee_isolation(Lane& lane, std::size_t w, LocalHost host,
                                 std::uint32_t infections, TimeUs detected) const {
    const auto care = lane.care.find(host.value);
    if (care != lane.care.end() && care->second.isolated_from <= detected &&
        detected < care->second.isolated_until) {
        return;  // as in detect()
    }
    const HostId id = model_.partition.to_global(host);
    for (std::size_t d = 0; d < defences_.size(); ++d) {
        if (model_.defences[d]->abilities().isolates) {
            const Span span = defences_[d]->isolation(id, hosts_.traits[host.value], detected);
            if (span.from < window_.end && span.from < span.until) {
                lane.silences.push_back(
                    {id, span.from, span.until, infections, static_cast<std::uint8_t>(w)});
            }
        }
    }
}

/// From the next step on attempts heed what this one has found.
void Outbreak::keep_silences() {
    for (Lane& lane : lanes_) {
        for (const Silence& silence : lane.silences) {
            silences_.add(silence);
            if (telescopes_) {
                telescopes_->silence(silence.host, silences_, lane.index);
            }
        }
        lane.silences.clear();
    }
}

/// How many infections by worm `w` a host has had, the present one included.
std::uint32_t Outbreak::infections_of(const Lane& lane, std::size_t w, LocalHost host) const {
    const Worm& worm = worms_[w];
    if (worm.returns) {
        const auto found = lane.worms[w].ordinals.find(host.value);
        return found == lane.worms[w].ordinals.end() ? 0 : found->second;
    }
    const StateId state = worm.state[host.value];
    return state == Lifecycle::susceptible || state == worm.lifecycle.immune() ? 0 : 1;
}

/// … by all worms.
std::int64_t Outbreak::infections_of(const Lane& lane, LocalHost host) const {
    std::int64_t sum = 0;
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        sum += infections_of(lane, w, host);
    }
    return sum;
}

bool Outbreak::has_worm(LocalHost host) const {
    return std::any_of(worms_.begin(), worms_.end(), [&](const Worm& worm) {
        return is_ill(worm.lifecycle[worm.state[host.value]]);
    });
}

/// A change of state that was on its way when the host was cleaned.
bool Outbreak::is_stale(const Lane& lane, std::size_t w, const Pending& pending) const {
    return able_.cleans &&
           (worms_[w].state[pending.host.value] == Lifecycle::susceptible ||
            infection_of(pending.ordinal) + 1 != infections_of(lane, w, pending.host));
}

/// The host enters a state: do sensors see it?
void Outbreak::sight(Lane& lane, std::size_t w, LocalHost host, StateId from, StateId to,
                     TimeUs time) const {
    for (std::size_t d = 0; d < defences_.size(); ++d) {
        if (model_.defences[d]->abilities().detects) {
            sight(lane, d, w, host, infection_of(lane.playing[w].ordinal), from, to, time);
        }
    }
}

/// Does one sensor see it?
void Outbreak::sight(Lane& lane, std::size_t d, std::size_t w, LocalHost host,
                     std::uint32_t infection, StateId from, StateId to, TimeUs time) const {
    const TimeUs detected = detected_at(d, w, host, infection, from, to, time);
    if (detected < model_.end_us) {
        lane.put_off({detected, host, infection, Act::Kind::sight, static_cast<std::uint8_t>(d),
                      static_cast<std::uint8_t>(w), false});
    }
}

/// When sensor `d` detects a host that enters state `to` at `time`; `never` if it does not.
TimeUs Outbreak::detected_at(std::size_t d, std::size_t w, LocalHost host, std::uint32_t infection,
                             StateId from, StateId to, TimeUs time) const {
    const Lifecycle& lifecycle = worms_[w].lifecycle;
    const DefenceModel::Sees seen = model_.defences[d]->sees();
    if (!sees(seen, lifecycle[to]) || sees(seen, lifecycle[from])) {
        return never;
    }
    return std::max(time, defences_[d]->detected_at({model_.partition.to_global(host),
                                                     hosts_.traits[host.value], infection, time}));
}

void Outbreak::play_act(Lane& lane, const Act& act) {
    switch (act.kind) {
        case Act::Kind::sight:
            if (infections_of(lane, act.worm, act.host) == act.infection + 1 &&
                is_ill(worms_[act.worm].lifecycle[worms_[act.worm].state[act.host.value]])) {
                detect(lane, act, true);
            }
            break;
        case Act::Kind::look:
            if (has_worm(act.host)) {
                detect(lane, act, true);
            }
            break;
        case Act::Kind::alarm:
            detect(lane, act, has_worm(act.host));
            break;
        case Act::Kind::clean:
            clean(lane, act.host, act.time, act.patched);
            break;
    }
}

void Outbreak::detect(Lane& lane, const Act& act, bool infected) {
    const HostId id = model_.partition.to_global(act.host);
    Care& care = lane.care[act.host.value];
    const std::int64_t infections = infected ? infections_of(lane, act.host) : 0;
    const bool first = care.detected >= never || infections > care.infections;
    if (first) {
        care.detected = act.time;
        care.infections = infections;
    }
    lane.detections.push_back({act.time, id, act.by, infected, first});
    note(lane, infected ? Further::detections : Further::false_alarms, act.time,
         static_cast<std::size_t>(model_.population.cell_of(id).country) * num_sensors_ +
             sensor_numbers_[act.by],
         1);
    const bool isolated = care.isolated_from <= act.time && act.time < care.isolated_until;
    for (std::size_t d = 0; !isolated && d < defences_.size(); ++d) {
        if (model_.defences[d]->abilities().isolates) {
            isolate(lane, act.host,
                    defences_[d]->isolation(id, hosts_.traits[act.host.value], act.time), act.time);
        }
    }
}

/// `now`: nothing before it changes any more. A host that several defences isolate is isolated from
/// the first to the last.
void Outbreak::isolate(Lane& lane, LocalHost host, Span span, TimeUs now) {
    if (span.from >= span.until || span.from >= model_.end_us) {
        return;
    }
    Care& care = lane.care[host.value];
    const HostId id = model_.partition.to_global(host);
    lane.silences.push_back({id, span.from, span.until});
    if (care.isolated_from < never && care.isolated_until > now) {
        end_isolation(lane, host, now);
        span = {std::min(span.from, care.isolated_from), std::max(span.until, care.isolated_until)};
    }
    care.isolated_from = span.from;
    care.isolated_until = span.until;
    count_isolated(lane, id, std::max(span.from, now), 1);
    count_isolated(lane, id, span.until, -1);
}

/// Takes back in the series that the host is isolated from `time` on.
void Outbreak::end_isolation(Lane& lane, LocalHost host, TimeUs time) {
    const Care& care = lane.care[host.value];
    if (care.isolated_from >= never || care.isolated_until <= time) {
        return;
    }
    const HostId id = model_.partition.to_global(host);
    count_isolated(lane, id, std::max(care.isolated_from, time), -1);
    count_isolated(lane, id, care.isolated_until, 1);
}

void Outbreak::count_isolated(Lane& lane, HostId host, TimeUs time, std::int64_t by) const {
    note(lane, Further::isolated, time,
         static_cast<std::size_t>(model_.population.cell_of(host).country), by);
}

/// It loses every worm; a recovered host stays as it is.
void Outbreak::clean(Lane& lane, LocalHost host, TimeUs time, bool patched) {
    const HostId id = model_.partition.to_global(host);
    patched =
        patched && carries(hosts_.traits[host.value], trait_unpatched) && patched_at(id) > time;
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        const Worm& worm = worms_[w];
        const StateId state = worm.state[host.value];
        if (state == Lifecycle::susceptible && patched && worm.patching_ends) {
            count_patched_later(lane, w, id, worm.lifecycle.immune(), Lifecycle::susceptible);
            change(lane, w, host, worm.lifecycle.immune(), time);
        }
    }
    if (patched) {
        lane.repatched[host.value] = time;
    }
    for (std::size_t w = 0; w < worms_.size(); ++w) {
        const Worm& worm = worms_[w];
        if (!is_ill(worm.lifecycle[worm.state[host.value]])) {
            continue;
        }
        lane.silences.push_back(
            {id, time, never, infections_of(lane, w, host), static_cast<std::uint8_t>(w)});
        lane.worms[w].sources.erase(host.value);
        enter(lane, w, host, Lifecycle::susceptible, time);
    }
    note(lane, Further::cleaned, time,
         static_cast<std::size_t>(model_.population.cell_of(id).country), 1);
    end_isolation(lane, host, time);
    lane.silences.push_back({id, time, time});  // isolation ends
    lane.care.erase(host.value);
}

/// Whether something holds up an attempt on its way to a host.
bool Outbreak::is_stopped(const Lane& lane, const Spreading& spreading, const Attempt& attempt,
                          Traits traits, TimeUs time) const {
    if (able_.isolates) {
        const auto care = lane.care.find(model_.partition.to_local(attempt.target).value);
        if (care != lane.care.end() && care->second.isolated_from <= time &&
            time < care->second.isolated_until) {
            return true;
        }
    }
    if (!able_.stops) {
        return false;
    }
    const Passage passage{attempt.source, attempt.target,  traits,          attempt.time,
                          time,           attempt.ordinal, spreading.model, *spreading.process};
    for (std::size_t d = 0; d < defences_.size(); ++d) {
        if (model_.defences[d]->abilities().stops && !defences_[d]->lets_pass(passage)) {
            return true;
        }
    }
    return false;
}

/// Tells defences what has happened in the step, and takes their orders.
void Outbreak::hear() {
    std::vector<Infection> infections;
    std::vector<Detection> detections;
    for (Lane& lane : lanes_) {
        append(infections, lane.heard);
        append(detections, lane.detections);
        for (const Lane::Move& m : lane.moves) {
            triggers_->count_states(m.host, model_.population.cell_of(m.host), m.worm, m.from,
                                    m.to);
        }
        lane.moves.clear();
    }
    if (triggers_) {
        for (const Detection& found : detections) {
            triggers_->count_detection(found.host, found.sensor, found.infected);
        }
    }
    if (!able_.hears) {
        return;
    }
    std::sort(infections.begin(), infections.end(), [](const Infection& a, const Infection& b) {
        return std::tie(a.time, a.host, a.worm) < std::tie(b.time, b.host, b.worm);
    });
    std::sort(detections.begin(), detections.end(), [](const Detection& a, const Detection& b) {
        return std::tie(a.time, a.host, a.sensor) < std::tie(b.time, b.host, b.sensor);
    });
    std::vector<Order> orders;
    for (std::size_t d = 0; d < defences_.size(); ++d) {
        if (!model_.defences[d]->abilities().hears) {
            continue;
        }
        orders.clear();
        defences_[d]->hear({window_, infections, detections}, ranks_, orders);
        for (const Order& order : orders) {
            const TimeUs time = std::max(order.time, window_.end);
            if (time < model_.end_us) {
                const LocalHost host = model_.partition.to_local(order.host);
                const auto kind =
                    order.kind == Order::Kind::clean ? Act::Kind::clean : Act::Kind::look;
                lane_with(host).acts.push(
                    step_of(time),
                    {time, host, 0, kind, static_cast<std::uint8_t>(d), 0, order.patched});
            }
        }
    }
}

}  // namespace annelid
