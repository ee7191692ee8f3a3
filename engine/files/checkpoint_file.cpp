// What a checkpoint says of itself.
#include "engine/files/checkpoint_file.hpp"

#include "engine/base/errors.hpp"
#include "engine/files/checkpoint_contents.hpp"
#include "engine/files/checkpoint_seal.hpp"
#include "engine/files/shared_fate.hpp"
#include "engine/files/trial.hpp"

#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace annelid {

namespace fs = std::filesystem;

namespace {

using namespace checkpoint;

void check_sealed(const fs::path& path) {
    const std::string why = why_unsealed(path);
    if (!why.empty()) {
        throw InputError(fmt::format("{} ({})", path.string(), why));
    }
}

/// Of a file that is sealed.
CheckpointHead read_head(const fs::path& path) {
    const std::string name = path.string();
    const auto file = hdf5::File::open(path);
    const auto text = [&](const char* attribute) {
        if (!file.has_attribute("/", attribute)) {
            return std::string();
        }
        const hdf5::AttributeValue value = file.attribute("/", attribute);
        const auto* found = std::get_if<std::string>(&value);
        return found == nullptr ? std::string() : *found;
    };
    if (text("format") != format) {
        throw InputError(fmt::format("{} (no checkpoint of annelid)", name));
    }
    if (text("format_version") != format_version) {
        throw InputError(fmt::format(
            "{} (of format version {}, this program reads {}): use the program that wrote it", name,
            text("format_version"), format_version));
    }
    CheckpointHead head;
    for (const std::string& attribute : file.attributes("/")) {
        head.attributes[attribute] = file.attribute("/", attribute);
    }
    const std::vector<std::string> scenario = file.read_texts("/scenario");
    head.scenario = scenario.empty() ? "" : scenario.front();
    // What is checked are the attributes that were there when it was written.
    const std::int64_t wanted = head.number(checksum_name);
    head.attributes.erase(checksum_name);
    head.attributes.erase("format");
    head.attributes.erase("format_version");
    const Contents contents = read_contents(file, name);
    if (!agree(checksum_of_head(head, contents), wanted)) {
        throw InputError(
            fmt::format("{} (damaged: what it says of itself has another checksum)", name));
    }
    return head;
}

/// Looks into every corner of a file that may be made to do harm.
void look_through(const fs::path& path) {
    read_head(path);
    const auto file = hdf5::File::open(path);
    const Contents contents = read_contents(file, path.string());
    for (std::size_t i = 0; i < contents.tables.size(); ++i) {
        const Listed& table = contents.tables[i];
        std::int64_t host = 0;
        std::uint8_t byte = 0;
        if (table.of == StateTable::Of::hosts) {
            file.read_slab(hosts_path(i), hdf5::Type::int64, table.rows - 1, 1, &host);
        }
        if (const auto width = static_cast<std::int64_t>(state_row_bytes(table.columns))) {
            file.read_slab(values_path(i), hdf5::Type::uint8, table.rows * width - 1, 1, &byte);
        }
    }
}

}  // namespace

std::int64_t CheckpointHead::number(const std::string& name) const {
    const auto found = attributes.find(name);
    const auto* value =
        found == attributes.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
    if (value == nullptr) {
        throw InputError("checkpoint (its attribute " + name + " is missing)");
    }
    return *value;
}

std::string CheckpointHead::text(const std::string& name) const {
    const auto found = attributes.find(name);
    const auto* value =
        found == attributes.end() ? nullptr : std::get_if<std::string>(&found->second);
    if (value == nullptr) {
        throw InputError("checkpoint (its attribute " + name + " is missing)");
    }
    return *value;
}

CheckpointHead read_checkpoint_head(const fs::path& path, Communicator& ranks) {
    CheckpointHead head;
    SharedFate fate(ranks);
    if (ranks.is_first()) {
        fate.attempt([&] {
            check_sealed(path);
            try_out(path, [&] { look_through(path); });
            head = read_head(path);
        });
    }
    std::error_code ignored;
    const bool other =
        path.extension() != ".previous" && fs::exists(previous_checkpoint(path), ignored);
    fate.join<InputError>(other ? fmt::format(": try the one before it, --restart {}",
                                              previous_checkpoint(path).string())
                                : ": give another checkpoint, or start anew without --restart");
    // The others read the head from the file too, which is known to be whole.
    if (!ranks.is_first()) {
        fate.attempt([&] { head = read_head(path); });
    }
    fate.join<InputError>("");
    return head;
}

bool is_checkpoint(const fs::path& path) {
    return has_seal(path);
}

std::string describe_checkpoint(const fs::path& path) {
    check_sealed(path);
    try_out(path, [&] { look_through(path); });
    const CheckpointHead head = read_head(path);
    const double hours = static_cast<double>(head.number("time_us")) / 3.6e9;
    const std::int64_t replicates = head.number("replicates");
    const std::string replicate =
        replicates == 0 ? ""
                        : fmt::format("replicate {} of {}, ", head.number("index"), replicates);
    return fmt::format(
        "{}\nCheckpoint: {}{:.4g} h after the start; {} hosts, seed {}\n"
        "Whole:      all of it is as it was written\n"
        "Run file:   {} (beside it), with {} events until then\n"
        "Made by:    annelid {} ({})\n"
        "Go on:      annelid run SCENARIO.toml --restart {}\n",
        path.string(), replicate, hours, head.number("hosts"), head.number("seed"),
        head.text("run_file"), head.number("events"), head.text("version"), head.text("git_commit"),
        path.string());
}

}  // namespace annelid
