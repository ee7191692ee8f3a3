#include "engine/files/checkpoint_contents.hpp"

#include "engine/base/errors.hpp"

#include <algorithm>
#include <span>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid::checkpoint {

std::string hosts_path(std::size_t table) {
    return fmt::format("/tables/{:04}/hosts", table);
}
std::string values_path(std::size_t table) {
    return fmt::format("/tables/{:04}/values", table);
}

std::int64_t checksum_together(const Checksum& mine, const Communicator& ranks) {
    struct Piece {
        std::int64_t checksum, bytes;
    };
    const Piece piece{mine.value(), mine.bytes()};
    Checksum all;
    for (const Piece& other : ranks.gather_all(std::span(&piece, 1))) {
        all.append({static_cast<std::uint32_t>(other.checksum), other.bytes});
    }
    return all.value();
}

std::int64_t checksum_of_head(const CheckpointHead& head, const Contents& contents) {
    std::string all = head.scenario;
    for (const auto& [name, value] : head.attributes) {
        all += fmt::format("\n{} = ", name);
        std::visit([&](const auto& v) { all += fmt::format("{}", v); }, value);
    }
    for (const Listed& table : contents.tables) {
        all += fmt::format("\n{} {} {} {}", table.name, static_cast<int>(table.of), table.columns,
                           table.rows);
    }
    all += fmt::format("\n{}", fmt::join(contents.checksums, " "));
    return static_cast<std::int64_t>(name_hash(all) >> 1);
}

Contents read_contents(const hdf5::File& file, const std::string& name) {
    const auto refuse = [&](const std::string& why) {
        throw InputError(fmt::format("{} ({})", name, why));
    };
    const std::vector<std::string> names = file.read_texts("/table/name");
    const std::vector<std::string> columns = file.read_texts("/table/columns");
    const auto of = file.read<std::int64_t>("/table/of");
    const auto rows = file.read<std::int64_t>("/table/rows");
    Contents out{{}, file.read<std::int64_t>("/table/checksum")};
    if (columns.size() != names.size() || of.size() != names.size() ||
        rows.size() != names.size() || out.checksums.size() != 2 * names.size()) {
        refuse("its list of tables is damaged");
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto width = static_cast<std::int64_t>(state_row_bytes(columns[i]));
        const bool known = std::all_of(columns[i].begin(), columns[i].end(),
                                       [](char letter) { return state_bytes(letter) > 0; });
        const auto fits = [&](const std::string& path, hdf5::Type type, std::int64_t length) {
            return file.has(path) && file.type(path) == type &&
                   file.dims(path) == hdf5::Dims{length};
        };
        if (!known || of[i] < 0 || of[i] > 2 || rows[i] < 1 || rows[i] > (std::int64_t{1} << 40) ||
            (of[i] == 0 && !fits(hosts_path(i), hdf5::Type::int64, rows[i])) ||
            (width > 0 && !fits(values_path(i), hdf5::Type::uint8, rows[i] * width))) {
            refuse("its table " + names[i] + " is damaged");
        }
        out.tables.push_back({names[i], static_cast<StateTable::Of>(of[i]), columns[i], rows[i]});
    }
    return out;
}

}  // namespace annelid::checkpoint
