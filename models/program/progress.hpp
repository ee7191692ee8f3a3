// Tells a user how a run goes on: a live line on a terminal, a plain line now and then in a log.
#pragma once

#include "engine/base/time.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace annelid {

class Progress {
  public:
    enum class Mode { live, log, off };

    /// `mode`: auto (live on a terminal, else log), live, log or off; InputError for others.
    static Mode parse(const std::string& mode);

    Progress(Mode mode, TimeUs end, std::int64_t replicates);
    ~Progress();

    /// Cheap: looks at the clock and prints only when a line is due.
    void update(std::int64_t replicate, TimeUs time, std::int64_t infections);

  private:
    using Clock = std::chrono::steady_clock;

    Mode mode_;
    TimeUs end_;
    std::int64_t replicates_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_ = start_;
    bool line_open_ = false;
};

}  // namespace annelid
