// The rules of an outbreak once more, as simply as they can be said: one queue of influences in the
// order of their effective times, on one thread, without steps, lanes, calendars or ranks.
//
// It knows the flat world in which every host carries every trait, vectors `scan` (random over the
// Internet; sweeps of subnets and organisations, which may follow another vector), a kill switch
// and patching; contact_twin.hpp adds links. Draws are keyed as the engine's are, so both must
// agree on every event.
//
// Window rule: what a host does in the step in which it was infected takes effect when the next
// step begins. Seeds are the exception: their first step is played like any other.
#pragma once

#include "engine/chance/distribution.hpp"
#include "engine/chance/draws.hpp"
#include "engine/chance/log.hpp"
#include "engine/chance/permutation.hpp"
#include "tests/unit/epidemic.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <tuple>
#include <vector>

namespace annelid {

class OutbreakTwin {
  public:
    explicit OutbreakTwin(const Epidemic& epidemic) : e_(epidemic), world_(population_of(e_)) {
        // States by name; susceptible is 0 and `immune` the last, the others as written.
        names_ = {"susceptible"};
        for (const StateSpec& s : e_.lifecycle.states) {
            if (s.name != "susceptible") {
                names_.push_back(s.name);
            }
            specs_[s.name] = s;
        }
        names_.push_back("immune");
        hosts_.resize(static_cast<std::size_t>(e_.num_hosts));
    }
    virtual ~OutbreakTwin() = default;

    Outcome play() {
        for (const SeedHost& seed : e_.seeds) {
            if (seed.time < e_.end_us) {
                infect(seed.host, seed.time, no_host, seed_vector, 0);
            }
        }
        while (!queue_.empty() && queue_.top().effective < e_.end_us) {
            const Influence next = queue_.top();
            queue_.pop();
            next.kind == Kind::own ? move_on(next) : arrive(next);
        }
        return outcome();
    }

  protected:
    enum class Kind { own, attempt };
    struct Influence {
        TimeUs effective;
        Kind kind;
        TimeUs drawn;
        HostId source;
        int vector = 0;
        std::uint32_t ordinal = 0;
        HostId target;
        int stream = -1;  ///< of a random scan: draws its next hit when this one arrives
    };
    struct Later {
        bool operator()(const Influence& a, const Influence& b) const {
            return std::tie(a.effective, a.kind, a.drawn, a.source, a.vector, a.ordinal) >
                   std::tie(b.effective, b.kind, b.drawn, b.source, b.vector, b.ordinal);
        }
    };
    struct Host {
        std::string state = "susceptible";
        std::uint32_t infections = 0;
        std::uint32_t stays = 0;     ///< in infectious states since its last infection
        TimeUs since = never;        ///< when it was last infected; -1: from the start
        TimeUs from = 0, until = 0;  ///< of its stay in infectious states
        TimeUs not_before = 0;       ///< when what it does takes effect, at the earliest
    };
    struct Stream {
        HostId source;
        int vector;
        std::uint32_t source_ordinal, hits;
        double sum;
        TimeUs from, until, not_before;
    };

    const ScanSettings& scan(int vector) const {
        return e_.vectors[static_cast<std::size_t>(vector - 1)].second;
    }
    virtual const std::string& name_of(int vector) const {
        return e_.vectors[static_cast<std::size_t>(vector - 1)].first;
    }
    virtual Traits required_by(int vector) const {
        return trait_mask(scan(vector).requires_traits);
    }
    Draws draws(Purpose purpose, int vector) const {
        return Draws(e_.seed, purpose, name_of(vector));
    }
    Host& at(HostId host) { return hosts_[static_cast<std::size_t>(host.value)]; }
    static std::uint64_t id(HostId host) { return static_cast<std::uint64_t>(host.value); }
    /// Of its draws: its infections, and its stays in infectious states since the last one.
    std::uint32_t ordinal(HostId host) {
        const std::uint32_t again = std::max(at(host).stays, 1u) - 1;
        return (returns() ? at(host).infections - 1 : 0) + (again << 24);
    }
    bool returns() const {
        return std::any_of(specs_.begin(), specs_.end(),
                           [](const auto& s) { return s.second.next == "susceptible"; });
    }
    bool infectious(const std::string& state) const {
        const auto found = specs_.find(state);
        return found != specs_.end() && found->second.infectious;
    }

