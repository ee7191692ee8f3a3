// What the readers of annelid are given: a file with the bytes that the fuzzer made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

namespace annelid::fuzz {

/// A folder of this process alone, removed at its end.
class Folder {
  public:
    Folder()
        : path_(std::filesystem::temp_directory_path() /
                ("annelid-fuzz-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_);
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    const std::filesystem::path& path() const { return path_; }

    std::filesystem::path write(const std::string& name, std::string_view bytes) const {
        std::ofstream(path_ / name, std::ios::binary | std::ios::trunc)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return path_ / name;
    }

  private:
    std::filesystem::path path_;
};

inline const Folder& folder() {
    static const Folder only;
    return only;
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// What must hold of anything that a reader lets pass; a fault is a crash, which the fuzzer keeps.
inline void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

}  // namespace annelid::fuzz
