// A checkpoint (HDF5): as it is, and sealed anew, so that what is in it is looked at.
#include "tests/fuzz/read_hdf5.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace annelid;
    const std::string_view bytes = fuzz::text_of(data, size);
    if (!fuzz::begins_as_hdf5(bytes)) {
        return 0;
    }
    const auto file = fuzz::folder().write("checkpoint.h5", bytes);
    fuzz::read_checkpoint(file);
    seal(file);
    fuzz::read_checkpoint(file);
    return 0;
}
