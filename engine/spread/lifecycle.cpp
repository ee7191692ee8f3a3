#include "engine/spread/lifecycle.hpp"

#include <algorithm>
#include <stdexcept>

namespace annelid {

Lifecycle::Lifecycle(const LifecycleSpec& spec) {
    std::vector<const StateSpec*> order;
    const auto find = [&](const std::string& name) {
        return std::find_if(order.begin(), order.end(),
                            [&](const StateSpec* s) { return s->name == name; });
    };
    for (const StateSpec& state : spec.states) {
        if (find(state.name) != order.end() || state.name == "immune") {
            throw std::invalid_argument("state `" + state.name + "` (there is one already)");
        }
        // The susceptible state is number 0 wherever it is written.
        order.insert(state.name == spec.susceptible ? order.begin() : order.end(), &state);
    }
    const auto id = [&](const std::string& name, const char* what) {
        const auto found = find(name);
        if (found == order.end()) {
            throw std::invalid_argument(std::string(what) + " = \"" + name +
                                        "\" (no such state is listed)");
        }
        return static_cast<StateId>(found - order.begin());
    };
    id(spec.susceptible, "susceptible");
    entry_ = id(spec.entry, "entry");
    if (!spec.inert.empty()) {
        inert_ = id(spec.inert, "inert");
    }
    for (const StateSpec* s : order) {
        State state{s->name,      s->infected, s->infectious,     s->disrupted,
                    std::nullopt, {},          s->clock == "host"};
        if (!s->next.empty()) {
            state.next = id(s->next, "next");
            state.dwell = Distribution(s->dwell);
            returns_ = returns_ || *state.next == susceptible;
        }
        states_.push_back(std::move(state));
    }
    states_.push_back({"immune", false, false, false, std::nullopt, {}, false});
}

bool Lifecycle::turns_late() const {
    return std::any_of(states_.begin() + 1, states_.end(), [&](const State& state) {
        return state.next && *state.next != susceptible && states_[*state.next].infectious &&
               !state.infectious;
    });
}

TimeUs Lifecycle::shortest_latency() const {
    TimeUs latency = 0;
    StateId state = entry_;
    // A chain visits each state at most once before it repeats.
    for (std::size_t i = 0; i < states_.size(); ++i) {
        if (states_[state].infectious) {
            return latency;
        }
        if (!states_[state].next) {
            return never;
        }
        latency += from_seconds(states_[state].dwell.lower_bound());
        state = *states_[state].next;
    }
    return never;
}

DwellTimes::DwellTimes(const Lifecycle& lifecycle, Seed seed, const Hours* hours,
                       const std::string& worm)
    : lifecycle_(lifecycle), hours_(hours) {
    for (const Lifecycle::State& state : lifecycle.states()) {
        draws_.emplace_back(seed, Purpose::dwell, label_of(worm, state.name));
    }
}

TimeUs DwellTimes::end_of(StateId state, TimeUs time, HostId host, std::uint32_t ordinal) const {
    const Lifecycle::State& s = lifecycle_[state];
    if (!s.next) {
        return never;
    }
    const auto id = static_cast<std::uint64_t>(host.value);
    const TimeUs dwell = from_seconds(s.dwell.quantile(draws_[state].bits(id, ordinal)));
    return s.host_clock && hours_ != nullptr ? hours_->on_time_after(host, time, dwell)
                                             : std::min(never, time + dwell);
}

TimeUs DwellTimes::infectious_until(StateId state, TimeUs time, HostId host,
                                    std::uint32_t ordinal) const {
    for (std::size_t i = 0; i < lifecycle_.states().size() && time < never; ++i) {
        if (!lifecycle_[state].infectious) {
            return time;
        }
        time = end_of(state, time, host, ordinal);
        state = lifecycle_[state].next.value_or(state);
    }
    return never;
}

}  // namespace annelid
