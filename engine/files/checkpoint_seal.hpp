// The last bytes of a checkpoint: how long it is and a checksum of what stands before them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace annelid {

/// Appends the seal. OutputError where that fails.
void seal(const std::filesystem::path& file);

/// Whether the last bytes look like a seal.
bool has_seal(const std::filesystem::path& file);

/// Empty, or what is wrong with the file: "cannot be read: …", "cut off", "damaged: …".
std::string why_unsealed(const std::filesystem::path& file);

}  // namespace annelid
