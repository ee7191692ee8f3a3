#include "models/program/progress.hpp"

#include "engine/base/errors.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace annelid {

namespace {

std::string clock_text(double seconds) {
    const auto s = static_cast<std::int64_t>(seconds);
    return s < 3600 ? fmt::format("{}:{:02}", s / 60, s % 60)
                    : fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

}  // namespace

Progress::Mode Progress::parse(const std::string& mode) {
    if (mode == "auto") {
        return isatty(STDERR_FILENO) != 0 ? Mode::live : Mode::log;
    }
    if (mode == "live" || mode == "log" || mode == "off") {
        return mode == "live" ? Mode::live : mode == "log" ? Mode::log : Mode::off;
    }
    throw InputError(fmt::format("--progress = {} (not a mode): use auto, live, log or off", mode));
}

Progress::Progress(Mode mode, TimeUs end, std::int64_t replicates)
    : mode_(mode), end_(end), replicates_(replicates) {
    // A log gets its first line only if the run is not over at once.
    next_ += mode == Mode::live ? std::chrono::milliseconds(200) : std::chrono::seconds(10);
}

Progress::~Progress() {
    if (line_open_) {
        std::fputc('\n', stderr);
    }
}

void Progress::update(std::int64_t replicate, TimeUs time, std::int64_t infections) {
    const auto now = Clock::now();
    if (mode_ == Mode::off || now < next_) {
        return;
    }
    next_ = now + (mode_ == Mode::live ? std::chrono::milliseconds(200) : std::chrono::seconds(30));
    const double elapsed_s = std::chrono::duration<double>(now - start_).count();
    const double done =
        (static_cast<double>(replicate) + static_cast<double>(time) / static_cast<double>(end_)) /
        static_cast<double>(replicates_);
    const double left_s = done > 0 ? elapsed_s * (1 - done) / done : 0;
    const std::string which =
        replicates_ > 1 ? fmt::format("run {}/{}, ", replicate + 1, replicates_) : "";
    const std::string line = fmt::format(
        "{}{:.2f} of {:.2f} h, {} infected, {:.0f} x real time, {} left", which,
        to_seconds(time) / 3600, to_seconds(end_) / 3600, infections,
        done * static_cast<double>(replicates_) * to_seconds(end_) / elapsed_s, clock_text(left_s));
    if (mode_ == Mode::live) {
        fmt::print(stderr, "\r{:<78}", line);
        std::fflush(stderr);
        line_open_ = true;
    } else {
        fmt::print(stderr, "{}\n", line);
    }
}

}  // namespace annelid
