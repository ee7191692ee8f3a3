#include "models/defences/filters.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid {

Fields with_timing_but(const std::vector<std::string>& keys, Fields own, TimingSettings& timing) {
    for (Field& field : timing.fields_but(keys)) {
        own.push_back(std::move(field));
    }
    return own;
}

Field vectors_field(std::vector<std::string>& vectors, const std::string& what) {
    return {"vectors", &vectors, Unit::none, "only attempts by these vectors; empty: " + what};
}

void check_vectors(const std::vector<std::string>& vectors, const DefenceNames& names,
                   KeyFaults& faults) {
    std::vector<std::string> unknown;
    std::copy_if(vectors.begin(), vectors.end(), std::back_inserter(unknown),
                 [&](const std::string& vector) {
                     return std::find(names.vectors.begin(), names.vectors.end(), vector) ==
                            names.vectors.end();
                 });
    if (!unknown.empty()) {
        std::vector<std::string> known = names.vectors;
        std::sort(known.begin(), known.end());
        known.erase(std::unique(known.begin(), known.end()), known.end());
        faults.push_back({"vectors",
                          fmt::format("no worm has a vector {}", fmt::join(unknown, ", ")),
                          fmt::format("use {}", fmt::join(known, ", "))});
    }
}

DefenceNames names_with(const std::vector<std::string>& vectors, const DefenceContext& context) {
    DefenceNames names = names_of(context);
    names.vectors = vectors;
    return names;
}

bool concerns(const std::vector<std::string>& vectors, const VectorModel& vector) {
    // Where worms have names, that of a vector is worm/vector.
    const std::string_view name = vector.name();
    const std::string_view own = name.substr(name.rfind('/') + 1);
    return vectors.empty() || std::find(vectors.begin(), vectors.end(), own) != vectors.end();
}

}  // namespace annelid
