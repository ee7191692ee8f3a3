// What the bytes of the fuzzer do to a sound HDF5 file: a list of edits. HDF5 1.10 itself crashes
// on damaged files, long before their bytes reach annelid; files that HDF5 finds sound and that say
// something wrong are what our readers have to notice.
#pragma once

#include "tests/fuzz/input_file.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <system_error>
#include <vector>

#include <hdf5.h>

namespace annelid::fuzz {

/// Takes numbers from the front of the bytes; zeros once they are used up.
class Bytes {
  public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_(data), left_(size) {}
    bool empty() const { return left_ == 0; }

    template <class T = std::uint8_t>
    T take() {
        T value{};
        const std::size_t count = std::min(sizeof(T), left_);
        std::memcpy(&value, data_, count);
        data_ += count;
        left_ -= count;
        return value;
    }
    std::size_t below(std::size_t limit) { return take<std::uint16_t>() % limit; }

  private:
    const std::uint8_t* data_;
    std::size_t left_;
};

/// A copy of a sound file, edited; closed, and kept as it then is, at the end of its scope.
class EditedFile {
  public:
    EditedFile(const std::filesystem::path& sound, const std::filesystem::path& copy) {
        require(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_ALL) == 0);  // all readers close all
        std::error_code error;
        do {  // libFuzzer looks at the clock by a signal, which may interrupt the copying
            std::filesystem::remove(copy);
            std::filesystem::copy_file(sound, copy, error);
        } while (error == std::errc::interrupted);
        require(!error);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // an edit that HDF5 refuses is none
        file_ = H5Fopen(copy.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
        require(file_ >= 0);
        if (objects_.empty()) {
            objects_.emplace_back(".");
            H5Lvisit(file_, H5_INDEX_NAME, H5_ITER_INC, &note, &objects_);
        }
    }
    ~EditedFile() { H5Fclose(file_); }
    EditedFile(const EditedFile&) = delete;
    EditedFile& operator=(const EditedFile&) = delete;

    void edit(Bytes& bytes) {
        const std::string& object = objects_[bytes.below(objects_.size())];
        switch (bytes.take() % 8) {
            case 0:
            case 1:
            case 2:
                return change_value(object, bytes);
            case 3:
                H5Ldelete(file_, object.c_str(), H5P_DEFAULT);
                return;
            case 4:
                H5Ldelete(file_, object.c_str(), H5P_DEFAULT);
                return make_dataset(object, bytes);
            case 5:
            case 6:
                return change_attribute(object, bytes);
            default:
                return make_link(object, bytes);
        }
    }

  private:
    static herr_t note(hid_t, const char* name, const H5L_info_t*, void* names) {
        static_cast<std::vector<std::string>*>(names)->emplace_back(name);
        return 0;
    }

    static herr_t note_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
        static_cast<std::vector<std::string>*>(names)->emplace_back(name);
        return 0;
    }

    /// Of numbers or texts, in the file's words; 0: the end of the list.
    static hid_t make_type(Bytes& bytes) {
        const std::array numbers{H5T_STD_I64LE, H5T_STD_U64LE,  H5T_STD_U32LE,  H5T_STD_U8LE,
                                 H5T_STD_I32BE, H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_STD_REF_OBJ};
        const std::size_t choice = bytes.take() % (numbers.size() + 3);
        if (choice < numbers.size()) {
            return H5Tcopy(numbers[choice]);
        }
        if (choice == numbers.size()) {  // fixed length, perhaps without an end
            const hid_t text = H5Tcopy(H5T_C_S1);
            H5Tset_size(text, 1 + bytes.take() % 32);
            H5Tset_strpad(text, H5T_STR_NULLPAD);
            return text;
        }
        if (choice == numbers.size() + 1) {
            const hid_t pair = H5Tcreate(H5T_COMPOUND, 16);
            H5Tinsert(pair, "a", 0, H5T_STD_I64LE);
            H5Tinsert(pair, "b", 8, H5T_IEEE_F64LE);
            return pair;
        }
        const hsize_t three = 3;
        return H5Tarray_create2(H5T_STD_I64LE, 1, &three);
    }

    /// Scalar, null, or of up to three dimensions; seldom huge.
    static hid_t make_space(Bytes& bytes) {
        const int rank = bytes.take() % 5;
        if (rank == 4) {
            return H5Screate(H5S_NULL);
        }
        if (rank == 0) {
            return H5Screate(H5S_SCALAR);
        }
        std::array<hsize_t, 3> lengths{};
        for (hsize_t& length : lengths) {
            length = bytes.take() % 24;
        }
        if (bytes.take() % 8 == 0) {
            lengths[0] = hsize_t{1} << (bytes.take() % 63);
        }
        return H5Screate_simple(rank, lengths.data(), nullptr);
    }

