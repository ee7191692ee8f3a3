// What the hdf5_*.cpp share of the HDF5 library; nobody else includes it.
#pragma once

#include "engine/files/hdf5_file.hpp"

#include <hdf5.h>

#if defined(ANNELID_WITH_MPI) && !defined(H5_HAVE_PARALLEL)
#error "built with MPI, but this HDF5 is the serial one: install the parallel HDF5"
#endif

namespace annelid::hdf5 {

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

// Of numbers alone.
hid_t number_on_disk(Type type);
hid_t number_in_memory(Type type);

/// UTF-8 of any length; to be closed. Negative where HDF5 fails.
hid_t new_text_type();

/// none where it is a type that annelid does not write.
Type type_on_disk(hid_t type);

/// A scalar where `dims` is empty; to be closed. Negative where HDF5 fails.
hid_t new_space(const Dims& dims);

/// Number of values; 1 for a scalar.
std::size_t product(const Dims& dims);

}  // namespace annelid::hdf5
