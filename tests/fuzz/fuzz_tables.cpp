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

/// A copy of a table with few of its countries: all would take most of the time.
void copy_few(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::ifstream in(from);
    std::ofstream out(to);
    const bool by_country = from.filename().string().find("country") == 0;
    std::string line;
    for (int row = 0; std::getline(in, line); ++row) {
        const std::string code = line.substr(0, line.find(','));
        if (!by_country || row == 0 || code == "US" || code == "DE" || code == "UA") {
            out << line << '\n';
        }
    }
}

/// A folder with a good world; `name` is to be written over it.
std::filesystem::path world_with(const std::string& name, std::string_view bytes) {
    namespace fs = std::filesystem;
    static const fs::path full = fs::path(ANNELID_SOURCE_DIR) / "inputs" / "world-2017";
    static const fs::path world = [] {
        const fs::path path = fuzz::folder().path() / "world";
        fs::create_directories(path);
        for (const std::string& table : WorldTables::file_names()) {
            copy_few(full / table, path / table);
        }
        return path;
    }();
    static std::string written = name;
    if (written != name) {  // what was there before
        copy_few(full / written, world / written);
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
