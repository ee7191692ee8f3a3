#include "engine/base/errors.hpp"
#include "engine/scenario/document.hpp"

#include <unordered_set>

#include <fmt/format.h>

namespace annelid {

std::string Place::text() const {
    return line > 0 ? file + ":" + std::to_string(line) : file;
}

namespace {

std::string line_of(const Place& place, const std::string& key, const std::string& value,
                    const std::string& why, const std::string& advice) {
    std::string line = place.text() + ": " + key;
    if (!value.empty())
        line += " = " + value;
    line += " (" + why + ")";
    if (!advice.empty())
        line += ": " + advice;
    return line;
}

}  // namespace

void Problems::add(const Place& place, const std::string& key, const std::string& value,
                   const std::string& why, const std::string& advice) {
    add(line_of(place, key, value, why, advice));
}

void Problems::warn(const Place& place, const std::string& key, const std::string& value,
                    const std::string& why, const std::string& advice) {
    warnings_.push_back(line_of(place, key, value, why, advice));
}

void Problems::add(const std::string& line) {
    lines_.push_back(line);
}

void refuse(const std::string& table, const KeyFaults& faults) {
    if (!faults.empty()) {
        const KeyFault& first = faults.front();
        throw InputError(fmt::format("{}.{} ({}): {}", table, first.key, first.why, first.advice));
    }
}

void Problems::raise() const {
    if (empty())
        return;
    // A section may be read in several passes; a fault is told once.
    std::unordered_set<std::string> told;
    std::string all;
    for (const std::string& line : lines_) {
        if (told.insert(line).second)
            all += (all.empty() ? "" : "\n") + line;
    }
    throw InputError(all);
}

}  // namespace annelid