    void make_dataset(const std::string& name, Bytes& bytes) {
        const hid_t type = make_type(bytes), space = make_space(bytes);
        const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
        if (bytes.take() % 4 == 0 && H5Sget_simple_extent_ndims(space) == 1) {
            const hsize_t rows = 1 + bytes.take() % 16;
            H5Pset_chunk(properties, 1, &rows);
            H5Pset_deflate(properties, 1);
        }
        const hid_t dataset =
            H5Dcreate2(file_, name.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
        if (dataset >= 0) {
            const auto count = static_cast<std::size_t>(
                std::max<hssize_t>(0, H5Sget_simple_extent_npoints(space)));
            // Not their product, which can overflow.
            if (count < 65536 / H5Tget_size(type) && H5Tget_class(type) != H5T_REFERENCE) {
                std::vector<std::uint8_t> values(count * H5Tget_size(type) + 1);
                for (std::uint8_t& value : values) {
                    value = bytes.take();
                }
                H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
            }
            H5Dclose(dataset);
        }
        H5Pclose(properties);
        H5Sclose(space);
        H5Tclose(type);
    }

    /// One number of a dataset.
    void change_value(const std::string& name, Bytes& bytes) {
        const hid_t dataset = H5Dopen2(file_, name.c_str(), H5P_DEFAULT);
        if (dataset < 0) {
            return;
        }
        const hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
        const hssize_t count = H5Sget_simple_extent_npoints(space);
        const int rank = H5Sget_simple_extent_ndims(space);
        const H5T_class_t kind = H5Tget_class(type);
        // One of a huge dataset would make the file as long as that.
        const bool is_short = count > 0 && count < 65536;
        if (is_short && rank >= 0 && rank <= 8 && (kind == H5T_INTEGER || kind == H5T_FLOAT)) {
            auto at = static_cast<hsize_t>(bytes.below(static_cast<std::size_t>(count)));
            if (rank > 0) {
                std::array<hsize_t, 8> lengths{}, where{};
                H5Sget_simple_extent_dims(space, lengths.data(), nullptr);
                for (int axis = rank; axis-- > 0;) {
                    const auto a = static_cast<std::size_t>(axis);
                    where[a] = at % lengths[a];
                    at /= lengths[a];
                }
                H5Sselect_elements(space, H5S_SELECT_SET, 1, where.data());
            }
            const auto value = bytes.take<std::uint64_t>();
            const hid_t one = H5Screate(H5S_SCALAR);
            H5Dwrite(dataset, type, one, space, H5P_DEFAULT, &value);
            H5Sclose(one);
        }
        H5Sclose(space);
        H5Tclose(type);
        H5Dclose(dataset);
    }

    /// Another value of any type, or none.
    void change_attribute(const std::string& object, Bytes& bytes) {
        const hid_t owner = H5Oopen(file_, object.c_str(), H5P_DEFAULT);
        if (owner < 0) {
            return;
        }
        std::vector<std::string> names;
        H5Aiterate2(owner, H5_INDEX_NAME, H5_ITER_INC, nullptr, &note_attribute, &names);
        if (!names.empty()) {
            const std::string& name = names[bytes.below(names.size())];
            H5Adelete(owner, name.c_str());
            if (bytes.take() % 8 != 0) {
                make_attribute(owner, name.c_str(), bytes);
            }
        }
        H5Oclose(owner);
    }

    static void make_attribute(hid_t owner, const char* name, Bytes& bytes) {
        const hid_t type = make_type(bytes);
        const hid_t space = bytes.take() % 4 == 0 ? make_space(bytes) : H5Screate(H5S_SCALAR);
        const hssize_t count = H5Sget_simple_extent_npoints(space);
        const std::size_t size = H5Tget_size(type);
        if (count >= 0 && static_cast<std::size_t>(count) < 32768 / size) {
            std::vector<std::uint8_t> value(static_cast<std::size_t>(count) * size + 8);
            for (std::size_t i = 0; i < value.size(); i += 8) {
                const auto eight = bytes.take<std::uint64_t>();
                std::memcpy(value.data() + i, &eight, std::min<std::size_t>(8, value.size() - i));
            }
            const hid_t attribute = H5Acreate2(owner, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
            if (attribute >= 0) {
                if (H5Tget_class(type) != H5T_REFERENCE) {
                    H5Awrite(attribute, type, value.data());
                }
                H5Aclose(attribute);
            }
        }
        H5Sclose(space);
        H5Tclose(type);
    }

    /// To another object, to itself, to nothing, or into another file.
    void make_link(const std::string& name, Bytes& bytes) {
        H5Ldelete(file_, name.c_str(), H5P_DEFAULT);
        const std::string& other = objects_[bytes.below(objects_.size())];
        switch (bytes.take() % 3) {
            case 0:
                H5Lcreate_soft(("/" + other).c_str(), file_, name.c_str(), H5P_DEFAULT,
                               H5P_DEFAULT);
                return;
            case 1:
                H5Lcreate_external("elsewhere.h5", ("/" + other).c_str(), file_, name.c_str(),
                                   H5P_DEFAULT, H5P_DEFAULT);
                return;
            default:
                H5Lcreate_hard(file_, other.c_str(), file_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT);
        }
    }

    hid_t file_;
    /// Paths; the first is the root. A target edits one sound file only, so that they are listed
    /// once.
    static inline std::vector<std::string> objects_;
};

/// `sound` with the edits that the bytes say, at most eight, as a new file `name`.
inline std::filesystem::path edited(const std::filesystem::path& sound, const std::string& name,
                                    const std::uint8_t* data, std::size_t size) {
    Bytes bytes(data, size);
    const std::filesystem::path copy = folder().path() / name;
    EditedFile file(sound, copy);
    for (int edits = 0; edits < 8 && !bytes.empty(); ++edits) {
        file.edit(bytes);
    }
    return copy;
}

}  // namespace annelid::fuzz
