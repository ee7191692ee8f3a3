// What a rank spends in MPI, counted between the program and the library by MPI's profiling
// interface: the engine knows nothing of it.
#pragma once

#include <cstdint>

namespace annelid {

/// Of one rank, since it began.
struct MpiTimes {
    double seconds = 0;  ///< in the calls of a step that wait
    std::int64_t allreduces = 0;
    std::int64_t exchanges = 0;  ///< of the first rank: where it talks to the second
    std::int64_t messages = 0;   ///< sent to one other rank
    std::int64_t bytes = 0;      ///< sent in them
};

/// Of the rank that calls.
MpiTimes& mpi_times();

/// Seconds; of the modelled cluster where there is one.
double mpi_clock();

/// Element-wise sum or maximum over all ranks, in place on the first.
void reduce_to_first(double* values, int count, bool largest);

}  // namespace annelid
