#include "engine/scenario/distribution_text.hpp"

#include "engine/scenario/checks.hpp"
#include "engine/scenario/quantity.hpp"
#include "engine/scenario/read_value.hpp"
#include "engine/scenario/text.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

namespace annelid {
namespace {

using Kind = DistributionSpec::Kind;
using Node = Section::Node;

/// Keys beside `distribution`; each is a member of DistributionSpec of the same name.
struct KindKeys {
    Kind kind;
    std::string name;
    std::vector<std::string> keys;
};

const std::vector<KindKeys>& all_kinds() {
    static const std::vector<KindKeys> kinds = {
        {Kind::fixed, "fixed", {"mean"}},
        {Kind::exponential, "exponential", {"mean"}},
        {Kind::gamma, "gamma", {"mean", "shape"}},
        {Kind::weibull, "weibull", {"mean", "shape"}},
        {Kind::lognormal, "lognormal", {"mean", "sd"}},
        {Kind::uniform, "uniform", {"lower", "upper"}},
        {Kind::normal, "normal", {"mean", "sd"}},
    };
    return kinds;
}

const KindKeys& keys_of(Kind kind) {
    return *std::find_if(all_kinds().begin(), all_kinds().end(),
                         [&](const KindKeys& entry) { return entry.kind == kind; });
}

/// The field of one inner key, so that it is read, checked and printed like any other. Only what
/// is a value of the distribution (not its spread) obeys the limits of the outer field.
Field inner_field(const Field& outer, Kind kind, const std::string& key, DistributionSpec& spec) {
    Field field{key, &spec.mean, outer.unit, ""};
    field.min = 0;
    if (key == "shape") {
        field.target = &spec.shape;
        field.unit = Unit::none;
        field.above_min = true;
    } else if (key == "sd") {
        field.target = &spec.sd;
    } else {
        field.target = key == "mean" ? &spec.mean : key == "lower" ? &spec.lower : &spec.upper;
        field.min = std::fmax(0, lowest(outer));
        field.max = outer.max;
        const bool stands_alone = kind == Kind::fixed || kind == Kind::uniform;
        field.above_min = outer.above_min || (field.min == 0 && !stands_alone);
    }
    return field;
}

/// Only a plain "never" is endless; a mean of never is no distribution.
bool is_endless(Unit unit, double value) {
    return unit == Unit::duration && value >= to_seconds(never);
}

bool has_key(const KindKeys& kind, const std::string& key) {
    return std::find(kind.keys.begin(), kind.keys.end(), key) != kind.keys.end();
}

/// Text of the kind, or nothing after a problem.
const KindKeys* read_kind(const Node& value, const std::string& path, Problems& problems) {
    std::vector<std::string> names;
    for (const KindKeys& kind : all_kinds())
        names.push_back(kind.name);
    const Node* written = value.find("distribution");
    if (!written) {
        problems.add(value.place, path, value.shown(), "a distribution names its kind",
                     "add distribution = \"gamma\" or another of " + listed(names));
        return nullptr;
    }
    for (const KindKeys& kind : all_kinds()) {
        if (written->kind == Node::Kind::text && written->text == kind.name)
            return &kind;
    }
    const std::string near = nearest(written->text, names);
    problems.add(written->place, join_path(path, "distribution"), written->shown(),
                 "no such distribution",
                 near.empty() ? "use one of " + listed(names)
                              : fmt::format("did you mean {}?", in_quotes(near)));
    return nullptr;
}

bool read_inner(const Field& field, const Node& value, const std::string& path,
                Problems& problems) {
    try {
        const double number = read_number(field, value);
        if (is_endless(field.unit, number))
            throw Refusal{"it must be finite", "write the whole distribution as \"never\""};
        *std::get<double*>(field.target) = number;
        return true;
    } catch (const Refusal& refusal) {
        problems.add(value.place, path, value.shown(), refusal.why, refusal.advice);
        return false;
    }
}

void read_table(const Field& field, const Node& value, const std::string& path,
                Problems& problems) {
    const KindKeys* kind = read_kind(value, path, problems);
    if (!kind)
        return;
    DistributionSpec spec;
    spec.kind = kind->kind;
    bool good = true;
    for (const std::string& key : kind->keys) {
        const Field inner = inner_field(field, kind->kind, key, spec);
        const Node* written = value.find(key);
        if (!written) {
            problems.add(value.place, path, value.shown(),
                         fmt::format("a {} distribution needs `{}`", kind->name, key),
                         fmt::format("add {} = {}", key, example(inner)));
        }
        good &= written && read_inner(inner, *written, join_path(path, key), problems);
    }
    for (const auto& [key, written] : value.entries) {
        if (key == "distribution" || has_key(*kind, key))
            continue;
        good = false;
        const std::string near = nearest(key, kind->keys);
        problems.add(written->place, join_path(path, key), written->shown(),
                     fmt::format("a {} distribution has no `{}`", kind->name, key),
                     near.empty() ? "it takes " + listed(kind->keys)
                                  : fmt::format("did you mean `{}`?", near));
    }
    if (good && spec.lower > spec.upper) {
        good = false;
        problems.add(value.place, path, value.shown(), "lower is above upper", "swap them");
    }
    if (good)
        *std::get<DistributionSpec*>(field.target) = spec;
}

}  // namespace

void read_distribution(const Field& field, const Node& value, const std::string& path,
                       Problems& problems) {
    if (value.is_table())
        return read_table(field, value, path, problems);
    try {
        DistributionSpec spec;
        spec.mean = read_number(field, value);
        *std::get<DistributionSpec*>(field.target) = spec;
    } catch (const Refusal& refusal) {
        problems.add(value.place, path, value.shown(), refusal.why, refusal.advice);
    }
}

bool allows(const Field& field, const DistributionSpec& spec) {
    DistributionSpec copy = spec;
    for (const std::string& key : keys_of(spec.kind).keys) {
        const Field inner = inner_field(field, spec.kind, key, copy);
        const double value = *std::get<double*>(inner.target);
        if (!allows(inner, value))
            return false;
        if (spec.kind != Kind::fixed && is_endless(inner.unit, value))
            return false;
    }
    return spec.lower <= spec.upper;
}

std::string distribution_text(Unit unit, const DistributionSpec& spec) {
    if (spec.kind == Kind::fixed)
        return number_text(unit, spec.mean);
    const KindKeys& kind = keys_of(spec.kind);
    std::string text = "{ distribution = " + in_quotes(kind.name);
    DistributionSpec copy = spec;
    const Field outer{"", &copy, unit, ""};
    for (const std::string& key : kind.keys) {
        const Field inner = inner_field(outer, spec.kind, key, copy);
        text += fmt::format(", {} = {}", key,
                            number_text(inner.unit, *std::get<double*>(inner.target)));
    }
    return text + " }";
}

}  // namespace annelid
