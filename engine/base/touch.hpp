// Bringing memory near before it is needed.
#pragma once

namespace annelid {

/// Loads what `place` points to and waits for nothing. A prefetch instruction would do the same but
/// is dropped where the address is not in the translation cache, which is where it matters most.
/// Several in a row overlap.
inline void touch(const void* place) {
    static_cast<void>(*static_cast<const volatile char*>(place));
}

}  // namespace annelid
