#include "engine/ranks/graph_partitioner.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <type_traits>

#ifdef ANNELID_WITH_MPI
#include <cstdio>

#include <mpi.h>
// PT-Scotch's header needs the two above.
#include <ptscotch.h>
#endif

namespace annelid {

#ifdef ANNELID_WITH_MPI

namespace {

/// Parts may be heavier than the mean by this share. Smaller ones cut many more edges.
constexpr double imbalance = 0.03;

void check(int code, const char* call) {
    if (code != 0) {
        throw std::runtime_error(std::string(call) +
                                 " failed (PT-Scotch says why above): use another partition");
    }
}

static_assert(std::is_same_v<SCOTCH_Num, std::int64_t>,
              "this PT-Scotch counts in 32 bits: build against its 64-bit variant");

/// Both variants of PT-Scotch go by one name when a program starts.
void check_library() {
    if (SCOTCH_numSizeof() != sizeof(SCOTCH_Num)) {
        throw std::runtime_error(
            "PT-Scotch counts in 32 bits (annelid was built for 64): put its 64-bit variant first "
            "in the library path");
    }
}

/// An object of PT-Scotch that is set up and torn down with two calls.
template <class Object>
class Scoped {
  public:
    template <class... Values>
    Scoped(int (*init)(Object*, Values...), void (*exit)(Object*), const char* call,
           Values... values)
        : exit_(exit) {
        check(init(&object_, values...), call);
    }
    ~Scoped() { exit_(&object_); }
    Scoped(const Scoped&) = delete;
    Scoped& operator=(const Scoped&) = delete;
    operator Object*() { return &object_; }

  private:
    Object object_;
    void (*exit_)(Object*);
};

void build(SCOTCH_Dgraph* graph, GraphBlock& block, bool weighted) {
    const auto vertices = static_cast<SCOTCH_Num>(block.loads.size());
    const auto edges = static_cast<SCOTCH_Num>(block.neighbours.size());
    SCOTCH_Num* const first = block.first_edge.data();
    SCOTCH_Num* const weights = weighted ? block.edge_weights.data() : nullptr;
    check(SCOTCH_dgraphBuild(graph, 0, vertices, vertices, first, first + 1, block.loads.data(),
                             nullptr, edges, edges, block.neighbours.data(), nullptr, weights),
          "SCOTCH_dgraphBuild");
}

}  // namespace

std::vector<std::int32_t> cut_into_parts(GraphBlock block, const Communicator& ranks) {
    const std::size_t vertices = block.loads.size();
    if (ranks.size() == 1) {
        return std::vector<std::int32_t>(vertices, 0);
    }
    check_library();
    const bool weighted = ranks.any(!block.edge_weights.empty());
    // A rank without vertices or edges still has arrays where others have.
    std::vector<SCOTCH_Num> part(std::max<std::size_t>(1, vertices));
    block.loads.reserve(1);
    block.neighbours.reserve(1);
    block.edge_weights.reserve(1);

    const MPI_Comm world = *static_cast<const MPI_Comm*>(ranks.native());
    const auto parts = static_cast<SCOTCH_Num>(ranks.size());
    Scoped<SCOTCH_Context> context(SCOTCH_contextInit, SCOTCH_contextExit, "SCOTCH_contextInit");
    // One thread: several would race for the same vertices, and the cut would differ by run.
    check(SCOTCH_contextThreadSpawn(context, 1, nullptr), "SCOTCH_contextThreadSpawn");
    check(SCOTCH_contextOptionSetNum(context, SCOTCH_OPTIONNUMDETERMINISTIC, 1),
          "SCOTCH_contextOptionSetNum");
    SCOTCH_contextRandomSeed(context, 1);
    SCOTCH_contextRandomReset(context);
    Scoped<SCOTCH_Strat> strategy(SCOTCH_stratInit, SCOTCH_stratExit, "SCOTCH_stratInit");
    check(SCOTCH_stratDgraphMapBuild(strategy, SCOTCH_STRATDEFAULT, parts, parts, imbalance),
          "SCOTCH_stratDgraphMapBuild");
    Scoped<SCOTCH_Dgraph> graph(SCOTCH_dgraphInit, SCOTCH_dgraphExit, "SCOTCH_dgraphInit", world);
    build(graph, block, weighted);
    Scoped<SCOTCH_Dgraph> bound(SCOTCH_dgraphInit, SCOTCH_dgraphExit, "SCOTCH_dgraphInit", world);
    check(SCOTCH_contextBindDgraph(context, graph, bound), "SCOTCH_contextBindDgraph");
    check(SCOTCH_dgraphPart(bound, parts, strategy, part.data()), "SCOTCH_dgraphPart");
    return {part.begin(), part.begin() + static_cast<std::ptrdiff_t>(vertices)};
}

#else

std::vector<std::int32_t> cut_into_parts(GraphBlock block, const Communicator&) {
    return std::vector<std::int32_t>(block.loads.size(), 0);
}

#endif

}  // namespace annelid
