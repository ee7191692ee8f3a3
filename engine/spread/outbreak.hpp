// One outbreak: from its seeds to the time at which nothing more can happen, step by step.
#pragma once

#include "engine/files/run_file.hpp"
#include "engine/hosts/host_table.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/hosts/population.hpp"
#include "engine/ranks/communicator.hpp"
#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "engine/spread/defence.hpp"
#include "engine/spread/lifecycle.hpp"
#include "engine/spread/series.hpp"
#include "engine/spread/services.hpp"
#include "engine/spread/silences.hpp"
#include "engine/spread/tally.hpp"
#include "engine/spread/telescope.hpp"
#include "engine/spread/triggers.hpp"
#include "engine/spread/vector.hpp"
#include "engine/spread/worm.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

namespace annelid {

/// A host with which the outbreak of a worm starts.
struct SeedHost {
    HostId host;
    TimeUs time;
    std::uint8_t worm = 0;
};

/// A trigger, by number, starts a defence for the groups for which it fires.
struct Starter {
    std::size_t trigger, defence;
    TimeUs delay = 0;
};

/// What all outbreaks of a run share.
struct OutbreakModel {
    const Population& population;
    const Partition& partition;
    std::vector<WormModel> worms;  ///< one to most_worms
    const std::vector<std::unique_ptr<DefenceModel>>& defences;
    TimeUs step_us;
    TimeUs end_us;
    const Hours* hours = nullptr;  ///< null: every host is always on
    std::vector<TriggerRule> triggers = {};
    std::vector<Starter> starters = {};
    const ServiceRules* services = nullptr;  ///< null: nobody counts who is out of service
    std::vector<TelescopeModel> telescopes = {};

    /// Of the defences that detect hosts, in their order.
    std::vector<std::string> sensors() const;
};

struct OutbreakSettings {
    Seed seed;
    std::int32_t replicate = 0;  ///< number in the event log
    bool events = true;
    bool transitions = false;
    unsigned lanes = 1;  ///< threads
};

/// Kinds of influence that can be put off to the next step (`/diagnostics/deferred`).
/// "removal": a worm removes another, whose attempts of the step are drawn already.
inline const std::vector<std::string> deferred_kinds = {"attempt", "reply", "removal"};

struct OutbreakCounts {
    std::int64_t attempts = 0;
    std::int64_t scans_represented = 0;
    std::int64_t steps = 0;
    std::int64_t steps_skipped = 0;
    std::int64_t deferred_attempts = 0;
    std::int64_t deferred_replies = 0;
    std::int64_t deferred_removals = 0;
};

class Outbreak {
  public:
    /// Collective. `hosts.state` must hold 0 or immune for every host and worm; it ends as the
    /// final state. `seeds` are the same on all ranks, in the order of their times. With `from` it
    /// goes on where save() was called; InputError where that does not fit.
    Outbreak(const OutbreakModel& model, const OutbreakSettings& settings, HostTable& hosts,
             Series& series, Communicator& ranks, std::vector<SeedHost> seeds,
             const StateReader* from = nullptr);
    ~Outbreak();

    /// Collective. Plays the next step in which anything happens on any rank; false if none is
    /// left.
    bool play_step();

    /// The part of time that has been played: no event to come is earlier.
    TimeUs played_until() const { return window_.end; }

    /// Infections so far over all ranks, as of the start of the last step.
    std::int64_t num_infections() const { return infections_everywhere_; }

    /// What is to be done between two steps, by all ranks alike.
    enum class Wish { none, flush, checkpoint };
    /// What the first rank passed to play_step's exchange: lets it decide for all.
    Wish first_rank_asks() const { return first_rank_asks_; }
    void ask(Wish wish) { asks_ = wish; }

    /// Collective. Adds this outbreak as replicate `index` of `out`, counts complete for rows
    /// before `rows`.
    void write_series(RunSeries& out, std::size_t index, std::int64_t rows);

    /// When triggers started which defences, the same on all ranks.
    const std::vector<DefenceStart>& defence_starts() const { return starts_; }

    /// Events and transitions since the last call.
    Events take_events();
    Transitions take_transitions();

    /// Collective. Sums over all ranks.
    OutbreakCounts counts() const;

    /// Collective. All that is needed to go on from here, on any ranks and threads, but for events
    /// and transitions, which must have been taken.
    void save(StateWriter& out);

    /// Writes `immune` into the state of hosts that were patched while susceptible.
    void settle_patched_states();

  private:
    /// First and one past the last local number of hosts side by side.
    using LocalRanges = std::vector<std::pair<std::int64_t, std::int64_t>>;
    /// What a host has ahead of it: in few bytes, as there are as many as hosts on their way.
    struct Pending {
        TimeUs time = never;
        LocalHost host;
        /// Of its draws: the infection in 24 bits, above them the stay in infectious states.
        std::uint32_t ordinal : 31 = 0;
        std::uint32_t stayed : 1 = 0;  ///< it has been infectious since its infection

