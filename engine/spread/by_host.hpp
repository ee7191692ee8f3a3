// Lists in the order of their hosts, sorted by few bytes and not by their entries.
#pragma once

#include "engine/base/ids.hpp"

#include <cstdint>
#include <vector>

#include <boost/sort/spreadsort/integer_sort.hpp>

namespace annelid {

/// An entry of a list and its host.
struct ByHost {
    LocalHost host;
    std::uint32_t entry;

    // What the sort asks for: as one number, by host and then by entry.
    std::uint64_t operator>>(unsigned shift) const {
        return ((std::uint64_t{host.value} << 32) | entry) >> shift;
    }
    bool operator<(const ByHost& other) const { return (*this >> 0) < (other >> 0); }
};

/// The entries of `list` in the order of their hosts, into `out`.
template <class List, class HostOf>
void order_by_host(const List& list, HostOf host_of, std::vector<ByHost>& out) {
    out.clear();
    for (const auto& entry : list) {
        out.push_back({host_of(entry), static_cast<std::uint32_t>(out.size())});
    }
    boost::sort::spreadsort::integer_sort(out.begin(), out.end());
}

}  // namespace annelid
