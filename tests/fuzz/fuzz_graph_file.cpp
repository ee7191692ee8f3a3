// A graph file (HDF5): looked through, then every piece read.
#include "engine/base/errors.hpp"
#include "engine/files/graph_file.hpp"
#include "tests/fuzz/input_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace annelid;
    try {
        const GraphFile file(fuzz::folder().write("graph.h5", fuzz::text_of(data, size)));
        EdgePiece piece;
        for (std::int64_t index = 0; index < file.num_pieces(); ++index) {
            piece.clear();
            file.append_piece(index, piece);
            for (const Edge& edge : piece.edges) {
                fuzz::require(edge.from < file.num_vertices() && edge.to < file.num_vertices());
            }
        }
    } catch (const InputError&) {
    }
    return 0;
}