        /// A host that turns infectious again draws anew, or it would only repeat what it did.
        void begin_stay() {
            ordinal += stayed != 0 ? 1u << 24 : 0u;
            stayed = 1;
        }
    };
    static_assert(sizeof(Pending) == 16);
    /// A host while its step is played.
    struct Playing : Pending {
        bool fresh = false;  ///< infected in this step
    };
    struct Reply {
        Hit hit;
        VectorId vector;
        bool hits;  ///< what followers wait for
        bool met;   ///< a host that was infected already
    };
    /// What a host has ahead of it because of defences.
    struct Act {
        enum class Kind : std::uint8_t {
            sight,  ///< a sensor sees it, if it still has the worm
            look,   ///< it is looked at for any worm
            alarm,  ///< a sensor takes it for infected
            clean,
        };
        TimeUs time;
        LocalHost host;
        std::uint32_t infection;  ///< sight: which one
        Kind kind;
        std::uint8_t by;    ///< number of the defence
        std::uint8_t worm;  ///< sight
        bool patched;       ///< clean
        bool operator<(const Act& other) const {
            return std::tie(time, kind, by, worm, infection) <
                   std::tie(other.time, other.kind, other.by, other.worm, other.infection);
        }
    };
    /// Series that a run has because of its defences.
    enum class Further {
        detections,
        false_alarms,
        isolated,
        cleaned,
        beacons,
        outages,
        outages_by_dependency
    };
    static constexpr std::size_t num_further = 7;
    static constexpr std::size_t no_series = static_cast<std::size_t>(-1);
    /// What defences know of a host.
    struct Care {
        TimeUs isolated_from = never, isolated_until = never;
        TimeUs detected = never;      ///< since it was last cleaned
        std::int64_t infections = 0;  ///< how many it had had by then; 0: it had none
    };
    /// A worm while it spreads.
    struct Worm {
        const WormModel& model;
        const Lifecycle& lifecycle;
        LargeVector<StateId>& state;  ///< of this rank's hosts
        DwellTimes dwell;
        bool hears = false;          ///< a vector waits for replies
        bool latency = false;        ///< hosts can turn infectious later than when infected
        bool patching_ends = false;  ///< no vector reaches patched hosts
        bool removable = false;      ///< another worm removes it from hosts
        bool refused = false;        ///< another worm keeps it out while it is there
        bool returns = false;        ///< hosts can be infected again
        /// Hosts of this rank that another worm has freed of this one.
        std::unordered_set<std::int64_t> removed = {};
    };
    /// A vector while its worm spreads. Number v of attempts is vectors_[v - 1].
    struct Spreading {
        const VectorModel& model;
        std::size_t worm;
        VectorId number;  ///< in the run file
        std::unique_ptr<VectorProcess> process;
        std::vector<VectorId> followers = {};
    };
    struct Lane;

    StateId first_state(const Worm& worm, LocalHost host) const;
    void save_counts(StateWriter& out) const;
    void save_hosts(StateWriter& out) const;
    void save_care(StateWriter& out) const;
    void load(const StateReader& in);
    void load_counts(const StateReader& in);
    void load_hosts(const StateReader& in);
    void load_care(const StateReader& in);
    std::optional<std::uint8_t> defence_of(std::uint64_t hash) const;

    void start_worm(std::size_t w, const std::vector<SeedHost>& seeds);
    bool find_window();
    std::int64_t next_due() const;
    void defend();
    void plant();
    void turn();
    void silence();
    void limit();
    void emit();
    bool anything_due();
    void exchange();
    void heed_note();
    void apply();
    void launch();
    void reply();
    void keep_removed();
    void hear();
    void record();
    void serve();
    void share_counts();
    void count_scans_seen();

