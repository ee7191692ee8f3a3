// What the files that call MPI share; nobody else includes it.
#pragma once

#include "engine/ranks/communicator.hpp"

#include <limits>
#include <stdexcept>
#include <string>

#include <mpi.h>

namespace annelid {

/// MPI frees them when it ends: a rank that fails must not wait for others to do so.
struct Communicator::Lines {
    MPI_Comm talk;
    MPI_Comm farewell;  ///< what ranks say when they end: it must not meet what others still say
};

/// What a message on `talk` is.
struct Tag {
    static constexpr int large_block = 0, letter = 1, bundle = 2, rest_of_bundle = 3;
};

inline void check(int code, const char* call) {
    if (code != MPI_SUCCESS) {
        throw std::runtime_error(std::string(call) + " failed with MPI error " +
                                 std::to_string(code));
    }
}

/// Open MPI 4.1 counts in int; a message that is larger must be an error and not an overflow.
inline int to_count(std::size_t bytes) {
    if (bytes > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        throw std::runtime_error("a message between ranks has " + std::to_string(bytes) +
                                 " bytes (MPI counts at most 2147483647): use more ranks or a "
                                 "shorter time.step");
    }
    return static_cast<int>(bytes);
}

}  // namespace annelid
