// Conditions on what has happened so far, told apart by group: the world, a country, a sector or an
// organisation. Where one becomes true for a group, what it triggers begins there.
//
//   time         t >= `time`
//   count        hosts that are in one of `states`                      >= n
//   detections   hosts that sensors have found, once per finding        >= n
//   outages      organisations that are out of service now              >= n
//   scans        scans that a telescope has seen                        >= n
//                n = max(at_least, ceil(share x hosts of the group that are in scope))
//   all, any, none of other rules: and, or, not. One of a coarser group counts for every finer one
//                in it: an organisation looks at its country.
//   alert        own alert <= t  or  a member's alert + delay <= t     (per country)
//                A country raises its alert for good when rule of[0] becomes true there. Members of
//                the alliance that comply hear of each other's alerts.
//
// Counts are integers that all ranks hold alike, and change only between two steps; n is an exact
// integer (a share is a whole number of billionths). Within a step truth changes at exact times.
// A (rule, group) fires once, at the first time at which it is true.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/state.hpp"
#include "engine/base/time.hpp"
#include "engine/chance/draws.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"
#include "engine/spread/activation.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace annelid {

struct TriggerRule {
    enum class Kind { time, count, detections, outages, scans, alert, all, any, none };

    std::string name;  ///< keys the draws of which members comply
    Kind kind = Kind::time;
    Group per = Group::world;
    TimeUs time = 0;                ///< time: true from then on
    std::vector<bool> cells = {};   ///< of the population that count; empty: all
    std::vector<bool> states = {};  ///< count: by number in the run file
    int worm = -1;                  ///< count: the only one; -1: hosts of each worm are added up
    std::int64_t at_least = 1;      ///< 1 or more
    double share = 0;               ///< of the hosts of the group that are in scope
    std::vector<std::uint8_t> sensors = {};  ///< detections: by number of the defence; empty: all
    bool false_alarms = true;          ///< detections: they count too, as a defender cannot tell
    std::size_t telescope = 0;         ///< scans
    std::vector<std::size_t> of = {};  ///< rules before this one that it looks at
    TimeUs delay = 0;                  ///< alert: until the other members know
    std::vector<bool> members = {};    ///< alert: by country
    double compliance = 1;             ///< alert: share of the members
};

/// True of and, or, not.
inline bool combines(TriggerRule::Kind kind) {
    return kind == TriggerRule::Kind::all || kind == TriggerRule::Kind::any ||
           kind == TriggerRule::Kind::none;
}

/// True if every group of kind `fine` lies in one of kind `coarse`, or is one.
bool lies_in(Group fine, Group coarse);

/// What rule `number` is for a group of its kind in which nothing has been counted, whatever
/// coarser groups do; nothing if that depends on them. Rules per organisation that something is
/// started by must be false then: they are looked at only for organisations that something happens
/// to.
std::optional<bool> truth_when_idle(const std::vector<TriggerRule>& rules, std::size_t number);

/// Hosts that can count, by group of a kind that few are of; none of organisations.
std::vector<std::int64_t> hosts_in_scope(const TriggerRule& rule, const Population& population);

/// A rule has become true for a group.
struct Fire {
    TimeUs time;
    std::size_t rule;
    std::int64_t group;  ///< as of group_of
    bool operator==(const Fire&) const = default;
};

class Triggers {
  public:
    /// `starters`: numbers of the rules that something is started by; what these do not look at is
    /// not counted. std::invalid_argument where a rule looks at a later one, or its group does not
    /// lie in those of its parts.
    Triggers(std::vector<TriggerRule> rules, const Population& population, Seed seed,
             const std::vector<std::size_t>& starters);

    bool wants_states() const { return wants(Kind::count); }
    /// True if count_states has to know hosts: it is then called for each of them.
    bool wants_hosts() const { return wants_hosts_; }
    bool wants_detections() const { return wants(Kind::detections); }
    bool wants_outages() const { return wants(Kind::outages); }
    bool wants_scans() const { return wants(Kind::scans); }

