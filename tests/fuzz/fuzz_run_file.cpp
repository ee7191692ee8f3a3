// A run file (HDF5).
#include "tests/fuzz/read_hdf5.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace annelid::fuzz;
    read_run(folder().write("run.h5", text_of(data, size)));
    return 0;
}
