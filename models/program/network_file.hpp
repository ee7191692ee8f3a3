// The file of a network: where it is, and its edges in whatever format it has.
#pragma once

#include "engine/graph/edge_source.hpp"
#include "models/networks/file.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace annelid {

/// A network's file by its name in a scenario: in `folder`, else among the project's inputs. The
/// path in `folder` where there is no such file.
std::filesystem::path find_network_file(const std::string& name,
                                        const std::filesystem::path& folder);

/// The edges of `path`, over `num_vertices` vertices (0: as many as the file has). A graph file of
/// our own is told by its contents, and says itself what it holds. InputError where it cannot be
/// read, does not hold what `settings` ask for, or numbers its vertices as nobody would.
std::unique_ptr<EdgeSource> read_network_file(const std::filesystem::path& path,
                                              const NetworkFileSettings& settings,
                                              std::int64_t num_vertices);

}  // namespace annelid
