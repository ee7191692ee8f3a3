// The ways a worm reaches further hosts. A vector knows its own mechanism and nothing of ranks,
// threads or other vectors: the engine tells it which hosts turn infectious and asks it, step by
// step, for the attempts that are due.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/state.hpp"
#include "engine/base/time.hpp"
#include "engine/chance/draws.hpp"
#include "engine/hosts/pool.hpp"
#include "engine/hosts/traits.hpp"
#include "engine/scenario/fields.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace annelid {

class AttemptSink;
class Communicator;
struct ExchangeNote;

/// A host during one stay in infectious states.
struct Source {
    HostId host;
    /// Keys its draws: how many earlier infections the host had, plus 2^24 for each earlier stay
    /// since the last one.
    std::uint32_t ordinal;
    TimeUs from, until;  ///< infectious in [from, until)
};

/// An attempt that arrived at a host which carries what the vector requires, told to its source.
struct Hit {
    HostId source;
    HostId target;
    TimeUs drawn;           ///< when the source made the attempt
    TimeUs time;            ///< when it took effect
    std::uint32_t ordinal;  ///< which attempt of the source it was
};

/// The part of simulated time that the engine plays now: [begin, end).
struct Window {
    std::int64_t step;
    TimeUs begin, end;
};

/// Rates are kept as whole scans per 10^6 s, so that sums over sources are exact. Over a
/// microsecond one makes 10^-12 scans.
using MicroRate = std::int64_t;

/// A number of scans with its fraction, so that sums over ranks round once.
struct Scans {
    std::int64_t whole = 0;
    std::int64_t pico = 0;  ///< 10^-12 scans, less than one
};

/// One vector during one outbreak: its pending events. Hosts belong to lanes (a lane is a thread's
/// share of a rank's hosts); calls for different lanes run at the same time and touch only what
/// belongs to their lane.
class VectorProcess {
  public:
    virtual ~VectorProcess() = default;

    /// Once, before anything happens, for each lane: where no host makes a vector's attempts, it
    /// draws those on the lane's hosts.
    virtual void open(unsigned /*lane*/) {}

    /// Collective. Before the attempts of a step are drawn, and twice after the last step (at its
    /// end and at the end of the run): a vector with a limit on the sum over all sources learns it
    /// here.
    virtual void begin_step(const Window&, const Communicator&) {}

    /// A host of `lane` turns infectious; the attempts of `window` are drawn already.
    virtual void launch(const Source& source, const Window& window, unsigned lane) = 0;
    /// All such hosts at once, for a vector that has a use for that.
    virtual void launch_all(std::span<const Source> sources, const Window& window, unsigned lane) {
        for (const Source& source : sources) {
            launch(source, window, lane);
        }
    }

    /// True if attempts wait with their targets, not with their sources. Then, after the launches
    /// of all lanes, share() (collective, one exchange) hands to other ranks what is theirs, and
    /// settle() takes what others have for a lane. The same for all of a run.
    virtual bool waits_with_targets() const { return false; }
    virtual void share(Communicator&, const ExchangeNote&) {}
    virtual void settle(const Window& /*window*/, unsigned /*lane*/) {}

    /// An attempt of vector follows() of a source of `lane` hit; called only if follows() is set.
    virtual void follow(const Hit&, const Source&, const Window&, unsigned /*lane*/) {}

    /// An attempt of this vector by a source of `lane` met a host that was infected already; called
    /// only if minds_infected().
    virtual void meet(const Hit&, const Source&, const Window&, unsigned /*lane*/) {}

    /// Hands every attempt of `lane` that is due before window.end to `sink`.
    virtual void emit(const Window& window, unsigned lane, AttemptSink& sink) = 0;

    /// Earliest step in which `lane` has something due; no_step if nothing is.
    virtual std::int64_t next_step(unsigned lane) const = 0;

    /// Between two steps: what it needs to go on.
    virtual void save(StateWriter&) const = 0;
    /// Collective. Takes that back; called once, after open(). `last` was played last.
    virtual void load(const StateReader&, const Window& last) = 0;

    /// How fast `source`, of any rank, makes connections to new hosts, each a random try; 0: it
    /// makes none. Pure.
    virtual double rate_per_s(HostId /*source*/) const { return 0; }

