// Large blocks of an exchange (engine/ranks/exchange.cpp) between ranks that are coroutines of one
// process, as on a modelled cluster: handed over in memory, where nobody asks how long messages
// take. While a graph is made on 1,024 ranks there are a million at a time, which takes SimGrid
// long.
#pragma once

namespace annelid {

/// Whether large blocks of the rank that calls go through memory from here on. All ranks must say
/// the same before an exchange.
void hand_over_in_memory(bool so);
bool hands_over_in_memory();

/// In place of MPI_Isend and MPI_Irecv; block and room must last until hand_over_all().
void hand_over(const void* block, int bytes, int to);
void take_over(void* room, int from);

/// Collective, in place of MPI_Waitall.
void hand_over_all();

}  // namespace annelid
