// What is pending for each source of a vector, in places of its own: calendars hold only numbers.
#pragma once

#include "engine/base/large_vector.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace annelid {

/// Streams by number. They never move: growing copies nothing and touches no page twice.
template <class Stream>
class Streams {
  public:
    Stream& operator[](std::uint32_t i) { return chunks_[i / chunk][i % chunk]; }
    const Stream& operator[](std::uint32_t i) const { return chunks_[i / chunk][i % chunk]; }

    /// A place for one more, that of one that is over where there is any.
    std::uint32_t add(const Stream& stream) {
        std::uint32_t i = used_;
        if (over_.empty()) {
            if (used_++ == chunk * chunks_.size()) {
                grow();
            }
        } else {
            i = over_.back();
            over_.pop_back();
        }
        (*this)[i] = stream;
        return i;
    }
    void end(std::uint32_t i) { over_.push_back(i); }

  private:
    static constexpr std::uint32_t chunk = 4096;

    /// Many streams lie in huge pages: which comes next is chance.
    void grow() {
        const std::size_t length = chunks_.size() < 16 ? chunk : 8 * chunk;
        blocks_.emplace_back(length);
        for (std::size_t first = 0; first < length; first += chunk) {
            chunks_.push_back(blocks_.back().data() + first);
        }
    }

    std::vector<LargeVector<Stream>> blocks_;
    std::vector<Stream*> chunks_;  ///< in the blocks
    std::vector<std::uint32_t> over_;
    std::uint32_t used_ = 0;
};

}  // namespace annelid
