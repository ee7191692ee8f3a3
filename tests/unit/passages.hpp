// Attempts that a test makes by hand, to see which of them a defence lets pass.
#pragma once

#include "engine/base/errors.hpp"
#include "engine/spread/attempts.hpp"
#include "engine/spread/defence.hpp"
#include "tests/unit/defence_checks.hpp"
#include "tests/unit/small_world.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

namespace annelid {

/// A vector of which only what defences ask is known.
class AskedVector final : public VectorModel {
  public:
    explicit AskedVector(const std::string& name = "scan", bool credentials = false,
                         bool update = false)
        : VectorModel(name, 0, ""), credentials_(credentials), update_(update) {}

    bool uses_credentials() const override { return credentials_; }
    bool is_update() const override { return update_; }
    double mean_attempts_per_s() const override { return 1; }
    bool reaches_far() const override { return true; }
    const Pool& pool() const override { throw std::logic_error("a test's vector has no pool"); }
    std::unique_ptr<VectorProcess> start(const OutbreakFrame&) const override { return nullptr; }

  private:
    bool credentials_, update_;
};

/// … and its process: every host has the same rate.
class AskedProcess final : public VectorProcess {
  public:
    explicit AskedProcess(double rate_per_s) : rate_per_s_(rate_per_s) {}
    double rate_per_s(HostId) const override { return rate_per_s_; }
    void launch(const Source&, const Window&, unsigned) override {}
    void emit(const Window&, unsigned, AttemptSink&) override {}
    std::int64_t next_step(unsigned) const override { return 0; }
    void save(StateWriter&) const override {}
    void load(const StateReader&, const Window&) override {}

  private:
    double rate_per_s_;
};

/// One defence in one world.
class Gate {
  public:
    template <class Settings>
    Gate(const SmallWorld& world, const Settings& settings,
         std::map<std::string, Group> triggers = {}, const std::string& name = "defence",
         Seed seed = {})
        : population_(world.population),
          model_(make_defence(name, settings, context(world, std::move(triggers)))),
          process_(model_->start(seed)) {}

    const DefenceModel& model() const { return *model_; }
    DefenceProcess& process() { return *process_; }

    /// By `vector`, from a source that makes so many connections a second.
    bool passes(const VectorModel& vector, std::int64_t source, std::int64_t target, TimeUs drawn,
                TimeUs time, std::uint32_t ordinal = 0, double rate_per_s = 0) const {
        const AskedProcess process(rate_per_s);
        Traits traits{};
        population_.draw_traits(HostId{target}, {&traits, 1});
        return process_->lets_pass(
            {HostId{source}, HostId{target}, traits, drawn, time, ordinal, vector, process});
    }
    /// … by a vector `scan`, at once.
    bool passes(std::int64_t source, std::int64_t target, TimeUs time = us_per_s) const {
        return passes(AskedVector(), source, target, time, time);
    }

  private:
    static DefenceContext context(const SmallWorld& world, std::map<std::string, Group> triggers) {
        DefenceContext out = defence_context(world);
        out.triggers = std::move(triggers);
        return out;
    }

    const Population& population_;
    std::unique_ptr<DefenceModel> model_;
    std::unique_ptr<DefenceProcess> process_;
};

/// What InputError says of settings; "" if they are accepted.
template <class Settings>
std::string refusal(const SmallWorld& world, const Settings& settings) {
    try {
        Gate(world, settings);
        return "";
    } catch (const InputError& e) {
        return e.what();
    }
}

}  // namespace annelid
