// A graph file (HDF5).
#include "tests/fuzz/read_hdf5.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace annelid::fuzz;
    const std::string_view bytes = text_of(data, size);
    if (begins_as_hdf5(bytes)) {
        read_graph(folder().write("graph.h5", bytes));
    }
    return 0;
}
