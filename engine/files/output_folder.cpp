#include "engine/files/output_folder.hpp"

#include "engine/base/errors.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace annelid {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view part_prefix = "part-";
/// What a run cannot come to: a file with a higher number is not ours.
constexpr int most_parts = 999'999'999;

/// No error, or why it cannot be opened; `mode` as for fopen.
std::error_code why_not_open(const fs::path& path, const char* mode) {
    std::FILE* file = std::fopen(path.c_str(), mode);
    if (file == nullptr) {
        return {errno, std::generic_category()};
    }
    std::fclose(file);
    return {};
}

/// Of a place for a file: OutputError where the disk refuses it, InputError where there is none of
/// that name.
[[noreturn]] void refuse(const fs::path& path, const char* what, std::error_code error) {
    const std::string text =
        fmt::format("{} ({}: {}): choose another --output", path.string(), what, error.message());
    for (const std::errc by_disk :
         {std::errc::read_only_file_system, std::errc::permission_denied,
          std::errc::operation_not_permitted, std::errc::no_space_on_device, std::errc::io_error}) {
        if (error == by_disk || error.value() == EDQUOT) {
            throw OutputError(text);
        }
    }
    throw InputError(text);
}

fs::path folder_of(const fs::path& file) {
    return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

fs::path temporary_name(const fs::path& file) {
    return file.string() + ".tmp";
}

}  // namespace

void check_can_open(const fs::path& path) {
    if (const std::error_code error = why_not_open(path, "r+b")) {
        throw OutputError(
            fmt::format("{} (cannot open it again: {})", path.string(), error.message()));
    }
}

void wait_for_disk(const fs::path& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        const std::error_code error(errno, std::generic_category());
        throw OutputError(
            fmt::format("{} (cannot open it again: {})", path.string(), error.message()));
    }
    const int error = fsync(file) == 0 ? 0 : errno;
    close(file);
    // Some file systems know no such thing, for folders above all.
    if (error != 0 && error != EINVAL && error != ENOTSUP) {
        throw OutputError(fmt::format("{} (cannot bring it to the disk: {})", path.string(),
                                      std::error_code(error, std::generic_category()).message()));
    }
}

TemporaryFile::TemporaryFile(fs::path file, bool is_owner)
    : file_(std::move(file)), path_(temporary_name(file_)), is_owner_(is_owner) {}

TemporaryFile::~TemporaryFile() {
    if (is_owner_) {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
}

void TemporaryFile::commit() {
    wait_for_disk(path_);
    std::error_code error;
    fs::rename(path_, file_, error);
    if (error) {
        throw OutputError(
            fmt::format("{} (cannot put it in place: {})", file_.string(), error.message()));
    }
    is_owner_ = false;
    wait_for_disk(folder_of(file_));
}

OutputFolder::OutputFolder(fs::path file)
    : file_(std::move(file)), parts_(file_.string() + ".parts") {}

void OutputFolder::prepare(bool overwrite) {
    const std::string name = file_.string();
    std::error_code error;
    if (!file_.has_filename() || fs::is_directory(file_, error)) {
        throw InputError(fmt::format("{} (a folder): name a file in it, as in --output {}", name,
                                     (file_ / "run.h5").lexically_normal().string()));
    }
    if (fs::exists(file_, error) && !overwrite) {
        throw InputError(
            fmt::format("{} (the file exists): choose another --output or add --force", name));
    }
    if (file_.has_parent_path()) {
        fs::create_directories(file_.parent_path(), error);
        if (error) {
            refuse(file_.parent_path(), "cannot create the folder", error);
        }
    }
    const fs::path probe = temporary_name(file_);
    if (const std::error_code reason = why_not_open(probe, "wb")) {
        refuse(file_, "cannot be written", reason);
    }
    fs::remove(probe, error);

    stale_ = list_parts();
    for (const fs::path& part : stale_) {
        const std::string number = part.filename().string().substr(part_prefix.size());
        int value = 0;
        std::from_chars(number.data(), number.data() + number.size(), value);
        if (value <= most_parts) {
            num_parts_ = std::max(num_parts_, value);
        }
    }
}

fs::path OutputFolder::beside(const std::string& name) const {
    return file_.parent_path() / name;
}

std::string OutputFolder::next_part_name() {
    return fmt::format("{}/{}{:06}.h5", parts_.filename().string(), part_prefix, ++num_parts_);
}

void OutputFolder::make_parts_folder() {
    std::error_code error;
    const bool is_new = fs::create_directory(parts_, error);
    if (error) {
        throw OutputError(
            fmt::format("{} (cannot create the folder: {})", parts_.string(), error.message()));
    }
    if (is_new) {
        wait_for_disk(folder_of(parts_));
    }
}

std::vector<fs::path> OutputFolder::list_parts() const {
    std::vector<fs::path> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(parts_, error)) {
        if (entry.path().filename().string().starts_with(part_prefix)) {
            out.push_back(entry.path());
        }
    }
    return out;
}

void OutputFolder::remove_stale_parts() {
    std::error_code ignored;
    for (const fs::path& part : std::exchange(stale_, {})) {
        fs::remove(part, ignored);
    }
}

void OutputFolder::remove_parts() {
    std::error_code ignored;
    for (const fs::path& part : list_parts()) {
        fs::remove(part, ignored);
    }
    fs::remove(parts_, ignored);  // stays where the user keeps other things in it
}

}  // namespace annelid