    /// When a host leaves a state that it enters at `time`.
    TimeUs leaves(const std::string& state, TimeUs time, HostId host) {
        const auto found = specs_.find(state);
        if (found == specs_.end() || found->second.next.empty()) {
            return never;
        }
        const Draws dwell(e_.seed, Purpose::dwell, state);
        const Distribution law(found->second.dwell);
        return time + from_seconds(law.quantile(dwell.bits(id(host), ordinal(host))));
    }

    TimeUs patched_at(HostId host) const {
        if (!e_.patching) {
            return never;
        }
        const PatchingSettings& p = *e_.patching;
        const auto draw = Draws(e_.seed, Purpose::patching, "patching").pair(id(host));
        if (to_unit(draw[0]) >= p.coverage) {
            return never;
        }
        return p.timing.start + from_seconds(p.rate_per_s > 0
                                                 ? -portable_log(to_unit(draw[1])) / p.rate_per_s
                                                 : to_unit(draw[1]) * to_seconds(p.duration));
    }
    /// Patching makes hosts immune where every vector needs the hole that it closes.
    bool patching_immunises() const {
        bool all = e_.patching.has_value();
        for (int v = 1; v <= static_cast<int>(e_.num_vectors()); ++v) {
            all = all && carries(required_by(v), trait_unpatched);
        }
        return all;
    }

    void infect(HostId host, TimeUs time, HostId infector, int vector, TimeUs not_before) {
        at(host).infections += 1;
        at(host).stays = 0;
        at(host).not_before = not_before;
        at(host).since = vector == seed_vector ? -1 : time;
        out_.events.push_back({time, host, infector, 0, 0, static_cast<VectorId>(vector)});
        enter(host, e_.lifecycle.entry, time);
    }

    void move_on(const Influence& own) {
        enter(own.target, specs_[at(own.target).state].next, own.effective);
    }

    void enter(HostId host, std::string state, TimeUs time) {
        const bool turns = infectious(state) && !infectious(at(host).state);
        if (turns && e_.kill_switch && time >= e_.kill_switch->time) {
            const Draws reach(e_.seed, Purpose::kill_switch_reach, "kill_switch");
            if (to_unit(reach.bits(id(host))) < e_.kill_switch->reach) {
                state = e_.lifecycle.inert;
            }
        }
        if (state == "susceptible" && patching_immunises() && patched_at(host) <= time) {
            state = "immune";
        }
        out_.transitions.push_back({time, host, 0, 0, number(at(host).state), number(state)});
        at(host).state = state;
        at(host).stays += turns && infectious(state) ? 1 : 0;
        const TimeUs left = leaves(state, time, host);
        if (left < e_.end_us) {
            queue_.push({left, Kind::own, left, host, 0, 0, host, -1});
        }
        if (turns && infectious(state)) {
            TimeUs until = time;
            for (std::string s = state; infectious(s) && until < never; s = specs_[s].next) {
                until = leaves(s, until, host);
            }
            turn(host, time, until);
        }
    }

    virtual void turn(HostId host, TimeUs from, TimeUs until) {
        at(host).from = from;
        at(host).until = until;
        for (int v = 1; v <= static_cast<int>(e_.vectors.size()); ++v) {
            if (!scan(v).follows.empty()) {
                continue;
            }
            if (scan(v).strategy == "sweep") {
                sweep(host, v, host, from, 0);
            } else {
                out_.totals.scans_represented += scans(rate(host, v), from, until);
                streams_.push_back({host, v, ordinal(host), 0, 0, from, std::min(until, e_.end_us),
                                    at(host).not_before});
                draw_next(static_cast<int>(streams_.size()) - 1);
            }
        }
    }

