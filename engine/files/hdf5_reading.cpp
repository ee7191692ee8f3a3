// Files being read, which may come from anywhere.
#include "engine/base/errors.hpp"
#include "engine/files/hdf5_types.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

namespace annelid::hdf5 {

namespace {

/// Deflate packs no better than 1032 to 1.
constexpr double best_packing = 1100;
/// Texts of a run file are names and one scenario.
constexpr std::size_t most_text_bytes = 1 << 26;
/// Groups and datasets of a file, on all ways that lead to them, and how deep they lie.
constexpr std::size_t most_objects = 10'000;
constexpr int deepest_group = 16;

/// Texts can share their characters in the file, but not in memory, so these are counted.
void* allocate_text(std::size_t bytes, void* left) {
    auto& room = *static_cast<std::size_t*>(left);
    if (bytes > room) {
        return nullptr;
    }
    room -= bytes;
    return std::malloc(bytes);
}

void free_text(void* text, void*) {
    std::free(text);
}

constexpr const char* not_ours = "this is not as annelid wrote it: take another copy";

}  // namespace

void File::read_slab(const std::string& path, Type type, std::int64_t first, std::int64_t rows,
                     void* values) const {
    const std::string what = "read " + path;
    const hsize_t start = static_cast<hsize_t>(first), count = static_cast<hsize_t>(rows);
    const Handle dataset(checked(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), what), H5Dclose);
    const Handle space(checked(H5Dget_space(dataset), what), H5Sclose);
    const Handle memory(checked(new_space({rows}), what), H5Sclose);
    checked(H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, nullptr, &count, nullptr), what);
    checked(H5Dread(dataset, number_in_memory(type), memory, space, H5P_DEFAULT, values), what);
}

bool File::has(const std::string& path) const {
    // HDF5 asks that each link on the way exists before the next one is looked up.
    for (auto at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
        if (H5Lexists(id_, path.substr(0, at).c_str(), H5P_DEFAULT) <= 0) {
            return false;
        }
    }
    return H5Lexists(id_, path.c_str(), H5P_DEFAULT) > 0;
}

bool File::has_attribute(const std::string& object, const std::string& name) const {
    return H5Aexists_by_name(id_, object.c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> File::attributes(const std::string& object) const {
    const std::string what = "read the attributes of " + object;
    const Handle opened(checked(H5Oopen(id_, object.c_str(), H5P_DEFAULT), what), H5Oclose);
    std::vector<std::string> out;
    const auto keep = [](hid_t, const char* name, const H5A_info_t*, void* names) -> herr_t {
        static_cast<std::vector<std::string>*>(names)->emplace_back(name);
        return 0;
    };
    checked(H5Aiterate2(opened, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep, &out), what);
    return out;
}

AttributeValue File::attribute(const std::string& object, const std::string& name) const {
    const std::string what = fmt::format("read attribute {} of {}", name, object);
    const Handle attribute(
        checked(H5Aopen_by_name(id_, object.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), what),
        H5Aclose);
    const Handle space(checked(H5Aget_space(attribute), what), H5Sclose);
    if (H5Sget_simple_extent_npoints(space) != 1) {  // what follows has room for one
        refuse(fmt::format("attribute {} of {} is not one value", name, object));
    }
    const Handle type(checked(H5Aget_type(attribute), what), H5Tclose);
    if (H5Tget_class(type) == H5T_INTEGER) {
        std::int64_t number = 0;
        checked(H5Aread(attribute, H5T_NATIVE_INT64, &number), what);
        return number;
    }
    if (H5Tget_class(type) == H5T_FLOAT) {
        double number = 0;
        checked(H5Aread(attribute, H5T_NATIVE_DOUBLE, &number), what);
        return number;
    }
    if (H5Tis_variable_str(type) <= 0) {
        refuse(fmt::format("attribute {} of {} is not a number or a text", name, object));
    }
    const Handle text_type(checked(H5Tcopy(type), what), H5Tclose);
    char* characters = nullptr;
    checked(H5Aread(attribute, text_type, &characters), what);
    std::string text = characters == nullptr ? "" : characters;
    H5free_memory(characters);
    return text;
}

Dims File::dims(const std::string& path) const {
    const std::string what = "read the shape of " + path;
    const Handle dataset(checked(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), what), H5Dclose);
    const Handle space(checked(H5Dget_space(dataset), what), H5Sclose);
    std::vector<hsize_t> lengths(
        static_cast<std::size_t>(checked(H5Sget_simple_extent_ndims(space), what)));
    checked(H5Sget_simple_extent_dims(space, lengths.data(), nullptr), what);
    double values = 1;
    for (const hsize_t length : lengths) {
        values *= static_cast<double>(length);
    }
    if (values > 9e18) {  // counts of values are int64, and lengths with them
        refuse(fmt::format("{} has [{}] values", path, fmt::join(lengths, ", ")));
    }
    return {lengths.begin(), lengths.end()};
}

Type File::type(const std::string& path) const {
    const std::string what = "read the type of " + path;
    const Handle dataset(checked(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), what), H5Dclose);
    const Handle type(checked(H5Dget_type(dataset), what), H5Tclose);
    return type_on_disk(type);
}