    /// Random tries (scans) that the attempts of this rank stand for, up to the end of the run.
    virtual Scans scans_represented() const { return {}; }

    /// For network telescopes: of how many addresses sources probe random ones as a Poisson process
    /// that is known when they turn infectious; 0 where they do anything else.
    virtual std::int64_t internet_addresses() const { return 0; }
    /// How fast a source of this rank does so, while it is on.
    virtual MicroRate internet_rate(HostId) const { return 0; }
};

/// What an outbreak hands to the processes that it starts.
struct OutbreakFrame {
    Seed seed;
    TimeUs step_us;
    TimeUs end_us;
    unsigned lanes;
    /// Hosts do not return to susceptible and what refuses does so for good: of all attempts on a
    /// host only the first can infect it.
    bool first_counts = false;
    std::vector<std::string> leaders = {};  ///< vectors that others follow
    std::vector<HostId> seeds = {};         ///< hosts that the outbreak starts with

    bool followed(const std::string& vector) const {
        return std::find(leaders.begin(), leaders.end(), vector) != leaders.end();
    }

    /// For vectors that keep less where first_counts: what they kept is of no use without it.
    void save_first_counts(StateWriter& out) const {
        out.of_all("first_counts").add_all(first_counts);
    }
    void check_first_counts(const StateReader& in, const std::string& vector) const {
        in.each_of_all("first_counts", [&](StateRow& row) {
            bool kept = false;
            row.read(kept);
            if (kept != first_counts) {
                throw InputError("vector " + vector +
                                 " (here attempts can fail or hosts be infected again, in the "
                                 "checkpoint not, or the other way round): make the checkpoint "
                                 "with the same kinds of defences, which may begin later");
            }
        });
    }
};

/// A vector as the worm describes it, ready for any number of outbreaks on one population.
class VectorModel {
  public:
    virtual ~VectorModel() = default;

    const std::string& name() const { return name_; }
    /// Traits that a target must carry when an attempt arrives.
    Traits requires_traits() const { return requires_; }
    /// Name of the vector whose hits start this one; empty: it starts when a host turns infectious.
    const std::string& follows() const { return follows_; }

    /// Its sources learn when they meet a host that is infected already.
    bool minds_infected() const { return minds_infected_; }

    /// Collective. Mean attempts per second of one source, when the outbreak is young, on hosts
    /// that carry the traits.
    virtual double mean_attempts_per_s() const = 0;
    /// Growth rate of the infected while they are few, where this vector acts alone.
    virtual double branching_per_s() const { return mean_attempts_per_s(); }
    /// Longer steps would put off attempts of every new source.
    virtual double longest_step_s() const { return std::numeric_limits<double>::infinity(); }

    /// The hosts that it can hit anywhere.
    virtual const Pool& pool() const = 0;
    /// False for a vector that stays in its source's organisation.
    virtual bool reaches_far() const = 0;
    /// True if attempts from or at a host that is switched off are lost; false for a vector that
    /// makes none at such times.
    virtual bool lost_when_off() const { return true; }
    /// True if its attempts work by what the source holds of other hosts' credentials.
    virtual bool uses_credentials() const { return false; }
    /// True if its attempts are updates that a target takes from a vendor.
    virtual bool is_update() const { return false; }
    /// Other hosts that a vector which does not reach far can hit from a host of this rank, and
    /// after how long on average.
    virtual std::int64_t num_neighbours(HostId /*host*/) const { return 0; }
    virtual double mean_neighbour_delay_s() const { return 0; }
    /// The time from which it makes attempts that come from no host (their source is no_host);
    /// `never` where every attempt has a source.
    virtual TimeUs opens_at() const { return never; }

    /// Faults of its settings that only show once the hosts are known.
    virtual KeyFaults faults() const { return {}; }

    virtual std::unique_ptr<VectorProcess> start(const OutbreakFrame& frame) const = 0;

  protected:
    VectorModel(std::string name, Traits required, std::string follows, bool minds_infected = false)
        : name_(std::move(name)),
          requires_(required),
          follows_(std::move(follows)),
          minds_infected_(minds_infected) {}

  private:
    std::string name_;
    Traits requires_;
    std::string follows_;
    bool minds_infected_;
};

}  // namespace annelid
