#include "engine/base/memory.hpp"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace annelid {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t boundless = std::numeric_limits<std::int64_t>::max();

/// The number after `name` in a file of lines "name number"; without a name, the first word.
std::optional<std::int64_t> number_in(const fs::path& path, const std::string& name = "") {
    std::ifstream file(path);
    std::int64_t number = 0;
    if (name.empty()) {
        return file >> number ? std::optional(number) : std::nullopt;  // none: "max"
    }
    for (std::string word, rest; file >> word; std::getline(file, rest)) {
        if (word == name && file >> number) {
            return number;
        }
    }
    return std::nullopt;
}

/// What a control group leaves; it counts cached files, which the kernel drops when it must.
std::int64_t left_in(const fs::path& group, const char* limit, const char* usage,
                     const char* cached) {
    const auto most = number_in(group / limit), used = number_in(group / usage);
    if (!most || !used) {
        return boundless;
    }
    return std::max<std::int64_t>(
        0, *most - *used + number_in(group / "memory.stat", cached).value_or(0));
}

/// The least of a group and those above it.
std::int64_t left_up_from(const fs::path& mount, const std::string& group, const char* limit,
                          const char* usage, const char* cached) {
    std::int64_t least = boundless;
    for (fs::path path = fs::path(group).relative_path();; path = path.parent_path()) {
        least = std::min(least, left_in(mount / path, limit, usage, cached));
        if (path.empty()) {
            return least;
        }
    }
}

}  // namespace

std::int64_t memory_of_machine(const fs::path& root) {
    std::int64_t least = boundless;
    if (const auto kilobytes = number_in(root / "proc/meminfo", "MemAvailable:")) {
        least = *kilobytes * 1024;
    }
    std::ifstream groups(root / "proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) {
        // "0::/a/b" of version 2, "4:memory:/a/b" of version 1.
        const std::size_t last = line.rfind(':');
        if (line.starts_with("0::")) {
            least = std::min(least, left_up_from(root / "sys/fs/cgroup", line.substr(last + 1),
                                                 "memory.max", "memory.current", "inactive_file"));
        } else if (line.find(":memory:") != std::string::npos) {
            least = std::min(least, left_up_from(root / "sys/fs/cgroup/memory",
                                                 line.substr(last + 1), "memory.limit_in_bytes",
                                                 "memory.usage_in_bytes", "total_inactive_file"));
        }
    }
    return least;
}

std::int64_t memory_of_process() {
    rlimit limit{};
    const auto pages = number_in("/proc/self/statm");
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || !pages) {
        return boundless;
    }
    const std::int64_t most = static_cast<std::int64_t>(
        std::min<rlim_t>(limit.rlim_cur, std::numeric_limits<std::int64_t>::max()));
    return std::max<std::int64_t>(0, most - *pages * sysconf(_SC_PAGESIZE));
}

}  // namespace annelid
