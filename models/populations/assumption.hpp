// A field whose default is an assumption, free to be swept.
#pragma once

#include "engine/scenario/fields.hpp"

namespace annelid {

inline Field assumption(const char* key, Field::Target target, Unit unit, const char* doc,
                        double min, double max) {
    Field field{key, target, unit, doc, "assumption"};
    field.min = min;
    field.max = max;
    return field;
}

}  // namespace annelid
