// Hosts that are neighbours in memory.
#pragma once

#include "engine/base/ids.hpp"

#include <cstdint>

namespace annelid {

/// Hosts first, first + 1, … last - 1.
struct HostRange {
    HostId first{0};
    HostId last{0};
    std::int64_t size() const { return last.value - first.value; }
    bool contains(HostId host) const { return first <= host && host < last; }
    bool operator==(const HostRange&) const = default;
};

}  // namespace annelid
