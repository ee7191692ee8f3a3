// Files: opened, closed, and what becomes of a failing call. What is in them: hdf5_writing.cpp,
// hdf5_reading.cpp.
#include "engine/base/errors.hpp"
#include "engine/files/hdf5_types.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#if __has_include(<H5FDdevelop.h>)
#include <H5FDdevelop.h>
#endif

namespace annelid::hdf5 {

namespace {

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

}  // namespace annelid::hdf5
