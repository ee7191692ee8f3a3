#include "engine/files/hdf5_file.hpp"

#include "engine/base/errors.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#if __has_include(<H5FDdevelop.h>)
#include <H5FDdevelop.h>
#endif

#if defined(ANNELID_WITH_MPI) && !defined(H5_HAVE_PARALLEL)
#error "built with MPI, but this HDF5 is the serial one: install the parallel HDF5"
#endif

namespace annelid::hdf5 {

namespace {

static_assert(std::is_same_v<hid_t, std::int64_t>);

/// Closes an HDF5 id at the end of its scope.
class Handle {
  public:
    Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    ~Handle() { close_(id_); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    operator hid_t() const { return id_; }

  private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

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

/// HDF5 describes errors from the innermost call outwards; the innermost one is the reason.
herr_t keep_innermost(unsigned, const H5E_error2_t* error, void* text) {
    auto& out = *static_cast<std::string*>(text);
    if (out.empty() && error->desc != nullptr) {
        out = error->desc;
    }
    return 0;
}

std::string take_reason() {
    std::string reason;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &reason);
    H5Eclear2(H5E_DEFAULT);
    // "…, errno = 28, error message = 'No space left on device', …": people need the quoted part.
    const std::string mark = "error message = '";
    const auto begin = reason.find(mark);
    if (begin != std::string::npos) {
        const auto from = begin + mark.size();
        reason = reason.substr(from, reason.find('\'', from) - from);
    }
    return reason.empty() ? "HDF5 gives no reason" : reason;
}

// HDF5 does not survive a full disk: a file that cannot be closed crashes the program at its end.
// So files are written through its own POSIX driver with two calls replaced: what cannot be written
// is noted here and passed over, HDF5 closes the file in peace, and File throws.

/// Why the file that is written lost something; empty while all is well. One is written at a time.
std::string loss;
const H5FD_class_t* posix_driver = nullptr;

herr_t write_or_note(H5FD_t* file, H5FD_mem_t type, hid_t transfer, haddr_t address,
                     std::size_t size, const void* bytes) {
    if (loss.empty() && posix_driver->write(file, type, transfer, address, size, bytes) < 0) {
        loss = take_reason();
    }
    return 0;
}

herr_t truncate_or_note(H5FD_t* file, hid_t transfer, hbool_t closing) {
    if (loss.empty() && posix_driver->truncate(file, transfer, closing) < 0) {
        loss = take_reason();
    }
    return 0;
}

hid_t new_writing_driver(hid_t posix_access) {
    H5FD_t* any_file = H5FDopen("/dev/null", H5F_ACC_RDONLY, posix_access, HADDR_UNDEF);
    if (any_file == nullptr) {
        return -1;
    }
    posix_driver = any_file->cls;
    static H5FD_class_t driver = *posix_driver;
    H5FDclose(any_file);
    driver.name = "annelid";
    driver.terminate = nullptr;
    driver.write = write_or_note;
    driver.truncate = truncate_or_note;
    return H5FDregister(&driver);
}

/// No locks: files are written under names nobody else knows, and never after they got their own.
hid_t new_access_properties() {
    // HDF5 would print every error itself; ours are thrown.
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const hid_t properties = H5Pcreate(H5P_FILE_ACCESS);
    herr_t state = H5Pset_fclose_degree(properties, H5F_CLOSE_STRONG);
#if H5_VERSION_GE(1, 10, 7)
    state = std::min(state, H5Pset_file_locking(properties, false, true));
#endif
    if (properties >= 0 && state < 0) {
        H5Pclose(properties);
        return -1;
    }
    return properties;
}

hid_t new_writing_properties() {
    const hid_t properties = new_access_properties();
    static const hid_t driver = properties < 0 ? -1 : new_writing_driver(properties);
    loss.clear();
    if (properties >= 0 && H5Pset_driver(properties, driver, nullptr) < 0) {
        H5Pclose(properties);
        return -1;
    }
    return properties;
}

}  // namespace

std::string_view type_name(Type type) {
    constexpr std::string_view names[] = {"none",  "uint8", "uint16",  "uint32",  "uint64",
                                          "int32", "int64", "float32", "float64", "text"};
    return names[static_cast<std::size_t>(type)];
}

std::int64_t type_bytes(Type type) {
    constexpr std::int64_t bytes[] = {0, 1, 2, 4, 8, 4, 8, 4, 8, 0};
    return bytes[static_cast<std::size_t>(type)];
}

void File::fail(std::string_view what) const {
    const std::string reason = writing_ && !loss.empty() ? loss : take_reason();
    const std::string text = fmt::format("{} (cannot {}: {})", path_.string(), what, reason);
    if (writing_) {
        throw OutputError(text);
    }
    throw InputError(text);
}

std::int64_t File::checked(std::int64_t result, std::string_view what) const {
    if (result < 0 || (writing_ && !loss.empty())) {
        fail(what);
    }
    return result;
}

File::File(std::filesystem::path path, std::int64_t id, bool writing)
    : path_(std::move(path)), id_(id), writing_(writing) {}

File::File(File&& other) noexcept
    : path_(std::move(other.path_)), id_(std::exchange(other.id_, -1)), writing_(other.writing_) {}

File::~File() {
    if (id_ >= 0) {
        H5Fclose(id_);
    }
}

void File::close() {
    checked(H5Fclose(std::exchange(id_, -1)), "finish writing");
}

File File::create(const std::filesystem::path& path) {
    File file(path, -1, true);
    const Handle access(file.checked(new_writing_properties(), "set up"), H5Pclose);
    file.id_ =
        file.checked(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), "create it");
    return file;
}

bool File::is_hdf5(const std::filesystem::path& path) {
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    return H5Fis_hdf5(path.c_str()) > 0;
}

File File::open(const std::filesystem::path& path) {
    File file(path, -1, false);
    const Handle access(file.checked(new_access_properties(), "set up"), H5Pclose);
    // A file that comes from elsewhere does not choose which further files are opened.
    if (H5Lis_registered(H5L_TYPE_EXTERNAL) > 0) {
        file.checked(H5Lunregister(H5L_TYPE_EXTERNAL), "set up");
    }
    file.id_ = file.checked(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), "open it");
    return file;
}