std::int64_t File::num_values(const std::string& path) const {
    if (!is_virtual(path)) {
        check_stored(path);
    }
    return static_cast<std::int64_t>(product(dims(path)));
}

bool File::is_virtual(const std::string& path) const {
    const std::string what = "read " + path;
    const Handle dataset(checked(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), what), H5Dclose);
    const Handle properties(checked(H5Dget_create_plist(dataset), what), H5Pclose);
    return H5Pget_layout(properties) == H5D_VIRTUAL;
}

void File::check_stored(const std::string& path) const {
    const std::string what = "read " + path;
    const Handle dataset(checked(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), what), H5Dclose);
    const Handle properties(checked(H5Dget_create_plist(dataset), what), H5Pclose);
    if (H5Pget_external_count(properties) > 0) {
        refuse(path + " names another file for its values");
    }
    const Handle type(checked(H5Dget_type(dataset), what), H5Tclose);
    const double shape =
        static_cast<double>(product(dims(path))) * static_cast<double>(H5Tget_size(type));
    const double stored = static_cast<double>(H5Dget_storage_size(dataset));
    const bool is_packed = H5Pget_nfilters(properties) > 0;
    if (shape > stored * (is_packed ? best_packing : 1)) {
        refuse(fmt::format("{} is {:.0f} bytes by its shape, but {:.0f} are stored", path, shape,
                           stored));
    }
}

void File::refuse(const std::string& why) const {
    throw InputError(fmt::format("{} ({}): {}", path_.string(), why, not_ours));
}

void File::read_all(const std::string& path, Type type, void* values) const {
    const std::string what = "read " + path;
    const Handle dataset(checked(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), what), H5Dclose);
    checked(H5Dread(dataset, number_in_memory(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, values), what);
}

std::vector<std::string> File::read_texts(const std::string& path) const {
    const std::string what = "read " + path;
    std::vector<char*> characters(static_cast<std::size_t>(num_values(path)), nullptr);
    std::vector<std::string> out;
    if (characters.empty()) {
        return out;
    }
    const Handle dataset(checked(H5Dopen2(id_, path.c_str(), H5P_DEFAULT), what), H5Dclose);
    const Handle type(checked(new_text_type(), what), H5Tclose);
    const Handle found(checked(H5Dget_type(dataset), what), H5Tclose);
    if (H5Tis_variable_str(found) <= 0) {
        refuse(path + " has no texts of any length");
    }
    const Handle transfer(checked(H5Pcreate(H5P_DATASET_XFER), what), H5Pclose);
    std::size_t left = most_text_bytes;
    checked(H5Pset_vlen_mem_manager(transfer, allocate_text, &left, free_text, nullptr), what);
    checked(H5Dread(dataset, type, H5S_ALL, H5S_ALL, transfer, characters.data()), what);
    for (char* text : characters) {
        out.emplace_back(text == nullptr ? "" : text);
        std::free(text);
    }
    return out;
}

std::vector<DatasetInfo> File::datasets() const {
    std::vector<DatasetInfo> out;
    std::size_t left = most_objects;
    list("/", 0, left, out);
    return out;
}

void File::list(const std::string& group, int depth, std::size_t& left,
                std::vector<DatasetInfo>& out) const {
    const std::string what = "list " + group;
    if (depth > deepest_group) {  // or a group that holds itself
        refuse(group + " lies too deep");
    }
    H5G_info_t info;
    checked(H5Gget_info_by_name(id_, group.c_str(), &info, H5P_DEFAULT), what);
    for (hsize_t i = 0; i < info.nlinks; ++i) {
        if (left-- == 0) {
            refuse(fmt::format("it has more than {} groups and datasets", most_objects));
        }
        const auto name_of = [&](char* name, std::size_t size) {
            return checked(H5Lget_name_by_idx(id_, group.c_str(), H5_INDEX_NAME, H5_ITER_INC, i,
                                              name, size, H5P_DEFAULT),
                           what);
        };
        std::string name(static_cast<std::size_t>(name_of(nullptr, 0)), ' ');
        name_of(name.data(), name.size() + 1);
        const std::string path = (group == "/" ? "" : group) + "/" + name;
        const Handle object(checked(H5Oopen(id_, path.c_str(), H5P_DEFAULT), what), H5Oclose);
        if (H5Iget_type(object) == H5I_GROUP) {
            list(path, depth + 1, left, out);
        } else if (H5Iget_type(object) == H5I_DATASET) {
            const Handle type(checked(H5Dget_type(object), what), H5Tclose);
            out.push_back({path, type_on_disk(type), dims(path)});
        }
    }
}

}  // namespace annelid::hdf5
