// Names and folders around a run file: the temporary name a file is written under, the folder of
// parts beside it. Used by the first rank only, except for names.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace annelid {

/// OutputError with the system's reason where this rank cannot open `path` to read and write.
void check_can_open(const std::filesystem::path& path);

/// Waits until a file that this rank wrote to, or the names in a folder, are on the disk: a machine
/// that fails then does not lose them. OutputError with the system's reason.
void wait_for_disk(const std::filesystem::path& path);

/// A file that is written under another name and then gets its own, over what was there. The name
/// changes once the bytes are on the disk.
class TemporaryFile {
  public:
    /// Where not `is_owner`, only a name.
    TemporaryFile(std::filesystem::path file, bool is_owner);
    /// Removes what was not committed.
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    const std::filesystem::path& path() const { return path_; }
    void commit();

  private:
    std::filesystem::path file_, path_;
    bool is_owner_;
};

class OutputFolder {
  public:
    explicit OutputFolder(std::filesystem::path file);

    /// InputError where the file exists and may not be overwritten, or its name is none for a file;
    /// OutputError where the disk refuses it. Creates the folder. Looks what an earlier run left in
    /// the folder of parts.
    void prepare(bool overwrite);

    /// The path of what lies beside the run file.
    std::filesystem::path beside(const std::string& name) const;
    /// "run.h5.parts/part-000001.h5": not one that an earlier run left.
    std::string next_part_name();
    void make_parts_folder();
    /// Parts of earlier runs, once no file refers to them any more.
    void remove_stale_parts();
    void remove_parts();

  private:
    std::vector<std::filesystem::path> list_parts() const;

    std::filesystem::path file_, parts_;
    std::vector<std::filesystem::path> stale_;
    int num_parts_ = 0;
};

}  // namespace annelid
