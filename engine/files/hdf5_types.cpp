#include "engine/files/hdf5_types.hpp"

#include <numeric>
#include <stdexcept>

namespace annelid::hdf5 {

hid_t number_on_disk(Type type) {
    switch (type) {
        case Type::uint8:
            return H5T_STD_U8LE;
        case Type::uint16:
            return H5T_STD_U16LE;
        case Type::uint32:
            return H5T_STD_U32LE;
        case Type::uint64:
            return H5T_STD_U64LE;
        case Type::int32:
            return H5T_STD_I32LE;
        case Type::int64:
            return H5T_STD_I64LE;
        case Type::float32:
            return H5T_IEEE_F32LE;
        case Type::float64:
            return H5T_IEEE_F64LE;
        default:
            throw std::logic_error("not a type of numbers");
    }
}

hid_t number_in_memory(Type type) {
    switch (type) {
        case Type::uint8:
            return H5T_NATIVE_UINT8;
        case Type::uint16:
            return H5T_NATIVE_UINT16;
        case Type::uint32:
            return H5T_NATIVE_UINT32;
        case Type::uint64:
            return H5T_NATIVE_UINT64;
        case Type::int32:
            return H5T_NATIVE_INT32;
        case Type::int64:
            return H5T_NATIVE_INT64;
        case Type::float32:
            return H5T_NATIVE_FLOAT;
        case Type::float64:
            return H5T_NATIVE_DOUBLE;
        default:
            throw std::logic_error("not a type of numbers");
    }
}

hid_t new_text_type() {
    const hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 &&
        (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)) {
        H5Tclose(type);
        return -1;
    }
    return type;
}

Type type_on_disk(hid_t type) {
    for (const Type number : {Type::uint8, Type::uint16, Type::uint32, Type::uint64, Type::int32,
                              Type::int64, Type::float32, Type::float64}) {
        if (H5Tequal(type, number_on_disk(number)) > 0) {
            return number;
        }
    }
    return H5Tget_class(type) == H5T_STRING ? Type::text : Type::none;
}

hid_t new_space(const Dims& dims) {
    if (dims.empty()) {
        return H5Screate(H5S_SCALAR);
    }
    const std::vector<hsize_t> lengths(dims.begin(), dims.end());
    return H5Screate_simple(static_cast<int>(lengths.size()), lengths.data(), nullptr);
}

/// A dataset needs no time stamp: two runs of the same scenario give the same bytes.
std::size_t product(const Dims& dims) {
    // Unsigned: of a damaged file lengths before one of 0 may be huge.
    return std::accumulate(dims.begin(), dims.end(), std::size_t{1},
                           [](std::size_t values, std::int64_t length) {
                               return values * static_cast<std::size_t>(length);
                           });
}

std::string_view type_name(Type type) {
    constexpr std::string_view names[] = {"none",  "uint8", "uint16",  "uint32",  "uint64",
                                          "int32", "int64", "float32", "float64", "text"};
    return names[static_cast<std::size_t>(type)];
}

std::int64_t type_bytes(Type type) {
    constexpr std::int64_t bytes[] = {0, 1, 2, 4, 8, 4, 8, 4, 8, 0};
    return bytes[static_cast<std::size_t>(type)];
}

}  // namespace annelid::hdf5
