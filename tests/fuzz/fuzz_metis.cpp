#include "tests/fuzz/fuzz_edges.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return annelid::fuzz::read_as("metis", data, size);
}
