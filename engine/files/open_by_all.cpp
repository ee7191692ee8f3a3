#include "engine/files/open_by_all.hpp"

#include "engine/files/output_folder.hpp"
#include "engine/files/shared_fate.hpp"

#include <optional>
#include <utility>

namespace annelid {

hdf5::File open_by_all(const std::filesystem::path& path, const Communicator& ranks,
                       const std::string& advice) {
    SharedFate fate(ranks);
    // MPI hangs where only some ranks can open a file, so each tries on its own first.
    fate.attempt([&] { check_can_open(path); });
    fate.join<OutputError>(advice);
    std::optional<hdf5::File> file;
    fate.attempt([&] { file.emplace(hdf5::File::open_to_fill(path, ranks)); });
    fate.join<OutputError>(advice);
    return std::move(*file);
}

}  // namespace annelid
