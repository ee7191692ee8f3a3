// The bytes of a file, unpacked where it is gzip. The magic number decides, not the name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct z_stream_s;  // zlib.h stays in unpacked_file.cpp

namespace annelid {

/// What is read at a time. Fuzzed readers meet the end of a chunk anywhere.
#ifdef ANNELID_FUZZ
inline constexpr std::size_t chunk_bytes = 64;
#else
inline constexpr std::size_t chunk_bytes = 1 << 20;
#endif

class UnpackedFile {
  public:
    /// InputError where the file cannot be opened, is a folder or is packed by something else.
    explicit UnpackedFile(const std::filesystem::path& path);

    /// Next bytes, up to `room` of them; 0 at the end. InputError, whose text has no place yet,
    /// where the disk fails or the gzip stream breaks; all bytes before that come first.
    std::size_t read(char* to, std::size_t room);

    const std::string& name() const { return name_; }
    /// On disk; 0 where unknown, as for a pipe.
    std::int64_t file_bytes() const { return file_bytes_; }
    /// How much of it is used up.
    std::int64_t consumed_bytes() const { return next_byte_ + static_cast<std::int64_t>(at_); }

  private:
    struct CloseFile {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    struct EndInflate {
        void operator()(z_stream_s* stream) const;
    };

    /// Reads on; false at the end of the file.
    bool fill();
    std::size_t read_plain(char* to, std::size_t room);
    std::size_t read_gzip(char* to, std::size_t room);
    /// After the end of a gzip member: another one, padding of zeros, or the end of the file.
    void start_member();
    void refuse_other_packers() const;
    [[noreturn]] void fail_at(const std::string& problem, const std::string& why) const;

    std::string name_;
    std::int64_t file_bytes_ = 0;
    std::unique_ptr<std::FILE, CloseFile> file_;
    std::vector<char> packed_;    ///< bytes as on disk
    std::size_t at_ = 0;          ///< first unused one
    std::size_t end_ = 0;         ///< of what is filled
    std::int64_t next_byte_ = 0;  ///< place of packed_[0] in the file
    std::unique_ptr<z_stream_s, EndInflate> gzip_;
    bool between_members_ = false;
    const char* fault_ = nullptr;  ///< of the stream, told once all before it is handed out
};

}  // namespace annelid
