// How much memory there is to have.
#pragma once

#include <cstdint>
#include <filesystem>

namespace annelid {

/// Bytes that processes of this machine can still get: what the kernel calls available, or less
/// where a control group has a limit, as batch systems and containers set it. The largest number
/// where the machine does not say. `root`: of /proc and /sys, for tests.
std::int64_t memory_of_machine(const std::filesystem::path& root = "/");

/// Bytes that this process can still get by its own limit (`ulimit -v`).
std::int64_t memory_of_process();

}  // namespace annelid
