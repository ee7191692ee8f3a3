// What changes hosts while an outbreak runs. Defences answer questions about one host at one time;
// the engine asks only when it matters, so a defence costs nothing for hosts that nothing reaches,
// and one that a run does not have costs nothing at all.
//
// What a defence is able to do it says in its Abilities; the engine asks it nothing else.
//   patches    patched_at()        a host loses the trait `unpatched`
//   inert      makes_inert()       a host that would turn infectious does not
//   stops      lets_pass()         an attempt is lost on its way
//   detects    detected_at()       a sensor: it sees that a host has the worm
//   isolates   isolation()         a host that was detected makes and takes no attempts
//   hears      hear()              it is told what has happened on this rank's hosts, step by step,
//                                  and may give orders for them: detections (tracing), cleaning
//
// A defence begins by the clock or for one group after the other, when its trigger fires (begin).
// Questions are pure functions between two begins, so that no answer depends on who asks when.
#pragma once

#include "engine/base/ids.hpp"
#include "engine/base/state.hpp"
#include "engine/base/time.hpp"
#include "engine/chance/draws.hpp"
#include "engine/hosts/traits.hpp"
#include "engine/spread/activation.hpp"
#include "engine/spread/vector.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace annelid {

class Communicator;

struct Abilities {
    bool patches = false;
    bool inert = false;
    bool stops = false;
    bool detects = false;
    bool isolates = false;
    bool hears = false;
    bool traces = false;  ///< hear() gives orders to look at hosts
    bool cleans = false;  ///< hear() gives orders to clean them

    /// Its detections are counted.
    bool is_sensor() const { return detects || traces; }
    Abilities& operator|=(const Abilities& other) {
        patches |= other.patches;
        inert |= other.inert;
        stops |= other.stops;
        detects |= other.detects;
        isolates |= other.isolates;
        hears |= other.hears;
        traces |= other.traces;
        cleans |= other.cleans;
        return *this;
    }
};

/// An attempt that has got to its target.
struct Passage {
    HostId source, target;  ///< source: no_host where no host made it
    Traits target_traits;   ///< those of the source are asked for only where needed
    TimeUs drawn;           ///< when the source made it
    TimeUs time;            ///< when it takes effect
    std::uint32_t ordinal;  ///< which attempt of the source by this vector
    const VectorModel& vector;
    const VectorProcess& process;
};

/// A host has the worm and is in a state that a sensor sees.
struct Sighting {
    HostId host;
    Traits traits;
    std::uint32_t ordinal;  ///< of the infection
    TimeUs since;           ///< when it entered such a state
};

/// From when until when.
struct Span {
    TimeUs from = never, until = never;
};

/// A host that was found to have a worm, rightly or not.
struct Detection {
    TimeUs time;
    HostId host;
    std::uint8_t sensor;  ///< number of the defence that found it
    bool infected;        ///< false: a false alarm
    bool first;           ///< not detected already in this infection
};

/// An infection, as those who hear are told of it.
struct Infection {
    TimeUs time;
    HostId host;
    HostId infector;
    std::uint8_t worm;
};

/// What has happened in a step on this rank's hosts, each list in the order of time and host.
struct StepReport {
    Window window;
    const std::vector<Infection>& infections;
    const std::vector<Detection>& detections;
};

/// What a defence that hears wants to be done with hosts of this rank, from window.end on.
struct Order {
    enum class Kind : std::uint8_t {
        look,   ///< if it has a worm, it is detected
        clean,  ///< free it of every worm; isolation ends
    };
    TimeUs time;
    HostId host;
    Kind kind;
    bool patched = false;  ///< clean: it loses the trait `unpatched` as well
};

class DefenceProcess {
  public:
    virtual ~DefenceProcess() = default;

    /// When `host` is patched (loses the trait `unpatched`); `never` if it is not (yet known).
    virtual TimeUs patched_at(HostId) const { return never; }

    /// True if a host that would turn infectious at `time` becomes inert instead.
    virtual bool makes_inert(HostId, std::uint32_t /*ordinal*/, TimeUs /*time*/) const {
        return false;
    }

    /// False if it stops the attempt.
    virtual bool lets_pass(const Passage&) const { return true; }

    /// When it detects the host, if that still has the worm by then; `never` if it does not.
    virtual TimeUs detected_at(const Sighting&) const { return never; }
    /// False alarms: the hosts of this rank that it takes for infected in [from, until), whatever
    /// they are; in any order. Calls are for one stretch of time after the other.
    virtual void alarms(TimeUs /*from*/, TimeUs /*until*/, std::vector<Detection>&) {}
    /// Time of the next alarm of this rank; `never` if there is none.
    virtual TimeUs next_alarm() const { return never; }

    /// From when until when a host is isolated that was detected at `time` (for the first time in
    /// its infection, or again after an isolation); never if it is not.
    virtual Span isolation(HostId, Traits, TimeUs /*time*/) const { return {}; }

    /// Collective. Adds its orders for hosts of this rank, from report.window.end on. Called in
    /// every step that is played, on all ranks alike.
    virtual void hear(const StepReport&, const Communicator&, std::vector<Order>&) {}

    /// Between two steps: what it needs to go on, beside what it was told by begin() and drew for
    /// alarms(), which it is told and asked again. Only where it hears.
    virtual void save(StateWriter&) const {}
    virtual void load(const StateReader&) {}

    /// Its trigger has fired for `unit`. Questions about earlier times must not change their
    /// answers.
    virtual void begin(std::int64_t /*unit*/, TimeUs /*time*/) {}
};

class DefenceModel {
  public:
    virtual ~DefenceModel() = default;

    const std::string& name() const { return name_; }
    const Abilities& abilities() const { return abilities_; }
    /// False where it makes hosts inert only of another worm.
    bool is_against(const std::string& worm) const { return worm_.empty() || worm == worm_; }
    /// Of detects: in which states it sees a host. One of the flags of states.
    enum class Sees { infected, infectious, disrupted };
    virtual Sees sees() const { return Sees::infected; }
    virtual std::unique_ptr<DefenceProcess> start(Seed seed) const = 0;

  protected:
    /// `worm`: the only one that it is against; empty: all are.
    DefenceModel(std::string name, Abilities abilities, std::string worm = {})
        : name_(std::move(name)), abilities_(abilities), worm_(std::move(worm)) {}

  private:
    std::string name_;
    Abilities abilities_;
    std::string worm_;
};

}  // namespace annelid
