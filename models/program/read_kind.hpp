// Settings of one of several kinds, told apart by the key `kind`.
#pragma once

#include "engine/scenario/document.hpp"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace annelid {

/// What `kind` may be, in the order of the variant.
template <class Variant, std::size_t... i>
std::vector<std::string> kinds(std::index_sequence<i...>) {
    return {std::variant_alternative_t<i, Variant>{}.kind...};
}
template <class Variant>
std::vector<std::string> kinds() {
    return kinds<Variant>(std::make_index_sequence<std::variant_size_v<Variant>>{});
}

/// Reads the fields of the alternative that has this kind. False where a value was refused.
template <class Variant, std::size_t i = 0>
bool read_alternative(const Section& section, const std::string& kind, Variant& out) {
    if constexpr (i < std::variant_size_v<Variant>) {
        std::variant_alternative_t<i, Variant> settings;
        if (settings.kind == kind) {
            const bool fits = section.read(settings.fields());
            out = std::move(settings);
            return fits;
        }
        return read_alternative<Variant, i + 1>(section, kind, out);
    }
    return false;
}

/// Reads `kind`, then its fields. False where a value was refused; without a kind no other key is
/// read.
template <class Variant>
bool read_kind(const Section& section, Variant& out, bool required) {
    std::string kind = std::visit([](const auto& s) { return s.kind; }, out);
    Field field{"kind", &kind, Unit::none, "the mechanism"};
    field.choices = kinds<Variant>();
    field.required = required;
    return section.read({field}) && read_alternative(section, kind, out);
}

}  // namespace annelid
