// Files of edges for tests of their readers, and what a reader makes of them.
#pragma once

#include "engine/base/errors.hpp"
#include "engine/graph/read_edges.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

namespace annelid {

/// One member of a gzip file.
inline std::string gzip(const std::string& text) {
    std::string packed(compressBound(text.size()) + 64, '\0');
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

class EdgeFiles : public ::testing::Test {
  protected:
    EdgeFiles() {
        std::string name =
            (std::filesystem::temp_directory_path() / "annelid-edges-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~EdgeFiles() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path write(const std::string& text, const std::string& name = "g.csv") const {
        std::ofstream(folder_ / name, std::ios::binary) << text;
        return folder_ / name;
    }

    EdgeList read(const std::string& text, const ReadOptions& options = {},
                  const std::string& name = "g.csv") const {
        const auto source = read_edges(write(text, name), options);
        return dynamic_cast<const EdgeList&>(*source);
    }

    /// The error without the folder's name in front.
    std::string refusal(const std::string& text, const ReadOptions& options = {},
                        const std::string& name = "g.csv") const {
        return refusal_of(write(text, name), options);
    }
    std::string refusal_of(const std::filesystem::path& file,
                           const ReadOptions& options = {}) const {
        try {
            read_edges(file, options);
            return "accepted";
        } catch (const InputError& error) {
            const std::string text = error.what(), prefix = folder_.string() + "/";
            return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
        }
    }

    std::filesystem::path folder_;
};

inline const ReadOptions weighted{.weighted = true};
inline const ReadOptions temporal{.temporal = true};
inline const ReadOptions weighted_temporal{.weighted = true, .temporal = true};

}  // namespace annelid
