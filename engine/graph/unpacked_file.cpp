#include "engine/graph/unpacked_file.hpp"

#include "engine/base/errors.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string_view>

#include <fmt/format.h>
#include <zlib.h>

namespace annelid {
namespace {

struct Packer {
    std::string_view name, magic, unpack;
};
constexpr Packer packers[] = {{"xz", "\xFD\x37zXZ", "unxz"},
                              {"zstd", "\x28\xB5\x2F\xFD", "unzstd"},
                              {"bzip2", "BZh", "bunzip2"},
                              {"zip", "PK\x03\x04", "unzip"}};

}  // namespace

void UnpackedFile::EndInflate::operator()(z_stream_s* stream) const {
    inflateEnd(stream);
    delete stream;
}

UnpackedFile::UnpackedFile(const std::filesystem::path& path)
    : name_(path.generic_string()), packed_(chunk_bytes) {
    std::error_code unknown;
    if (std::filesystem::is_directory(path, unknown)) {
        throw InputError(name_ + " (this is a folder): name a file of edges");
    }
    errno = 0;
    file_.reset(std::fopen(path.c_str(), "rb"));
    if (!file_) {
        throw InputError(fmt::format("{} ({}): check the path and its permissions", name_,
                                     std::strerror(errno)));
    }
    std::setvbuf(file_.get(), nullptr, _IONBF, 0);  // packed_ is the buffer
    const auto bytes = std::filesystem::file_size(path, unknown);
    file_bytes_ = unknown ? 0 : static_cast<std::int64_t>(bytes);
    fill();
    refuse_other_packers();
    if (end_ >= 2 && packed_[0] == '\x1F' && packed_[1] == '\x8B') {
        gzip_.reset(new z_stream{});
        if (inflateInit2(gzip_.get(), 15 + 16) != Z_OK) {  // the largest window, gzip only
            throw std::bad_alloc();
        }
    }
}

std::size_t UnpackedFile::read(char* to, std::size_t room) {
    return gzip_ ? read_gzip(to, room) : read_plain(to, room);
}

bool UnpackedFile::fill() {
    next_byte_ += static_cast<std::int64_t>(end_);
    at_ = 0;
    end_ = std::fread(packed_.data(), 1, packed_.size(), file_.get());
    if (end_ == 0 && std::ferror(file_.get())) {
        fail_at("the file cannot be read on", std::strerror(errno));
    }
    return end_ > 0;
}

std::size_t UnpackedFile::read_plain(char* to, std::size_t room) {
    if (at_ == end_ && !fill()) {
        return 0;
    }
    const std::size_t bytes = std::min(room, end_ - at_);
    std::memcpy(to, packed_.data() + at_, bytes);
    at_ += bytes;
    return bytes;
}

std::size_t UnpackedFile::read_gzip(char* to, std::size_t room) {
    gzip_->next_out = reinterpret_cast<Bytef*>(to);
    gzip_->avail_out = static_cast<uInt>(std::min(room, chunk_bytes));
    const uInt wanted = gzip_->avail_out;
    while (gzip_->avail_out == wanted) {
        if (fault_) {
            fail_at("the gzip stream is corrupt", fault_);
        }
        if (at_ == end_ && !fill()) {
            if (between_members_) {
                return 0;
            }
            fail_at("the file is cut off", "its gzip stream goes on");
        }
        if (between_members_) {
            start_member();
            continue;
        }
        gzip_->next_in = reinterpret_cast<Bytef*>(packed_.data() + at_);
        gzip_->avail_in = static_cast<uInt>(end_ - at_);
        const int result = inflate(gzip_.get(), Z_NO_FLUSH);
        at_ = end_ - gzip_->avail_in;
        if (result == Z_STREAM_END) {
            between_members_ = true;
        } else if (result == Z_MEM_ERROR) {
            throw std::bad_alloc();
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            fault_ = gzip_->msg ? gzip_->msg : "it cannot be unpacked";
        }
    }
    return wanted - gzip_->avail_out;
}

void UnpackedFile::start_member() {
    if (packed_[at_] == 0) {
        ++at_;  // tapes pad their blocks
    } else {
        inflateReset(gzip_.get());
        between_members_ = false;
    }
}

void UnpackedFile::refuse_other_packers() const {
    const std::string_view start(packed_.data(), end_);
    for (const Packer& packer : packers) {
        if (start.substr(0, packer.magic.size()) == packer.magic) {
            throw InputError(
                fmt::format("{} (packed with {}, where gzip or plain text is read): {} it first",
                            name_, packer.name, packer.unpack));
        }
    }
}

void UnpackedFile::fail_at(const std::string& problem, const std::string& why) const {
    throw InputError(fmt::format("{} at byte {} ({}): copy or download it again", problem,
                                 consumed_bytes(), why));
}

}  // namespace annelid
