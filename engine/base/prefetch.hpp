// Bringing memory near before it is needed.
#pragma once

namespace annelid {

/// Asks for the cache line of `place` and waits for nothing.
inline void prefetch(const void* place) {
    __builtin_prefetch(place);
}

}  // namespace annelid
