// Network `file`: the edges of a file, in any format that engine/graph/read_edges.hpp knows.
#pragma once

#include "engine/graph/edge_source.hpp"
#include "engine/scenario/fields.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace annelid {

struct NetworkFileSettings {
    std::string kind = "file";
    std::string file;
    std::string format = "auto";
    bool directed = false;
    bool weighted = false;
    bool temporal = false;

    Fields fields();
    KeyFaults faults(std::int64_t) const { return {}; }
};

}  // namespace annelid
