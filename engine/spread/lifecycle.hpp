// The states that a host passes through once a worm has it.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/time.hpp"
#include "engine/chance/distribution.hpp"
#include "engine/chance/draws.hpp"
#include "engine/hosts/hours.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace annelid {

/// One state as a worm file describes it.
struct StateSpec {
    std::string name;
    bool infected = false;       ///< counted as infected
    bool infectious = false;     ///< its vectors attempt to reach further hosts
    bool disrupted = false;      ///< out of use for its owner
    std::string next;            ///< state after the dwell time; empty: stays for ever
    std::string clock = "wall";  ///< "host": the dwell time stands still while the host is off
    DistributionSpec dwell;      ///< seconds; only where there is a next state
};

struct LifecycleSpec {
    std::string susceptible = "susceptible";
    std::string entry;  ///< state of a host that has just been infected
    std::string inert;  ///< state that a kill switch leads to; empty: the worm has none
    std::vector<StateSpec> states;
};

/// State 0 is the susceptible one and the last one is `immune`: hosts that no vector can infect.
class Lifecycle {
  public:
    struct State {
        std::string name;
        bool infected = false, infectious = false, disrupted = false;
        std::optional<StateId> next;
        Distribution dwell;
        bool host_clock = false;  ///< the dwell time stands still while the host is off
    };

    /// A stay in infectious states: from, until (or `never`).
    struct Infectious {
        TimeUs from, until;
    };

    /// The spec must name states that exist and only once, otherwise std::invalid_argument.
    explicit Lifecycle(const LifecycleSpec& spec);

    static constexpr StateId susceptible = 0;
    StateId entry() const { return entry_; }
    StateId immune() const { return static_cast<StateId>(states_.size() - 1); }
    std::optional<StateId> inert() const { return inert_; }
    const std::vector<State>& states() const { return states_; }
    const State& operator[](StateId s) const { return states_[s]; }

    /// True if a host can be infected more than once.
    bool returns_to_susceptible() const { return returns_; }

    /// True if a host can turn infectious later than when it is infected.
    bool turns_late() const;

    /// Greatest lower bound of the time from infection to the first infectious state.
    TimeUs shortest_latency() const;

  private:
    std::vector<State> states_;
    StateId entry_ = 0;
    std::optional<StateId> inert_;
    bool returns_ = false;
};

/// The label of a worm's draws about `what` of it: "name/what", or `what` alone without a name.
inline std::string label_of(const std::string& worm, const std::string& what) {
    return worm.empty() ? what : worm + "/" + what;
}

/// The dwell times of one outbreak: a pure function of host, infection ordinal and state.
class DwellTimes {
  public:
    /// `hours` may be null: then every host is always on. `worm` keys the draws.
    DwellTimes(const Lifecycle& lifecycle, Seed seed, const Hours* hours = nullptr,
               const std::string& worm = {});

    /// When a host that enters `state` at `time` leaves it; `never` if it stays.
    TimeUs end_of(StateId state, TimeUs time, HostId host, std::uint32_t ordinal) const;

    /// When a host that enters infectious `state` at `time` stops being infectious.
    TimeUs infectious_until(StateId state, TimeUs time, HostId host, std::uint32_t ordinal) const;

  private:
    const Lifecycle& lifecycle_;
    const Hours* hours_;
    std::vector<Draws> draws_;
};

}  // namespace annelid
