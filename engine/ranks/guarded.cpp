#include "engine/ranks/guarded.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

namespace annelid {

namespace {

/// How long a rank that fails waits for others to find the same fault.
constexpr double patience_s = 3;

const Communicator* all = nullptr;

/// A fault that only one rank meets must end them all: the others wait in a collective.
ExitCode end_all(const std::string& problem, ExitCode code) {
    fmt::print(stderr, "annelid: {}\n", problem);
    std::fflush(nullptr);
    if (all->size() > 1) {
        MpiSession::abort(static_cast<int>(code));
    }
    return code;
}

std::string on_this_rank() {
    return all->size() > 1 ? fmt::format(" on rank {}", all->rank()) : "";
}

/// A fault that ranks may meet together: the lowest of them tells.
ExitCode end_together(const std::string& problem, ExitCode code) {
    const int lowest = all->lowest_failed(true, patience_s);
    if (lowest < 0) {
        return end_all(fmt::format("only{}: {}", on_this_rank(), problem), code);
    }
    if (lowest == all->rank()) {
        fmt::print(stderr, "{}\n", problem);
    }
    return code;
}

/// In words, the error that is being handled, where it is a fault of this rank.
std::string describe_fault() {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        return fmt::format("out of memory{}: use fewer hosts or more ranks", on_this_rank());
    } catch (const std::exception& error) {
        return fmt::format("internal fault{}: {}", on_this_rank(), error.what());
    } catch (...) {
        return fmt::format("internal fault{}", on_this_rank());
    }
}

/// Exceptions that leave a thread of a parallel loop, or a destructor, come here.
[[noreturn]] void end_by_terminate() {
    static std::atomic_flag told;
    if (told.test_and_set()) {
        // Another thread is telling, or this one cannot.
        std::this_thread::sleep_for(std::chrono::seconds(1));
    } else {
        end_all(std::current_exception() ? describe_fault()
                                         : fmt::format("internal fault{}", on_this_rank()),
                ExitCode::internal_fault);
    }
    std::_Exit(static_cast<int>(ExitCode::internal_fault));
}

}  // namespace

ExitCode guarded(const Communicator& ranks, const std::function<ExitCode()>& work) {
    all = &ranks;
    std::set_terminate(end_by_terminate);
    try {
        const ExitCode code = work();
        ranks.lowest_failed(false, patience_s);
        return code;
    } catch (const InputError& error) {
        return end_together(error.what(), ExitCode::bad_input);
    } catch (const OutputError& error) {
        return end_together(error.what(), ExitCode::output_failed);
    } catch (...) {
        return end_all(describe_fault(), ExitCode::internal_fault);
    }
}

std::string attempt_together(const Communicator& ranks, const std::function<void()>& work) {
    std::string problem;
    try {
        work();
    } catch (const OutputError&) {
        throw;
    } catch (const InputError& error) {
        problem = error.what();
    } catch (...) {
        problem = describe_fault();
    }
    if (ranks.size() == 1) {
        return problem;
    }
    const int lowest = ranks.lowest_failed(!problem.empty(), patience_s);
    if (lowest < 0) {
        end_all(fmt::format("only{}: {}", on_this_rank(), problem), ExitCode::internal_fault);
    }
    if (lowest == ranks.size()) {
        return "";
    }
    const std::string told = lowest == ranks.rank() ? problem : "";
    const std::vector<char> all = ranks.gather_all<char>(told);
    return {all.begin(), all.end()};
}

}  // namespace annelid
