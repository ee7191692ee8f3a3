#include "engine/files/checksum.hpp"

#include <zlib.h>

namespace annelid {

void Checksum::add(std::span<const std::byte> more) {
    value_ = static_cast<std::uint32_t>(
        crc32_z(value_, reinterpret_cast<const unsigned char*>(more.data()), more.size()));
    bytes_ += static_cast<std::int64_t>(more.size());
}

void Checksum::append(const Checksum& other) {
    value_ = static_cast<std::uint32_t>(
        crc32_combine(value_, other.value_, static_cast<z_off_t>(other.bytes_)));
    bytes_ += other.bytes_;
}

}  // namespace annelid
