// Tables of comma-separated values. The first byte says which: attributes of hosts (without and
// with a number of hosts), members of an alliance, or one of the tables of a world, whose others
// are those of inputs/world-2017.
#include "engine/base/errors.hpp"
#include "models/defences/alliance.hpp"
#include "models/populations/host_attributes.hpp"
#include "models/populations/world_tables.hpp"
#include "tests/fuzz/input_file.hpp"

namespace {

using namespace annelid;

constexpr std::int64_t num_hosts = 5;

/// A folder with a good world; `name` is to be written over it.
std::filesystem::path world_with(const std::string& name, std::string_view bytes) {
    namespace fs = std::filesystem;
    static const fs::path world = [] {
        const fs::path path = fuzz::folder().path() / "world";
        fs::copy(fs::path(ANNELID_SOURCE_DIR) / "inputs" / "world-2017", path);
        return path;
    }();
    static std::string written = name;
    if (written != name) {  // what was there before
        fs::copy_file(fs::path(ANNELID_SOURCE_DIR) / "inputs" / "world-2017" / written,
                      world / written, fs::copy_options::overwrite_existing);
        written = name;
    }
    fuzz::folder().write("world/" + name, bytes);
    return world;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const auto names = WorldTables::file_names();
    const std::size_t kind = data[0] % (3 + names.size());
    const std::string_view bytes = fuzz::text_of(data + 1, size - 1);
    try {
        if (kind == 2) {
            read_alliance(fuzz::folder().write("table.csv", bytes));
        } else if (kind < 2) {
            const std::int64_t hosts = kind == 0 ? 0 : num_hosts;
            const auto read = read_host_attributes(fuzz::folder().write("table.csv", bytes), hosts);
            fuzz::require(read.traits.empty() || std::ssize(read.traits) == hosts);
        } else {
            WorldTables::read(world_with(names[kind - 3], bytes));
        }
    } catch (const InputError&) {
    }
    return 0;
}
