// HDF5 as annelid uses it: whole datasets of numbers and texts, rows of long datasets, attributes,
// named axes (dimension scales) and virtual datasets. Only hdf5_*.cpp know the HDF5 library. Every
// call is checked; a failing one throws OutputError (files being written) or
// InputError (files being read) with the file and HDF5's own reason.
#pragma once

#include "engine/ranks/communicator.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace annelid::hdf5 {

/// Types on disk: little-endian numbers, UTF-8 texts of any length; `none` for a bare axis.
enum class Type {
    none,
    uint8,
    uint16,
    uint32,
    uint64,
    int32,
    int64,
    float32,
    float64,
    text,
};

std::string_view type_name(Type type);
/// 0 for texts and bare axes.
std::int64_t type_bytes(Type type);

template <class T>
constexpr Type type_of() {
    if constexpr (std::is_same_v<T, std::uint8_t>) {
        return Type::uint8;
    } else if constexpr (std::is_same_v<T, std::uint16_t>) {
        return Type::uint16;
    } else if constexpr (std::is_same_v<T, std::uint32_t>) {
        return Type::uint32;
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
        return Type::uint64;
    } else if constexpr (std::is_same_v<T, std::int32_t>) {
        return Type::int32;
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        return Type::int64;
    } else if constexpr (std::is_same_v<T, float>) {
        return Type::float32;
    } else {
        static_assert(std::is_same_v<T, double>);
        return Type::float64;
    }
}

using Dims = std::vector<std::int64_t>;  ///< empty: a scalar
using AttributeValue = std::variant<std::int64_t, double, std::string>;

/// The first `rows` rows of a one-dimensional dataset in another file. A relative `file` is looked
/// up beside the file that refers to it.
struct VirtualPart {
    std::string file;
    std::string dataset;
    std::int64_t rows = 0;
};

/// What datasets() lists.
struct DatasetInfo {
    std::string path;
    Type type = Type::none;  ///< none where it is a type that annelid does not write
    Dims dims;
};

/// One open file. Paths inside it are absolute ("/events/host"); missing groups are created.
class File {
  public:
    /// Replaces what was there. One rank.
    static File create(const std::filesystem::path& path);
    /// False too where there is no such file.
    static bool is_hdf5(const std::filesystem::path& path);
    /// For reading. One rank.
    static File open(const std::filesystem::path& path);
    /// To fill in reserved datasets. One rank.
    static File open_to_fill(const std::filesystem::path& path);
    /// Collective: all ranks fill in the same file, each its own rows. Check first that each rank
    /// can open the file: where only some can, MPI hangs.
    static File open_to_fill(const std::filesystem::path& path, const Communicator& ranks);

    File(File&& other) noexcept;
    File& operator=(File&&) = delete;
    /// Closes; Collective if the file was opened by all ranks. Swallows failures, close() does not.
    ~File();
    void close();

    // What follows is for files that one rank created.

    void write_attribute(const std::string& object, const std::string& name,
                         const AttributeValue& value);
    /// Reserves room that write_rows fills in later.
    void reserve(const std::string& path, Type type, const Dims& dims);
    /// Room for one dimension of any length, in chunks of `rows`.
    void reserve_chunks(const std::string& path, Type type, std::int64_t length, std::int64_t rows);
    template <class T>
    void write(const std::string& path, const Dims& dims, std::span<const T> values) {
        write_all(path, type_of<T>(), dims, values.data(), values.size());
    }
    void write_texts(const std::string& path, std::span<const std::string> texts);
    void write_text(const std::string& path, const std::string& text);
    /// A dataset whose rows are those of `parts`, one after the other. Rows of a part that is
    /// missing read as -1 (unsigned: the largest value).
    void write_virtual(const std::string& path, Type type, std::span<const VirtualPart> parts);
    /// An axis with a length and no values, as netCDF writes it. Takes no room.
    void write_bare_axis(const std::string& path, std::int64_t length);
    /// Makes a written dataset an axis that others can be attached to.
    void make_axis(const std::string& path);
    void attach_axis(const std::string& path, int dimension, const std::string& axis);

    // A part of a dataset, on any rank.

    template <class T>
    void write_rows(const std::string& path, std::int64_t first, std::span<const T> values) {
        write_slab(path, type_of<T>(), {first}, {static_cast<std::int64_t>(values.size())},
                   values.data());
    }
    void write_slab(const std::string& path, Type type, const Dims& first, const Dims& counts,
                    const void* values);
    /// Of a dataset with one dimension.
    void read_slab(const std::string& path, Type type, std::int64_t first, std::int64_t rows,
                   void* values) const;

    // Reading.

    bool has(const std::string& path) const;
    bool has_attribute(const std::string& object, const std::string& name) const;
    AttributeValue attribute(const std::string& object, const std::string& name) const;
    /// Names of an object's attributes.
    std::vector<std::string> attributes(const std::string& object) const;
    Dims dims(const std::string& path) const;
    /// none where it is a type that annelid does not write.
    Type type(const std::string& path) const;
    /// Throws InputError where the file holds fewer bytes than the dataset's shape says, so that a
    /// small file takes little memory and time. read() and read_texts() do so themselves, except of
    /// virtual datasets, whose bytes are elsewhere.
    void check_stored(const std::string& path) const;
    template <class T>
    std::vector<T> read(const std::string& path) const {
        std::vector<T> out(static_cast<std::size_t>(num_values(path)));
        read_all(path, type_of<T>(), out.data());
        return out;
    }
    std::vector<std::string> read_texts(const std::string& path) const;
    /// All datasets, groups first to last by name.
    std::vector<DatasetInfo> datasets() const;

  private:
    File(std::filesystem::path path, std::int64_t id, bool writing);

    /// The new dataset's id; type, space and properties are HDF5 ids too.
    std::int64_t create_dataset(const std::string& path, std::int64_t type, std::int64_t space,
                                std::int64_t properties);
    void write_all(const std::string& path, Type type, const Dims& dims, const void* values,
                   std::size_t count);
    void write_characters(const std::string& path, const Dims& dims,
                          std::span<const std::string> texts);
    void read_all(const std::string& path, Type type, void* values) const;
    std::int64_t num_values(const std::string& path) const;
    bool is_virtual(const std::string& path) const;
    /// `left`: how many further objects are looked at.
    void list(const std::string& group, int depth, std::size_t& left,
              std::vector<DatasetInfo>& out) const;
    [[noreturn]] void refuse(const std::string& why) const;

    /// The id or state that an HDF5 call returned; throws where it is a failure.
    std::int64_t checked(std::int64_t result, std::string_view what) const;
    [[noreturn]] void fail(std::string_view what) const;

    std::filesystem::path path_;
    std::int64_t id_;
    bool writing_;
};

}  // namespace annelid::hdf5