    double rate(HostId host, int v) const {
        const double per_s =
            Distribution(scan(v).rate).quantile(draws(Purpose::host_rate, v).bits(id(host)));
        return std::floor(per_s * 1e6 + 0.5);  // in 10^-6 per second
    }
    std::int64_t scans(double rate, TimeUs from, TimeUs until) const {
        const auto us = static_cast<__int128>(std::min(until, e_.end_us) - from);
        return us > 0 ? static_cast<std::int64_t>(static_cast<__int128>(rate) * us / 1'000'000 /
                                                  1'000'000)
                      : 0;
    }

    void draw_next(int index) {
        Stream& s = streams_[static_cast<std::size_t>(index)];
        const auto draw =
            draws(Purpose::scan, s.vector).pair(id(s.source), s.source_ordinal, s.hits);
        s.sum += -portable_log(to_unit(draw[0]));
        const double us_per_hit = 1.0 * static_cast<double>(scan(s.vector).addresses) /
                                  static_cast<double>(e_.num_hosts) * 1e12 /
                                  rate(s.source, s.vector);
        const double wait = std::floor(s.sum * us_per_hit + 0.5);
        if (wait >= static_cast<double>(s.until - s.from)) {
            return;
        }
        const TimeUs drawn = s.from + static_cast<TimeUs>(wait);
        const auto target = to_index(draw[1], static_cast<std::uint64_t>(e_.num_hosts));
        queue_.push({std::max(drawn, s.not_before), Kind::attempt, drawn, s.source, s.vector,
                     s.hits, HostId{static_cast<std::int64_t>(target)}, index});
        s.hits += 1;
    }

    /// Address j of a permutation of the scope around `centre` is probed at j / rate.
    void sweep(HostId source, int v, HostId centre, TimeUs from, std::uint32_t number) {
        const Population& p = world_;
        const TimeUs until = std::min(at(source).until, e_.end_us);
        if (from >= until) {
            return;
        }
        const bool wide = scan(v).scope == "organisation";
        const HostRange hosts = wide ? p.organisation_of(centre) : p.subnet_of(centre);
        std::vector<std::int64_t> addresses;  // of each host of the scope
        std::int64_t subnets = 0;
        for (HostId first = hosts.first; first < hosts.last; first = p.subnet_of(first).last) {
            for (std::int64_t i = 0; i < p.subnet_of(first).size(); ++i) {
                addresses.push_back(subnets * 254 + i);
            }
            ++subnets;
        }
        const double us_per_scan = 1e12 / rate(source, v);
        const Permutation order(
            static_cast<std::uint64_t>(subnets * 254),
            draws(Purpose::sweep_order, v).words(id(source), ordinal(source), number));
        const double whole = us_per_scan * static_cast<double>(subnets * 254);
        out_.totals.scans_represented +=
            scans(rate(source, v), from, std::min(until, from + static_cast<TimeUs>(whole)));
        for (std::int64_t h = hosts.first.value; h < hosts.last.value; ++h) {
            const auto address = addresses[static_cast<std::size_t>(h - hosts.first.value)];
            const auto place =
                static_cast<std::uint32_t>(order.position(static_cast<std::uint64_t>(address)));
            const TimeUs drawn = from + static_cast<TimeUs>(std::floor(place * us_per_scan + 0.5));
            if (h != source.value && drawn < until && probe_succeeds(source, v, number, place)) {
                queue_.push({std::max(drawn, at(source).not_before), Kind::attempt, drawn, source,
                             v, place, HostId{h}, -1});
            }
        }
    }

    bool probe_succeeds(HostId source, int v, std::uint32_t number, std::uint32_t place) {
        const Draws success = draws(Purpose::sweep_success, v);
        const std::uint64_t of_sweep = success.bits(id(source), ordinal(source), number);
        return scan(v).success >= 1 || to_unit(success.bits(of_sweep, place)) < scan(v).success;
    }

    virtual void arrive(const Influence& attempt) {
        if (attempt.stream >= 0) {
            draw_next(attempt.stream);
            const Draws success = draws(Purpose::success, attempt.vector);
            const auto of = streams_[static_cast<std::size_t>(attempt.stream)].source_ordinal;
            if (scan(attempt.vector).success < 1 &&
                to_unit(success.bits(id(attempt.source), of, attempt.ordinal)) >=
                    scan(attempt.vector).success) {
                return;
            }
        }
        land(attempt);
    }

