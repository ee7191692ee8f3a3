#include "engine/ranks/machine.hpp"

#include <stdexcept>

#ifdef ANNELID_WITH_MPI
#include <mpi.h>
#endif

namespace annelid {

#ifdef ANNELID_WITH_MPI

OnMachine on_machine(std::int64_t value) {
    MPI_Comm machine = MPI_COMM_NULL;
    OnMachine out;
    const std::int64_t one = 1;
    const bool done =
        MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine) ==
            MPI_SUCCESS &&
        MPI_Allreduce(&one, &out.ranks, 1, MPI_INT64_T, MPI_SUM, machine) == MPI_SUCCESS &&
        MPI_Allreduce(&value, &out.least, 1, MPI_INT64_T, MPI_MIN, machine) == MPI_SUCCESS &&
        MPI_Comm_free(&machine) == MPI_SUCCESS;
    if (!done) {
        throw std::runtime_error("MPI cannot say which ranks share a machine");
    }
    return out;
}

#else

OnMachine on_machine(std::int64_t value) {
    return {1, value};
}

#endif

}  // namespace annelid
