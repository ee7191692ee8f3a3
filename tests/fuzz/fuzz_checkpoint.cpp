// A checkpoint: sealed anew, so that what is in it is looked at, and dealt to the hosts of one
// rank.
#include "engine/base/errors.hpp"
#include "engine/files/checkpoint_file.hpp"
#include "engine/files/checkpoint_seal.hpp"
#include "models/populations/flat.hpp"
#include "tests/fuzz/input_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace annelid;
    static int argc = 0;
    static char** argv = nullptr;
    static const MpiSession session(argc, argv);
    static Communicator ranks;
    static const Population population = [] {
        FlatSettings settings;
        settings.hosts = 1000;
        return make_flat(settings);
    }();
    static const Partition partition(population, 1, 0);
    const std::filesystem::path file =
        fuzz::folder().write("checkpoint.h5", fuzz::text_of(data, size));
    try {
        read_checkpoint_head(file, ranks);
    } catch (const InputError&) {
    }
    try {
        seal(file);
        read_checkpoint_head(file, ranks);
        for (const auto& [name, table] : read_checkpoint_tables(file, partition, ranks)) {
            const std::size_t width = state_row_bytes(table.columns);
            fuzz::require(table.values.size() == static_cast<std::size_t>(table.rows) * width);
            for (const std::int64_t host : table.hosts) {
                fuzz::require(population.has(HostId{host}));
            }
        }
    } catch (const InputError&) {
    }
    return 0;
}
