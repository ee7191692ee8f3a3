// Pending events in buckets, one a step: cost follows what happens, not hosts x steps.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace annelid {

inline constexpr std::int64_t no_step = std::numeric_limits<std::int64_t>::max();

/// Near steps have a bucket each in a ring; what lies beyond waits in one list that is sorted into
/// the ring when it comes near. The order inside a bucket carries no meaning.
template <class Entry>
class Calendar {
  public:
    /// Adds an entry for `step`, which must not be before the last step opened.
    void push(std::int64_t step, Entry entry) {
        if (step < base_ + ring_size) {
            ring_[static_cast<std::size_t>(step % ring_size)].push_back(std::move(entry));
            ++near_;
        } else {
            far_.emplace_back(step, std::move(entry));
            first_far_ = std::min(first_far_, step);
        }
    }

    /// Earliest step that holds an entry; no_step if none does.
    std::int64_t next_step() const {
        if (near_ == 0) {
            return first_far_;
        }
        std::int64_t step = base_;
        while (ring_[static_cast<std::size_t>(step % ring_size)].empty()) {
            ++step;
        }
        return std::min(step, first_far_);
    }

    /// The entries of `step`, to be read or sorted in place; no entry may be earlier. Entries
    /// pushed while they are open must be for later steps. close() forgets them, and keeps their
    /// memory.
    std::vector<Entry>& open(std::int64_t step) {
        advance(step);
        return ring_[static_cast<std::size_t>(step % ring_size)];
    }
    void close(std::int64_t step) {
        std::vector<Entry>& bucket = ring_[static_cast<std::size_t>(step % ring_size)];
        near_ -= std::ssize(bucket);
        bucket.clear();
    }

  private:
    static constexpr std::int64_t ring_size = 1024;

    void advance(std::int64_t step) {
        base_ = step;
        if (first_far_ >= base_ + ring_size / 2) {
            return;
        }
        // Every entry is looked at once per half turn of the ring.
        std::vector<std::pair<std::int64_t, Entry>> waiting;
        waiting.swap(far_);
        first_far_ = no_step;
        for (auto& [when, entry] : waiting) {
            push(when, std::move(entry));
        }
    }

    std::int64_t base_ = 0;
    std::int64_t near_ = 0;
    std::vector<std::vector<Entry>> ring_ = std::vector<std::vector<Entry>>(ring_size);
    std::vector<std::pair<std::int64_t, Entry>> far_;
    std::int64_t first_far_ = no_step;
};

}  // namespace annelid
