// A scenario, read and checked as `annelid check` does; no world is built. What passes prints as an
// effective scenario, which must be read back as the same.
#include "engine/base/errors.hpp"
#include "models/program/scenario.hpp"
#include "tests/fuzz/input_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace annelid;
    std::string effective;
    try {
        const auto file = fuzz::folder().write("x.toml", fuzz::text_of(data, size));
        effective = effective_text(read_scenario(file, {}));
    } catch (const InputError&) {
        return 0;
    }
    const auto again = fuzz::folder().write("effective.toml", effective);
    fuzz::require(effective_text(read_scenario(again, {})) == effective);
    return 0;
}
