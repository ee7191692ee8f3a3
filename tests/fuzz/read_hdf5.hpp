// What the targets require of the readers of HDF5 files, whole or damaged.
#pragma once

#include "engine/base/errors.hpp"
#include "engine/files/checkpoint_file.hpp"
#include "engine/files/checkpoint_seal.hpp"
#include "engine/files/graph_file.hpp"
#include "engine/files/run_file.hpp"
#include "models/populations/flat.hpp"
#include "tests/fuzz/input_file.hpp"

#include <string_view>

#include <hdf5.h>

namespace annelid::fuzz {

/// HDF5 takes a table of half a megabyte for each file that it opens, and gives it back: as new
/// memory each time, its page faults are half of a run. So it may keep 8 MB of a kind and 64 MB of
/// all.
inline const bool keeps_memory = [] {
    constexpr int all = 64 << 20, kind = 8 << 20;
    return H5set_free_list_limits(all, kind, all, kind, all, kind) >= 0;
}();

/// Whether bytes begin as a file of HDF5 does. Others are refused at once, and would fill the
/// corpus with short files that say nothing.
inline bool begins_as_hdf5(std::string_view bytes) {
    return bytes.starts_with("\x89HDF\r\n\x1a\n");
}

/// A graph file: looked through, then every piece read.
inline void read_graph(const std::filesystem::path& path) {
    try {
        const GraphFile file(path);
        EdgePiece piece;
        for (std::int64_t index = 0; index < file.num_pieces(); ++index) {
            piece.clear();
            file.append_piece(index, piece);
            for (const Edge& edge : piece.edges) {
                require(edge.from < file.num_vertices() && edge.to < file.num_vertices());
            }
        }
    } catch (const InputError&) {
    }
}

/// A run file, as `annelid info` reads it.
inline void read_run(const std::filesystem::path& path) {
    try {
        describe_run_file(path);
    } catch (const InputError&) {
    }
}

/// A checkpoint, dealt to the hosts of one rank.
inline void read_checkpoint(const std::filesystem::path& path) {
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
    try {
        read_checkpoint_head(path, ranks);
        for (const auto& [name, table] : read_checkpoint_tables(path, partition, ranks)) {
            const std::size_t width = state_row_bytes(table.columns);
            require(table.values.size() == static_cast<std::size_t>(table.rows) * width);
            for (const std::int64_t host : table.hosts) {
                require(population.has(HostId{host}));
            }
        }
    } catch (const InputError&) {
    }
}

}  // namespace annelid::fuzz