    /// Counts an attempt and does what it does to its target.
    void land(const Influence& attempt) {
        const TimeUs step_begin = attempt.effective / e_.step_us * e_.step_us;
        out_.totals.attempts += 1;
        out_.totals.deferred_attempts += attempt.drawn < step_begin ? 1 : 0;
        if (attempt.target == attempt.source) {
            return;
        }
        const Traits required = required_by(attempt.vector);
        if (!carries(traits_of(attempt.target), required)) {
            return;
        }
        if (carries(required, trait_unpatched) && patched_at(attempt.target) <= attempt.effective) {
            return;
        }
        answer(attempt, step_begin + e_.step_us);
        if (at(attempt.target).state == "susceptible") {
            infect(attempt.target, attempt.effective, attempt.source, attempt.vector,
                   step_begin + e_.step_us);
        }
    }

    /// The source learns of its hit when the next step begins, if it is still infectious then.
    void answer(const Influence& attempt, TimeUs next_step) {
        const std::string& name = name_of(attempt.vector);
        bool followed = false;
        if (attempt.drawn < at(attempt.source).from) {
            return;  // it was put off, and made during an earlier stay
        }
        for (int v = 1; v <= static_cast<int>(e_.vectors.size()); ++v) {
            if (scan(v).follows == name) {
                followed = true;
                sweep(attempt.source, v, attempt.target, next_step, attempt.ordinal + 1);
            }
        }
        if (followed && at(attempt.source).until >= std::min(next_step, e_.end_us)) {
            out_.totals.deferred_replies += 1;
        }
    }

    Traits traits_of(HostId host) const { return e_.traits ? e_.traits(host) : all_traits; }
    StateId number(const std::string& state) const {
        return static_cast<StateId>(std::find(names_.begin(), names_.end(), state) -
                                    names_.begin());
    }

    /// Every row by looking at every host: the last transition up to then, and its patch.
    Outcome outcome() {
        sort_rows(out_.events);
        sort_rows(out_.transitions);
        const auto rows = static_cast<std::size_t>(e_.num_rows());
        const std::size_t vectors = e_.num_vectors() + 1;
        out_.counts.assign(rows * names_.size(), 0);
        out_.vector_infections.assign(rows * vectors, 0);
        for (std::size_t row = 0; row < rows; ++row) {
            const TimeUs now = static_cast<TimeUs>(row) * e_.row_every_us;
            const LargeVector<StateId> states = states_at(std::min(now, e_.end_us - 1));
            for (const StateId s : states) {
                out_.counts[row * names_.size() + s] += 1;
            }
            for (const Event& event : out_.events) {
                out_.vector_infections[row * vectors + event.vector] +=
                    event.time_us <= now ? 1 : 0;
            }
        }
        out_.states = states_at(e_.end_us - 1);
        return out_;
    }
    LargeVector<StateId> states_at(TimeUs now) const {
        LargeVector<StateId> states(hosts_.size(), StateId{0});
        for (const Transition& t : out_.transitions) {
            if (t.time_us <= now) {
                states[static_cast<std::size_t>(t.host.value)] = t.to;
            }
        }
        for (std::size_t h = 0; patching_immunises() && h < states.size(); ++h) {
            if (states[h] == 0 && patched_at(HostId{static_cast<std::int64_t>(h)}) <= now) {
                states[h] = number("immune");
            }
        }
        return states;
    }

    const Epidemic& e_;
    const Population world_;
    std::vector<std::string> names_;
    std::map<std::string, StateSpec> specs_;
    std::vector<Host> hosts_;
    std::vector<Stream> streams_;
    std::priority_queue<Influence, std::vector<Influence>, Later> queue_;
    Outcome out_;
};

inline Outcome play_serially(const Epidemic& epidemic) {
    return OutbreakTwin(epidemic).play();
}

}  // namespace annelid
