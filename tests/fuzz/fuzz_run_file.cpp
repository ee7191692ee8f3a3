// A run file, as `annelid info` reads it.
#include "engine/base/errors.hpp"
#include "engine/files/run_file.hpp"
#include "tests/fuzz/input_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace annelid;
    try {
        describe_run_file(fuzz::folder().write("run.h5", fuzz::text_of(data, size)));
    } catch (const InputError&) {
    }
    return 0;
}
