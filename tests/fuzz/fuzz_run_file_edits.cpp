// A small run file after edits.
#include "tests/fuzz/hdf5_edits.hpp"
#include "tests/fuzz/read_hdf5.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace annelid::fuzz;
    static const auto sound =
        std::filesystem::path(ANNELID_SOURCE_DIR) / "tests/fuzz/corpus/run_file/tiny.h5";
    read_run(edited(sound, "edited.h5", data, size));
    return 0;
}
