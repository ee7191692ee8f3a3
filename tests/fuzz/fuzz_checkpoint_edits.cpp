// A checkpoint after edits, sealed anew.
#include "tests/fuzz/hdf5_edits.hpp"
#include "tests/fuzz/read_hdf5.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace annelid;
    static const auto sound =
        std::filesystem::path(ANNELID_SOURCE_DIR) / "tests/fuzz/corpus/checkpoint/whole";
    const auto file = fuzz::edited(sound, "edited.h5", data, size);
    seal(file);
    fuzz::read_checkpoint(file);
    return 0;
}
