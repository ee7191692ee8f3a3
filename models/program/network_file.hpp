// The edges of a network's file, in whatever format it has.
#pragma once

#include "engine/graph/edge_source.hpp"
#include "models/networks/file.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace annelid {

/// The edges of `path`, over `num_vertices` vertices (0: as many as the file has). A graph file of
/// our own is told by its contents, and says itself what it holds. InputError where it cannot be
/// read, does not hold what `settings` ask for, or numbers its vertices as nobody would.
std::unique_ptr<EdgeSource> read_network_file(const std::filesystem::path& path,
                                              const NetworkFileSettings& settings,
                                              std::int64_t num_vertices);

}  // namespace annelid
