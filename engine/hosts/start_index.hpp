// Which of many neighbouring stretches of hosts holds a host: what a binary search over all of them
// finds, in few steps. Hosts are cut into equal buckets, and each knows the stretch in which it
// begins: a byte a stretch at most, as there are four times as many stretches as buckets.
#pragma once

#include "engine/base/ids.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace annelid {

class StartIndex {
  public:
    StartIndex() = default;

    /// `items` have a HostId `first` each, rising from 0, and are fewer than 2^32.
    template <class Item>
    StartIndex(const std::vector<Item>& items, std::int64_t num_hosts) {
        const auto hosts = static_cast<std::uint64_t>(std::max<std::int64_t>(1, num_hosts));
        const std::uint64_t buckets = std::max<std::uint64_t>(1, items.size() / 4);
        shift_ = static_cast<unsigned>(std::bit_width(hosts / buckets));
        std::uint32_t item = 0;
        for (std::uint64_t b = 0; b <= hosts >> shift_; ++b) {
            const auto begin = static_cast<std::int64_t>(b << shift_);
            while (item + 1 < items.size() && items[item + 1].first.value <= begin) {
                ++item;
            }
            starts_.push_back(item);
        }
        starts_.push_back(items.empty() ? 0 : static_cast<std::uint32_t>(items.size() - 1));
    }

    /// The last item whose `first` is not after `host`.
    template <class Item>
    const Item& find(const std::vector<Item>& items, HostId host) const {
        const auto bucket = static_cast<std::size_t>(host.value >> shift_);
        std::uint32_t low = starts_[bucket], high = starts_[bucket + 1];
        while (low < high) {
            const std::uint32_t middle = high - (high - low) / 2;
            if (items[middle].first <= host) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return items[low];
    }

  private:
    unsigned shift_ = 0;
    std::vector<std::uint32_t> starts_;
};

}  // namespace annelid
