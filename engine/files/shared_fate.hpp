// A failure on one rank ends the work on all: ranks note what goes wrong, stay in step, and then
// throw the same error together.
#pragma once

#include "engine/base/errors.hpp"
#include "engine/ranks/communicator.hpp"

#include <string>

namespace annelid {

class SharedFate {
  public:
    explicit SharedFate(const Communicator& ranks) : ranks_(ranks) {}

    /// Does `work` unless something failed on this rank before.
    template <class Work>
    void attempt(const Work& work) {
        if (problem_.empty()) {
            always(work);
        }
    }

    /// Does `work` in any case: what other ranks wait for.
    template <class Work>
    void always(const Work& work) {
        try {
            work();
        } catch (const OutputError& error) {
            note(error.what());
        } catch (const InputError& error) {
            note(error.what());
        }
    }

    /// Collective. Throws on all ranks, the first failing rank's problem with `advice`, if any of
    /// them failed.
    template <class Error>
    void join(const std::string& advice) const {
        if (!ranks_.any(!problem_.empty())) {
            return;
        }
        const std::string own = problem_.empty() ? "" : problem_ + '\0';
        const std::vector<char> all = ranks_.gather_all<char>(own);
        const std::string problems(all.begin(), all.end());
        throw Error(problems.substr(0, problems.find('\0')) + advice);
    }

  private:
    void note(const char* problem) {
        if (problem_.empty()) {
            problem_ = problem;
        }
    }

    const Communicator& ranks_;
    std::string problem_;
};

}  // namespace annelid