    // What has happened on this rank, by one thread at a time, in any order.
    /// `n` hosts of a cell change state, by numbers of the run file.
    void count_states(HostId host, const Cell& cell, std::uint8_t worm, StateId from, StateId to,
                      std::int64_t n = 1);
    void count_detection(HostId host, std::uint8_t sensor, bool infected);
    /// An organisation goes out of service, or is back.
    void count_outage(HostId organisation_first, bool out);
    void count_scans(std::size_t telescope, std::int64_t n);

    /// Collective. Adds what all ranks have fed since the last call: from the end of the stretch
    /// that was last asked for, rules see it.
    void share(const Communicator& ranks);

    /// What fires in [from, until), sorted. Calls are for one stretch after the other; counts do
    /// not change within one. Stretches may be left out that end before next_time().
    std::vector<Fire> fire(TimeUs from, TimeUs until);

    /// Between two steps, after share(). The same on all ranks.
    void save(StateWriter& out) const;
    void load(const StateReader& in);

    /// When something fires next if no count changes; `never` if nothing does.
    TimeUs next_time();

  private:
    using Kind = TriggerRule::Kind;
    /// Added to an organisation's count.
    struct Change {
        std::int64_t organisation;
        std::int64_t column;
        std::int64_t n;
    };
    /// One for which anything has been counted.
    struct Organisation {
        HostId first;
        std::size_t number;
        const Cell* cell;
        bool changed;  ///< since the last fire()
    };

    bool wants(Kind kind) const { return !by_kind_[static_cast<std::size_t>(kind)].empty(); }
    const std::vector<std::size_t>& of_kind(Kind kind) const {
        return by_kind_[static_cast<std::size_t>(kind)];
    }
    std::size_t place_of(std::size_t number, const Cell& cell) const {
        return places_[number] + static_cast<std::size_t>(group_of(cell, rules_[number].per));
    }
    void need(std::size_t number);
    void lay_out(std::size_t number);
    std::int64_t least(const TriggerRule& rule, std::int64_t hosts) const;
    void add(std::size_t number, const Cell& cell, HostId host, std::int64_t n);
    void add(const Change& change);
    std::size_t number_of(HostId first);

    bool truth(std::size_t number, std::size_t group, TimeUs at, std::vector<TimeUs>& raised) const;
    bool truth(std::size_t number, const Organisation& organisation) const;
    TimeUs first_heard(std::size_t number, const std::vector<TimeUs>& raised) const;
    TimeUs next_switch(TimeUs at, const std::vector<TimeUs>& raised) const;
    std::vector<Fire> found(TimeUs at, std::vector<TimeUs>& raised);
    void find_organisations(TimeUs at, std::size_t number, std::vector<Fire>& out) const;
    void mark(const Fire& fire);

    std::vector<TriggerRule> rules_;
    const Population& population_;
    std::vector<bool> starts_, needed_;              ///< by rule
    std::vector<std::vector<std::size_t>> by_kind_;  ///< those needed
    bool wants_hosts_ = false;

    // By rule and group, a rule's groups side by side from its place on; not for organisations.
    std::vector<std::size_t> places_, num_groups_;
    std::vector<std::int64_t> fed_;     ///< since the last share(), on this rank
    std::vector<std::int64_t> counts_;  ///< all told
    std::vector<std::int64_t> least_;   ///< counts from which on a rule is true
    std::vector<char> truths_, seen_truths_, fired_, complies_;
    std::vector<TimeUs> raised_;  ///< alerts of countries

    // Of organisations.
    std::vector<bool> looks_up_;        ///< by rule: at coarser groups
    std::vector<std::size_t> columns_;  ///< by rule
    std::size_t num_columns_ = 0;
    std::vector<Change> fed_organisations_;
    std::unordered_map<std::int64_t, std::size_t> numbers_;  ///< by first host
    std::vector<Organisation> organisations_;
    std::vector<std::int64_t> organisation_counts_;       ///< by number and column
    std::vector<std::vector<bool>> fired_organisations_;  ///< by rule and number
    std::vector<std::size_t> changed_;                    ///< numbers

    TimeUs played_ = 0;  ///< end of the last stretch
    TimeUs due_ = 0;     ///< until then nothing can fire without a count that changes
    std::optional<TimeUs> next_;
};

}  // namespace annelid
