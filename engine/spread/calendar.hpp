// Pending events in buckets, one a step: cost follows what happens, not hosts x steps.
#pragma once

#include "engine/base/large_vector.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

namespace annelid {

inline constexpr std::int64_t no_step = std::numeric_limits<std::int64_t>::max();

/// Near steps have a bucket each in a ring; what lies beyond waits in one list that is sorted into
/// the ring when it comes near. A bucket is a chain of chunks, which are used again: memory follows
/// what is pending, and what is pushed next lies near. The order inside a bucket carries no
/// meaning.
template <class Entry>
class Calendar {
    static_assert(std::is_trivially_copyable_v<Entry>);

  public:
    /// Adds an entry for `step`, which must not be before the last step opened.
    void push(std::int64_t step, const Entry& entry) {
        if (step >= base_ + ring_size) {
            far_.emplace_back(step, entry);
            first_far_ = std::min(first_far_, step);
            return;
        }
        Bucket& bucket = bucket_of(step);
        if (bucket.used == chunk_entries) {
            bucket = {new_chunk(bucket.last), 0};
        }
        bucket.last->entries[bucket.used++] = entry;
        ++near_;
    }

    /// Earliest step that holds an entry; no_step if none does.
    std::int64_t next_step() const {
        if (!opened_.empty()) {
            return base_;
        }
        if (near_ == 0) {
            return first_far_;
        }
        std::int64_t step = base_;
        while (ring_[static_cast<std::size_t>(step % ring_size)].last == nullptr) {
            ++step;
        }
        return std::min(step, first_far_);
    }

    /// The entries of `step`, to be read or sorted in place; no entry may be earlier. Entries
    /// pushed while they are open must be for later steps. close() forgets them.
    std::vector<Entry>& open(std::int64_t step) {
        advance(step);
        Bucket& bucket = bucket_of(step);
        while (bucket.last != nullptr) {
            Chunk* const chunk = bucket.last;
            opened_.insert(opened_.end(), chunk->entries.begin(),
                           chunk->entries.begin() + bucket.used);
            near_ -= bucket.used;
            bucket = {chunk->before, chunk_entries};
            chunk->before = unused_;
            unused_ = chunk;
        }
        return opened_;
    }
    void close(std::int64_t) { opened_.clear(); }

    /// Calls visit(step, entry) for all that is pending, in any order; while no step is open.
    template <class Visit>
    void for_each(const Visit& visit) const {
        for (std::int64_t step = base_; step < base_ + ring_size; ++step) {
            const Bucket& bucket = ring_[static_cast<std::size_t>(step % ring_size)];
            std::uint32_t used = bucket.used;
            for (const Chunk* chunk = bucket.last; chunk != nullptr; chunk = chunk->before) {
                for (std::uint32_t i = 0; i < used; ++i) {
                    visit(step, chunk->entries[i]);
                }
                used = chunk_entries;
            }
        }
        for (const auto& [step, entry] : far_) {
            visit(step, entry);
        }
    }

  private:
    static constexpr std::int64_t ring_size = 1024;
    static constexpr std::uint32_t chunk_entries = std::max<std::size_t>(4, 512 / sizeof(Entry));

    struct Chunk {
        Chunk* before;  ///< in the bucket, all of them full; or of those that are not used
        std::array<Entry, chunk_entries> entries;
    };
    struct Bucket {
        Chunk* last = nullptr;
        std::uint32_t used = chunk_entries;  ///< entries of the last chunk
    };

    Bucket& bucket_of(std::int64_t step) {
        return ring_[static_cast<std::size_t>(step % ring_size)];
    }

    Chunk* new_chunk(Chunk* before) {
        if (unused_ == nullptr) {
            const std::size_t n = blocks_.size() < 8 ? std::size_t{16} << blocks_.size() : 4096;
            Block& block = blocks_.emplace_back(n);
            for (Chunk& chunk : block) {
                chunk.before = std::exchange(unused_, &chunk);
            }
        }
        Chunk* const chunk = std::exchange(unused_, unused_->before);
        chunk->before = before;
        return chunk;
    }

    void advance(std::int64_t step) {
        base_ = step;
        if (first_far_ >= base_ + ring_size / 2) {
            return;
        }
        // Every entry is looked at once per half turn of the ring.
        LargeVector<std::pair<std::int64_t, Entry>> waiting;
        waiting.swap(far_);
        first_far_ = no_step;
        for (const auto& [when, entry] : waiting) {
            push(when, entry);
        }
    }

    using Block = LargeVector<Chunk>;

    std::int64_t base_ = 0;
    std::int64_t near_ = 0;
    std::vector<Bucket> ring_ = std::vector<Bucket>(ring_size);
    std::vector<Entry> opened_;  ///< of step base_
    std::vector<Block> blocks_;
    Chunk* unused_ = nullptr;
    LargeVector<std::pair<std::int64_t, Entry>> far_;
    std::int64_t first_far_ = no_step;
};

}  // namespace annelid
