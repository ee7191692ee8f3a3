// A checkpoint: the tables of an outbreak's state (engine/base/state.hpp) and what identifies the
// run, in one HDF5 file. results/FORMAT.md describes it.
//
// It is written beside and renamed, the one before it is kept as FILE.previous, and its last bytes
// are a checksum over all others, so that nobody looks into a file that is not whole. Every dataset
// has a checksum of its own too, which does not depend on who wrote or reads which part of it.
#pragma once

#include "engine/base/state.hpp"
#include "engine/hosts/partition.hpp"
#include "engine/ranks/communicator.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <variant>

namespace annelid {

/// What a checkpoint says of itself; the same on all ranks.
struct CheckpointHead {
    std::map<std::string, std::variant<std::int64_t, double, std::string>> attributes;
    std::string scenario;  ///< the effective text

    std::int64_t number(const std::string& name) const;
    std::string text(const std::string& name) const;
};

/// Where the generation before the last one is.
std::filesystem::path previous_checkpoint(const std::filesystem::path& file);

/// Collective. `tables` are this rank's rows; all ranks have the same tables, or rows of none.
/// With `keeps_one` the one that is replaced becomes previous_checkpoint(file). OutputError where
/// it cannot be written: the ones before are as they were.
void write_checkpoint(const std::filesystem::path& file, const CheckpointHead& head,
                      const StateTables& tables, bool keeps_one, Communicator& ranks);

/// Collective. InputError on all ranks where it is no checkpoint, damaged or of another version.
CheckpointHead read_checkpoint_head(const std::filesystem::path& file, Communicator& ranks);

/// By its last bytes. False too where there is no such file.
bool is_checkpoint(const std::filesystem::path& file);
/// Text of `annelid info FILE`. InputError where it is damaged.
std::string describe_checkpoint(const std::filesystem::path& file);

/// Collective. The rows that are for this rank. The file must be one that read_checkpoint_head()
/// took. InputError on all ranks where a table is damaged or does not fit the hosts.
StateTables read_checkpoint_tables(const std::filesystem::path& file, const Partition& partition,
                                   Communicator& ranks);

}  // namespace annelid
