// A graph file of four vertices, with weights and times, after edits.
#include "tests/fuzz/hdf5_edits.hpp"
#include "tests/fuzz/read_hdf5.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace annelid;
    static const std::filesystem::path sound = [] {
        EdgePiece edges;
        edges.edges = {{0, 1}, {0, 2}, {1, 2}, {1, 3}, {3, 0}};
        edges.weights = {0.5F, 1, 2, 0, 3};
        edges.intervals = {{0, 10}, {5, 7}, {0, 1}, {3, 4}, {1, 1000}};
        auto path = fuzz::folder().path() / "sound.h5";
        write_graph_file(path, EdgeList(4, true, edges), {"five edges"});
        return path;
    }();
    fuzz::read_graph(fuzz::edited(sound, "edited.h5", data, size));
    return 0;
}