File File::open_to_fill(const std::filesystem::path& path) {
    File file(path, -1, true);
    const Handle access(file.checked(new_writing_properties(), "set up"), H5Pclose);
    file.id_ = file.checked(H5Fopen(path.c_str(), H5F_ACC_RDWR, access), "open it to write");
    return file;
}

File File::open_to_fill(const std::filesystem::path& path, const Communicator& ranks) {
    if (ranks.size() == 1 || ranks.native() == nullptr) {
        return open_to_fill(path);  // MPI-IO has large fixed costs
    }
    File file(path, -1, true);
#ifdef H5_HAVE_PARALLEL
    const Handle access(file.checked(new_access_properties(), "set up"), H5Pclose);
    loss.clear();
    const auto communicator = *static_cast<const MPI_Comm*>(ranks.native());
    file.checked(H5Pset_fapl_mpio(access, communicator, MPI_INFO_NULL), "set up MPI-IO");
    file.id_ = file.checked(H5Fopen(path.c_str(), H5F_ACC_RDWR, access), "open it to write");
#endif
    return file;
}

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

namespace {

/// HDF5 takes % in the names of parts for a pattern.
std::string without_patterns(const std::string& name) {
    std::string out;
    for (const char c : name) {
        out.append(c == '%' ? 2 : 1, c);
    }
    return out;
}

std::size_t product(const Dims& dims) {
    return static_cast<std::size_t>(
        std::accumulate(dims.begin(), dims.end(), std::int64_t{1}, std::multiplies<>()));
}

/// Deflate packs no better than 1032 to 1.
constexpr double best_packing = 1100;
/// Texts of a run file are names and one scenario.
constexpr std::size_t most_text_bytes = 1 << 26;
/// Groups and datasets of a file, and how deep they lie.
constexpr std::size_t most_datasets = 10'000;
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
    list("/", 0, out);
    return out;
}

void File::list(const std::string& group, int depth, std::vector<DatasetInfo>& out) const {
    const std::string what = "list " + group;
    if (depth > deepest_group) {  // or a group that holds itself
        refuse(group + " lies too deep");
    }
    H5G_info_t info;
    checked(H5Gget_info_by_name(id_, group.c_str(), &info, H5P_DEFAULT), what);
    for (hsize_t i = 0; i < info.nlinks; ++i) {
        if (out.size() >= most_datasets) {
            refuse(fmt::format("it has more than {} datasets", most_datasets));
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
            list(path, depth + 1, out);
        } else if (H5Iget_type(object) == H5I_DATASET) {
            const Handle type(checked(H5Dget_type(object), what), H5Tclose);
            out.push_back({path, type_on_disk(type), dims(path)});
        }
    }
}

}  // namespace annelid::hdf5
