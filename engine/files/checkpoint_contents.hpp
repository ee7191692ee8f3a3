// What the writer and the readers of checkpoints share. Only for the files checkpoint_*.cpp.
#pragma once

#include "engine/files/checkpoint_file.hpp"
#include "engine/files/checksum.hpp"
#include "engine/files/hdf5_file.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace annelid::checkpoint {

inline constexpr const char* format = "annelid checkpoint";
inline constexpr const char* format_version = "1.0";
inline constexpr const char* checksum_name = "checksum";
/// Written and read at once.
inline constexpr std::int64_t block_bytes = 64 << 20;

/// A table over all ranks.
struct Listed {
    std::string name;
    StateTable::Of of = StateTable::Of::hosts;
    std::string columns;
    std::int64_t rows = 0;
    std::int64_t first = 0;  ///< row of this rank
};

/// What a file says of its tables; of each, a checksum of its hosts and one of its values.
struct Contents {
    std::vector<Listed> tables;
    std::vector<std::int64_t> checksums;
};

std::string hosts_path(std::size_t table);
std::string values_path(std::size_t table);

/// Collective. Of all ranks' bytes, one rank's after the other's.
std::int64_t checksum_together(const Checksum& mine, const Communicator& ranks);

/// What is read against what was written. A fuzzer changes what is summed, so that to it all agree.
inline bool agree([[maybe_unused]] std::int64_t read, [[maybe_unused]] std::int64_t written) {
#ifdef ANNELID_FUZZ
    return true;
#else
    return read == written;
#endif
}

/// A number for all but the rows, of which there is one for each table.
std::int64_t checksum_of_head(const CheckpointHead& head, const Contents& contents);

/// Checked against what is in the file; `name` is what errors say.
Contents read_contents(const hdf5::File& file, const std::string& name);

}  // namespace annelid::checkpoint
