// A graph as text that read_edges.hpp reads: one edge a line, from,to[,weight][,open,close].
#pragma once

#include "engine/graph/edge_source.hpp"

#include <filesystem>

namespace annelid {

/// One rank. Numbers read back as the same bits; the number of vertices is not in the file.
/// Replaces what was there once all is written. OutputError where it cannot be written, InputError
/// where the source cannot be read or has times that this text cannot hold.
void write_edges(const std::filesystem::path& path, const EdgeSource& source);

}  // namespace annelid
