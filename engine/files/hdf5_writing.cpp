// Files being written.
#include "engine/files/hdf5_types.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <hdf5_hl.h>

namespace annelid::hdf5 {

namespace {

hid_t new_dataset_properties() {
    const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
    if (properties >= 0 && H5Pset_obj_track_times(properties, false) < 0) {
        H5Pclose(properties);
        return -1;
    }
    return properties;
}

/// Missing groups are made on the way.
hid_t new_link_properties() {
    const hid_t properties = H5Pcreate(H5P_LINK_CREATE);
    if (properties >= 0 && H5Pset_create_intermediate_group(properties, 1) < 0) {
        H5Pclose(properties);
        return -1;
    }
    return properties;
}

/// HDF5 takes % in the names of parts for a pattern.
std::string without_patterns(const std::string& name) {
    std::string out;
    for (const char c : name) {
        out.append(c == '%' ? 2 : 1, c);
    }
    return out;
}

}  // namespace

void File::write_attribute(const std::string& object, const std::string& name,
                           const AttributeValue& value) {
    const std::string what = fmt::format("write attribute {} of {}", name, object);
    Handle type(checked(new_text_type(), what), H5Tclose);
    const Handle space(checked(H5Screate(H5S_SCALAR), what), H5Sclose);
    const auto create = [&](hid_t on_disk) {
        return checked(H5Acreate_by_name(id_, object.c_str(), name.c_str(), on_disk, space,
                                         H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                       what);
    };
    if (const auto* text = std::get_if<std::string>(&value)) {
        const Handle attribute(create(type), H5Aclose);
        const char* characters = text->c_str();
        checked(H5Awrite(attribute, type, &characters), what);
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
        const Handle attribute(create(H5T_STD_I64LE), H5Aclose);
        checked(H5Awrite(attribute, H5T_NATIVE_INT64, number), what);
    } else {
        const Handle attribute(create(H5T_IEEE_F64LE), H5Aclose);
        checked(H5Awrite(attribute, H5T_NATIVE_DOUBLE, &std::get<double>(value)), what);
    }
}

std::int64_t File::create_dataset(const std::string& path, std::int64_t type, std::int64_t space,
                                  std::int64_t properties) {
    const std::string what = "create " + path;
    const Handle links(checked(new_link_properties(), what), H5Pclose);
    return checked(H5Dcreate2(id_, path.c_str(), type, space, links, properties, H5P_DEFAULT),
                   what);
}

void File::reserve(const std::string& path, Type type, const Dims& dims) {
    const std::string what = "reserve room for " + path;
    const Handle space(checked(new_space(dims), what), H5Sclose);
    const Handle properties(checked(new_dataset_properties(), what), H5Pclose);
    // Room now, so that ranks can write into it on their own; no fill, as all of it is written.
    checked(H5Pset_alloc_time(properties, H5D_ALLOC_TIME_EARLY), what);
    checked(H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER), what);
    const Handle dataset(create_dataset(path, number_on_disk(type), space, properties), H5Dclose);
}

void File::reserve_chunks(const std::string& path, Type type, std::int64_t length,
                          std::int64_t rows) {
    if (length == 0) {
        reserve(path, type, {0});
        return;
    }
    const std::string what = "reserve room for " + path;
    const hsize_t chunk = static_cast<hsize_t>(std::min(rows, length));
    const Handle space(checked(new_space({length}), what), H5Sclose);
    const Handle properties(checked(new_dataset_properties(), what), H5Pclose);
    checked(H5Pset_chunk(properties, 1, &chunk), what);
    checked(H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER), what);
    const Handle dataset(create_dataset(path, number_on_disk(type), space, properties), H5Dclose);
}

void File::write_all(const std::string& path, Type type, const Dims& dims, const void* values,
                     std::size_t count) {
    if (count != product(dims)) {
        throw std::logic_error(
            fmt::format("{} takes {} values, got {}", path, product(dims), count));
    }
    reserve(path, type, dims);
    if (count > 0) {
        const std::string what = "write " + path;
        const Handle dataset(checked(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), what), H5Dclose);
        checked(H5Dwrite(dataset, number_in_memory(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, values),
                what);
    }
}

void File::write_texts(const std::string& path, std::span<const std::string> texts) {
    write_characters(path, {static_cast<std::int64_t>(texts.size())}, texts);
}

void File::write_text(const std::string& path, const std::string& text) {
    write_characters(path, {}, std::span(&text, 1));
}

