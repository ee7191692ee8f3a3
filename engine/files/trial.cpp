#include "engine/files/trial.hpp"

#include "engine/base/errors.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <system_error>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace annelid {

namespace {

/// Seconds of the processor that a reader may take: ten, and one for each MB.
rlim_t most_seconds(const std::filesystem::path& file) {
    std::error_code unknown;
    const auto bytes = std::filesystem::file_size(file, unknown);
    return 10 + (unknown ? 0 : static_cast<rlim_t>(bytes >> 20));
}

[[noreturn]] void run_child(rlim_t seconds, const std::function<void()>& body) {
    // A crash is the parent's news: it leaves no core, no trace and no message of its own.
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGINT, SIGUSR1}) {
        std::signal(signal, SIG_DFL);
    }
    const rlimit none{0, 0}, time{seconds, seconds};
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_CPU, &time);
    if (std::freopen("/dev/null", "w", stderr) == nullptr) {
        _exit(0);
    }
    try {
        body();
    } catch (...) {  // told by the parent's own reading
    }
    _exit(0);  // no destructors: they belong to the parent
}

}  // namespace

void try_out(const std::filesystem::path& file, const std::function<void()>& body) {
#ifdef ANNELID_FUZZ
    static_cast<void>(file);
    static_cast<void>(body);  // the fuzzer is a trial itself
#else
    const rlim_t seconds = most_seconds(file);
    const pid_t child = fork();
    if (child < 0) {
        return;  // without room for a child there is no trial
    }
    if (child == 0) {
        run_child(seconds, body);
    }
    int state = 0;
    while (waitpid(child, &state, 0) < 0) {
        if (errno != EINTR) {
            return;  // somebody else has waited for it
        }
    }
    if (!WIFSIGNALED(state)) {
        return;
    }
    const int signal = WTERMSIG(state);
    if (signal == SIGTERM || signal == SIGINT || signal == SIGUSR1) {
        return;  // meant for the whole job
    }
    const bool too_long = signal == SIGXCPU || signal == SIGKILL;
    throw InputError(fmt::format(
        "{} ({}): the file is damaged, take another copy", file.string(),
        too_long ? fmt::format("HDF5 has not read it in {} s", seconds)
                 : fmt::format("HDF5 itself fails on it, with \"{}\"", strsignal(signal))));
#endif
}

}  // namespace annelid
