// CRC-32, as zlib and gzip have it: of bytes, and of bytes of which several know a part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace annelid {

class Checksum {
  public:
    Checksum() = default;
    explicit Checksum(std::span<const std::byte> bytes) { add(bytes); }
    /// One that is known already.
    Checksum(std::uint32_t value, std::int64_t bytes) : value_(value), bytes_(bytes) {}

    void add(std::span<const std::byte> more);
    /// What comes after this.
    void append(const Checksum& other);

    std::uint32_t value() const { return value_; }
    std::int64_t bytes() const { return bytes_; }

  private:
    std::uint32_t value_ = 0;
    std::int64_t bytes_ = 0;
};

}  // namespace annelid