    void foresee(Lane& lane, std::size_t w, Pending pending);
    void start_vectors(Lane& lane, const Window& before);
    void share_attempts(const Window& before, const ExchangeNote& note = {});
    static bool turns(const Lifecycle& lifecycle, StateId from, StateId to);
    StateId divert(const Worm& worm, StateId from, StateId to, HostId host, std::uint32_t ordinal,
                   TimeUs time) const;
    template <class Visit>
    void count_ahead(Series& series, const LocalRanges& ranges, std::size_t w, const Visit& visit);
    bool some_patch_by_the_clock() const;
    void count_patches_to_come(Series& series, std::int64_t sign);
    void count_patched_by(std::size_t d, Group per, std::int64_t group);
    void add_further_series();
    void watch_from_outside();
    void trigger(TimeUs until);
    LocalRanges local_ranges(Group per, std::int64_t group) const;
    void begin(std::size_t d, Group per, std::int64_t group, TimeUs time);
    void isolate_detected(std::size_t d, TimeUs now);
    void look_around(std::size_t d, Group per, std::int64_t group, TimeUs time);
    void foresee(Lane& lane, const Act& act) const;
    void foresee_sightings(Lane& lane, std::size_t w, LocalHost host, std::uint32_t ordinal,
                           StateId from, StateId to, TimeUs time) const;
    void foresee_isolation(Lane& lane, std::size_t w, LocalHost host, std::uint32_t infections,
                           TimeUs detected) const;
    void keep_silences();
    void sight(Lane& lane, std::size_t w, LocalHost host, StateId from, StateId to,
               TimeUs time) const;
    void sight(Lane& lane, std::size_t d, std::size_t w, LocalHost host, std::uint32_t infection,
               StateId from, StateId to, TimeUs time) const;
    TimeUs detected_at(std::size_t d, std::size_t w, LocalHost host, std::uint32_t infection,
                       StateId from, StateId to, TimeUs time) const;
    bool has_worm(LocalHost host) const;
    std::int64_t infections_of(const Lane& lane, LocalHost host) const;
    std::uint32_t infections_of(const Lane& lane, std::size_t w, LocalHost host) const;
    bool is_stale(const Lane& lane, std::size_t w, const Pending& pending) const;
    void play_act(Lane& lane, const Act& act);
    void detect(Lane& lane, const Act& act, bool infected);
    void isolate(Lane& lane, LocalHost host, Span span, TimeUs now);
    void end_isolation(Lane& lane, LocalHost host, TimeUs time);
    void count_isolated(Lane& lane, HostId host, TimeUs time, std::int64_t by) const;
    void clean(Lane& lane, LocalHost host, TimeUs time, bool patched);
    bool is_stopped(const Lane& lane, const Spreading& spreading, const Attempt& attempt,
                    Traits traits, TimeUs time) const;
    void disrupt(Lane& lane, std::size_t w, LocalHost host, StateId from, StateId to,
                 TimeUs time) const;
    void note(Lane& lane, Further series, TimeUs time, std::size_t at, std::int64_t by) const;
    void count_patched_later(Lane& lane, std::size_t w, HostId host, StateId from, StateId to);
    Lane& lane_with(LocalHost host);
    void play_hosts(Lane& lane);
    std::span<const Attempt> in_order(Lane& lane, std::size_t first, std::size_t last);
    void play_host(Lane& lane, LocalHost host, std::span<const Attempt> attempts);
    void keep_pending(Lane& lane);
    void keep_acts(Lane& lane);
    void try_infect(Lane& lane, LocalHost host, const Attempt& attempt);
    bool kept_out(std::size_t w, LocalHost host) const;
    void infect(Lane& lane, std::size_t w, LocalHost host, TimeUs time, HostId infector,
                VectorId number);
    void remove_others(Lane& lane, std::size_t w, LocalHost host, TimeUs time);
    void move_on(Lane& lane, std::size_t w);
    void enter(Lane& lane, std::size_t w, LocalHost host, StateId to, TimeUs time);
    void change(Lane& lane, std::size_t w, LocalHost host, StateId to, TimeUs time);
    void count_change(Lane& lane, TimeUs time, const Cell& cell, std::size_t w, StateId from,
                      StateId to);
    /// By all defences `but` one.
    TimeUs patched_at(HostId host, std::size_t but = static_cast<std::size_t>(-1)) const;
    std::int64_t step_of(TimeUs time) const { return time / model_.step_us; }
    void for_each_lane(bool worthwhile, const std::function<void(Lane&)>& body);

    const OutbreakModel& model_;
    OutbreakSettings settings_;
    HostTable& hosts_;
    Series& series_;
    Communicator& ranks_;
    std::vector<std::unique_ptr<DefenceProcess>> defences_;
    Abilities able_;                      ///< what one of them at least can do
    std::unique_ptr<Triggers> triggers_;  ///< null: there are none
    TimeUs triggered_until_ = 0;
    std::unique_ptr<Services> services_;      ///< null: nobody counts who is out of service
    std::unique_ptr<Telescopes> telescopes_;  ///< null: there are none
    std::int64_t rows_counted_ = 0;           ///< of what telescopes saw, for triggers
    std::vector<std::int64_t> scans_counted_;
    std::vector<DefenceStart> starts_;
    Silences silences_;
    std::vector<std::size_t> sensor_numbers_;  ///< of defences, among those that detect
    std::size_t num_sensors_ = 0;
    std::array<std::size_t, num_further> further_{};  ///< numbers of series
    std::vector<Worm> worms_;
    std::vector<Spreading> vectors_;  ///< worm after worm
    std::vector<SeedHost> seeds_;
    std::size_t planted_ = 0;  ///< of them
    bool patching_ = false;    ///< some defence patches
    std::vector<Lane> lanes_;
    bool attempts_travel_ = false;  ///< in the steps in which they are due
    std::vector<Attempt> received_;
    ExchangeNote note_;  ///< what this rank tells in this step
    Window window_{-1, 0, 0};
    std::int64_t num_steps_ = 0, num_skipped_ = 0;
    std::int64_t num_busy_in_a_row_ = 0;  ///< steps up to the last one in which something was due
    std::int64_t deferred_replies_ = 0, deferred_removals_ = 0;
    std::int64_t drawn_before_ = 0;
    bool busy_ = false;  ///< enough attempts in the last step for threads to pay
    std::int64_t attempts_before_ = 0, deferred_before_ = 0;  ///< the checkpoint
    std::int64_t infections_here_ = 0, infections_everywhere_ = 0;
    Wish asks_ = Wish::none, first_rank_asks_ = Wish::none;
};

}  // namespace annelid
