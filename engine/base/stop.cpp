#include "engine/base/stop.hpp"

#include <csignal>
#include <ctime>
#include <initializer_list>

namespace annelid {

namespace {

/// One request can reach a rank twice: from the batch system, and a second later from mpirun, which
/// got it too. What follows within this time is no second request.
constexpr long one_request_ms = 2000;

volatile std::sig_atomic_t asked = 0;
volatile long first_ms = -1;  // of SIGTERM and SIGINT; only the handler uses it

long now_ms() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<long>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

/// Calls only what a signal handler may call.
void take_note(int signal) {
    asked = signal;
    if (signal == SIGUSR1) {
        return;  // batch systems may repeat it
    }
    const long now = now_ms();
    if (first_ms >= 0 && now - first_ms > one_request_ms) {
        std::signal(signal, SIG_DFL);
        raise(signal);  // comes when this handler returns
    }
    if (first_ms < 0) {
        first_ms = now;
    }
}

}  // namespace

void listen_for_stop() {
    struct sigaction action {};
    action.sa_handler = take_note;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) {
        sigaddset(&action.sa_mask, signal);
    }
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) {
        sigaction(signal, &action, nullptr);
    }
}

int stop_signal() {
    return asked;
}

const char* signal_name(int signal) {
    return signal == SIGTERM   ? "SIGTERM"
           : signal == SIGINT  ? "SIGINT"
           : signal == SIGUSR1 ? "SIGUSR1"
                               : "a signal";
}

}  // namespace annelid
