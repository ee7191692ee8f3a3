// A vector whose attempts a test writes down, to see what an outbreak makes of each; it keeps what
// the outbreak told it.
#pragma once

#include "engine/spread/attempts.hpp"
#include "engine/spread/calendar.hpp"
#include "engine/spread/vector.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace annelid {

struct ScriptedAttempt {
    TimeUs drawn;
    std::int64_t source, target;
    std::uint32_t ordinal = 0;
    std::int64_t step = -1;  ///< in which it is emitted; -1: that of its drawn time
};

class ScriptedVector final : public VectorModel {
  public:
    struct Log {
        std::vector<Source> launched;
        std::vector<Hit> followed;
    };

    ScriptedVector(const std::string& name, std::vector<ScriptedAttempt> script, const Pool& pool,
                   Log& log, Traits required = 0, const std::string& follows = "")
        : VectorModel(name, required, follows),
          script_(std::move(script)),
          pool_(pool),
          log_(log) {}

    double mean_attempts_per_s() const override { return 1; }
    const Pool& pool() const override { return pool_; }
    bool reaches_far() const override { return true; }
    std::unique_ptr<VectorProcess> start(const OutbreakFrame& frame) const override {
        return std::make_unique<Process>(*this, frame);
    }

  private:
    /// Everything is emitted from lane 0: an outbreak must not care where attempts come from.
    class Process final : public VectorProcess {
      public:
        Process(const ScriptedVector& model, const OutbreakFrame& frame) : model_(model) {
            for (ScriptedAttempt a : model.script_) {
                a.step = a.step < 0 ? a.drawn / frame.step_us : a.step;
                left_.push_back(a);
            }
        }
        void launch(const Source& source, const Window&, unsigned) override {
            model_.log_.launched.push_back(source);
        }
        void follow(const Hit& hit, const Source&, const Window&, unsigned) override {
            model_.log_.followed.push_back(hit);
        }
        void emit(const Window& window, unsigned lane, AttemptSink& sink) override {
            for (const ScriptedAttempt& a : left_) {
                if (lane == 0 && a.step == window.step) {
                    sink.add(HostId{a.target}, a.drawn, HostId{a.source}, 0, a.ordinal);
                }
            }
            std::erase_if(left_, [&](const auto& a) { return a.step == window.step; });
        }
        std::int64_t next_step(unsigned lane) const override {
            std::int64_t next = no_step;
            for (const ScriptedAttempt& a : left_) {
                next = lane == 0 ? std::min(next, a.step) : next;
            }
            return next;
        }
        void save(StateWriter&) const override {}
        void load(const StateReader&, const Window&) override {}

      private:
        const ScriptedVector& model_;
        std::vector<ScriptedAttempt> left_;
    };

    std::vector<ScriptedAttempt> script_;
    const Pool& pool_;
    Log& log_;
};

}  // namespace annelid
