// One file that all ranks fill together.
#pragma once

#include "engine/files/hdf5_file.hpp"
#include "engine/ranks/communicator.hpp"

#include <filesystem>
#include <string>

namespace annelid {

/// Collective. Opens a file that the first rank laid out. Where any rank cannot, all throw
/// OutputError with `advice`.
hdf5::File open_by_all(const std::filesystem::path& path, const Communicator& ranks,
                       const std::string& advice);

}  // namespace annelid
