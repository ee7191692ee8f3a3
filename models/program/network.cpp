#include "models/program/network.hpp"

#include "engine/base/errors.hpp"
#include "models/program/data_files.hpp"

#include <fmt/format.h>

namespace annelid {

namespace fs = std::filesystem;

namespace {

struct Maker {
    std::int64_t num_vertices;
    fs::path folder;
    Seed seed;

    std::unique_ptr<EdgeSource> operator()(const NetworkFileSettings& s) const;
    std::unique_ptr<EdgeSource> operator()(const GnmSettings& s) const {
        return make_gnm(s, num_vertices, seed);
    }
    std::unique_ptr<EdgeSource> operator()(const RmatSettings& s) const {
        return make_rmat(s, num_vertices, seed);
    }
};

std::unique_ptr<EdgeSource> Maker::operator()(const NetworkFileSettings& s) const {
    static_cast<void>(s);
    throw InputError("not yet");
}

}  // namespace

Fields Network::fields() {
    Field duplicates_field{"duplicates", &duplicates, Unit::none,
                           "links named more than once: merge (the largest weight counts) or keep"};
    duplicates_field.choices = {"merge", "keep"};
    Field seed_field{"seed", &seed, Unit::none, "draws the network, whatever the outbreak"};
    seed_field.min = 0;
    return {duplicates_field, seed_field};
}

std::unique_ptr<EdgeSource> make_edges(const Network& network, std::int64_t num_vertices,
                                       const fs::path& folder, std::int64_t replicate) {
    const Seed seed{static_cast<std::uint64_t>(network.seed),
                    static_cast<std::uint64_t>(replicate)};
    return std::visit(Maker{num_vertices, folder, seed}, network.settings);
}

}  // namespace annelid
