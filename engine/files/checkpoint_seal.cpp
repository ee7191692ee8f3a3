#include "engine/files/checkpoint_seal.hpp"

#include "engine/base/errors.hpp"
#include "engine/files/checksum.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <system_error>
#include <vector>

#include <fmt/format.h>

namespace annelid {

namespace {

constexpr std::array<char, 8> mark = {'a', 'n', 'n', 'e', 'l', 'i', 'd', '\n'};

/// As it stands in the file; all numbers little-endian, as HDF5 writes them here too.
struct Seal {
    std::uint64_t bytes;  ///< before the seal
    std::uint32_t checksum;
    std::uint32_t of_seal;  ///< checksum of the two before
    std::array<char, 8> mark;
};
static_assert(sizeof(Seal) == 24);

using FilePointer = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

std::string reason() {
    return std::error_code(errno, std::generic_category()).message();
}

std::uint32_t checksum_of_seal(const Seal& seal) {
    return Checksum(std::as_bytes(std::span(&seal, 1)).first(offsetof(Seal, of_seal))).value();
}

/// Of the next `bytes`; false where there are fewer.
bool read_checksum(std::FILE* file, std::uint64_t bytes, std::uint32_t& out) {
    std::vector<std::byte> block(std::min<std::uint64_t>(bytes, 1 << 20));
    Checksum sum;
    while (bytes > 0) {
        const std::size_t some = std::min<std::uint64_t>(bytes, block.size());
        if (std::fread(block.data(), 1, some, file) != some) {
            return false;
        }
        sum.add(std::span(block).first(some));
        bytes -= some;
    }
    out = sum.value();
    return true;
}

}  // namespace

void seal(const std::filesystem::path& path) {
    const FilePointer file(std::fopen(path.c_str(), "r+b"), std::fclose);
    const auto check = [&](bool done) {
        if (!done) {
            throw OutputError(fmt::format("{} (cannot be sealed: {})", path.string(), reason()));
        }
    };
    check(file != nullptr && std::fseek(file.get(), 0, SEEK_END) == 0);
    Seal seal{static_cast<std::uint64_t>(std::ftell(file.get())), 0, 0, mark};
    std::rewind(file.get());
    check(read_checksum(file.get(), seal.bytes, seal.checksum));
    seal.of_seal = checksum_of_seal(seal);
    check(std::fseek(file.get(), 0, SEEK_END) == 0 &&
          std::fwrite(&seal, sizeof seal, 1, file.get()) == 1 && std::fflush(file.get()) == 0);
}

bool has_seal(const std::filesystem::path& path) {
    const FilePointer file(std::fopen(path.c_str(), "rb"), std::fclose);
    std::array<char, mark.size()> last{};
    return file != nullptr &&
           std::fseek(file.get(), -static_cast<long>(last.size()), SEEK_END) == 0 &&
           std::fread(last.data(), 1, last.size(), file.get()) == last.size() && last == mark;
}

std::string why_unsealed(const std::filesystem::path& path) {
    const FilePointer file(std::fopen(path.c_str(), "rb"), std::fclose);
    if (file == nullptr || std::fseek(file.get(), 0, SEEK_END) != 0) {
        return "cannot be read: " + reason();
    }
    const std::int64_t size = std::ftell(file.get());
    Seal seal{};
    if (size < std::int64_t{sizeof seal}) {
        return "cut off, or no checkpoint";
    }
    if (std::fseek(file.get(), size - std::int64_t{sizeof seal}, SEEK_SET) != 0 ||
        std::fread(&seal, sizeof seal, 1, file.get()) != 1) {
        return "cannot be read: " + reason();
    }
    const auto bytes = static_cast<std::uint64_t>(size) - sizeof seal;
    if (seal.mark != mark || seal.of_seal != checksum_of_seal(seal) || seal.bytes != bytes) {
        return "cut off or damaged, or no checkpoint";
    }
    std::rewind(file.get());
    std::uint32_t found = 0;
    if (!read_checksum(file.get(), bytes, found)) {
        return "cannot be read: " + reason();
    }
    return found == seal.checksum ? "" : "damaged: its checksum is another one";
}

}  // namespace annelid
