// The HDF5 library does not survive every damaged or hostile file: it may crash or spin. So a file
// that comes from elsewhere is read by a child process first.
#pragma once

#include <filesystem>
#include <functional>

namespace annelid {

/// Runs `body`, which reads `file`, in a child process. InputError where that crashes or takes far
/// longer than reading can. What `body` throws is left for whoever then reads in earnest, as are
/// its results. It must not communicate, nor use OpenMP.
void try_out(const std::filesystem::path& file, const std::function<void()>& body);

}  // namespace annelid