void File::write_characters(const std::string& path, const Dims& dims,
                            std::span<const std::string> texts) {
    const std::string what = "write " + path;
    std::vector<const char*> characters;
    for (const std::string& text : texts) {
        characters.push_back(text.c_str());
    }
    const Handle type(checked(new_text_type(), what), H5Tclose);
    const Handle space(checked(new_space(dims), what), H5Sclose);
    const Handle properties(checked(new_dataset_properties(), what), H5Pclose);
    const Handle dataset(create_dataset(path, type, space, properties), H5Dclose);
    if (!texts.empty()) {
        // HDF5 would clear two buffers of 1 MB for each of our short lists.
        const Handle transfer(checked(H5Pcreate(H5P_DATASET_XFER), what), H5Pclose);
        checked(H5Pset_buffer(transfer, 1 << 14, nullptr, nullptr), what);
        checked(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, transfer, characters.data()), what);
    }
}

void File::write_virtual(const std::string& path, Type type, std::span<const VirtualPart> parts) {
    const std::string what = "write " + path;
    std::int64_t rows = 0;
    for (const VirtualPart& part : parts) {
        rows += part.rows;
    }
    if (rows == 0) {
        reserve(path, type, {0});
        return;
    }
    const Handle space(checked(new_space({rows}), what), H5Sclose);
    const Handle properties(checked(new_dataset_properties(), what), H5Pclose);
    const std::int64_t missing = -1;
    const std::uint8_t missing_byte = std::numeric_limits<std::uint8_t>::max();
    checked(type == Type::uint8 ? H5Pset_fill_value(properties, H5T_NATIVE_UINT8, &missing_byte)
                                : H5Pset_fill_value(properties, H5T_NATIVE_INT64, &missing),
            what);
    hsize_t first = 0;
    for (const VirtualPart& part : parts) {
        const hsize_t count = static_cast<hsize_t>(part.rows);
        if (count == 0) {
            continue;
        }
        const Handle source(checked(new_space({part.rows}), what), H5Sclose);
        checked(H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, nullptr, &count, nullptr), what);
        const std::string file = without_patterns(part.file);
        checked(H5Pset_virtual(properties, space, file.c_str(), part.dataset.c_str(), source),
                what);
        first += count;
    }
    checked(H5Sselect_all(space), what);
    const Handle dataset(create_dataset(path, number_on_disk(type), space, properties), H5Dclose);
}

void File::write_bare_axis(const std::string& path, std::int64_t length) {
    const std::string what = "write axis " + path;
    const Handle space(checked(new_space({length}), what), H5Sclose);
    const Handle properties(checked(new_dataset_properties(), what), H5Pclose);
    const Handle dataset(create_dataset(path, H5T_STD_U8LE, space, properties), H5Dclose);
    // The name by which netCDF knows a dimension without a variable; ten characters for the length.
    const auto name =
        fmt::format("This is a netCDF dimension but not a netCDF variable.{:>10}", length);
    checked(H5DSset_scale(dataset, name.c_str()), what);
}

void File::make_axis(const std::string& path) {
    const std::string what = "make an axis of " + path;
    const Handle dataset(checked(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), what), H5Dclose);
    checked(H5DSset_scale(dataset, path.substr(path.rfind('/') + 1).c_str()), what);
}

void File::attach_axis(const std::string& path, int dimension, const std::string& axis) {
    const std::string what = fmt::format("attach {} to {}", axis, path);
    const Handle dataset(checked(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), what), H5Dclose);
    const Handle scale(checked(H5Dopen2(id_, axis.c_str(), H5P_DEFAULT), what), H5Dclose);
    checked(H5DSattach_scale(dataset, scale, static_cast<unsigned>(dimension)), what);
}

void File::write_slab(const std::string& path, Type type, const Dims& first, const Dims& counts,
                      const void* values) {
    const std::string what = "write " + path;
    const std::vector<hsize_t> start(first.begin(), first.end());
    const std::vector<hsize_t> count(counts.begin(), counts.end());
    const Handle dataset(checked(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), what), H5Dclose);
    const Handle space(checked(H5Dget_space(dataset), what), H5Sclose);
    const Handle memory(checked(new_space(counts), what), H5Sclose);
    checked(
        H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
        what);
    checked(H5Dwrite(dataset, number_in_memory(type), memory, space, H5P_DEFAULT, values), what);
}

}  // namespace annelid::hdf5
