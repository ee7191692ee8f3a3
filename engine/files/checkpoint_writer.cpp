// How a checkpoint comes about: the first rank lays it out, all write their rows.
#include "engine/base/errors.hpp"
#include "engine/files/checkpoint_contents.hpp"
#include "engine/files/checkpoint_seal.hpp"
#include "engine/files/open_by_all.hpp"
#include "engine/files/output_folder.hpp"
#include "engine/files/shared_fate.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

namespace annelid {

namespace fs = std::filesystem;

namespace {

using namespace checkpoint;

constexpr const char* advice =
    ": make room or mend permissions; the checkpoint before is as it was";

std::int64_t rows_kept(const StateTable& table, const Communicator& ranks) {
    return table.of == StateTable::Of::all && !ranks.is_first() ? 0 : table.rows;
}

/// Collective. What tables there are on any rank; a rank without rows does not know the columns.
std::vector<Listed> list_tables(const StateTables& tables, const Communicator& ranks) {
    std::string mine;
    for (const auto& [name, table] : tables) {
        if (rows_kept(table, ranks) > 0) {
            mine += fmt::format("{}\n{}\n{}\n", name, static_cast<int>(table.of), table.columns);
        }
    }
    const std::vector<char> all = ranks.gather_all<char>(mine);
    std::istringstream lines(std::string(all.begin(), all.end()));
    std::map<std::string, Listed> found;
    for (std::string name, of, columns;
         std::getline(lines, name) && std::getline(lines, of) && std::getline(lines, columns);) {
        found[name] = {name, static_cast<StateTable::Of>(of[0] - '0'), columns};
    }
    std::vector<Listed> out;
    for (auto& [name, table] : found) {
        const auto own = tables.find(name);
        const std::int64_t rows = own == tables.end() ? 0 : rows_kept(own->second, ranks);
        const std::vector<std::int64_t> by_rank = ranks.gather_all(std::span(&rows, 1));
        for (int r = 0; r < ranks.size(); ++r) {
            table.first += r < ranks.rank() ? by_rank[static_cast<std::size_t>(r)] : 0;
            table.rows += by_rank[static_cast<std::size_t>(r)];
        }
        out.push_back(table);
    }
    return out;
}

/// This rank's rows of a table; nothing where it has none.
struct Rows {
    std::span<const std::int64_t> hosts;
    std::span<const std::byte> values;
};

Rows rows_of(const StateTables& tables, const Listed& listed, const Communicator& ranks) {
    const auto own = tables.find(listed.name);
    if (own == tables.end() || rows_kept(own->second, ranks) == 0) {
        return {};
    }
    return {own->second.hosts, own->second.values};
}

/// First rank: all but the rows.
void create(const fs::path& path, const CheckpointHead& head, const Contents& contents) {
    const std::vector<Listed>& tables = contents.tables;
    auto file = hdf5::File::create(path);
    file.write_attribute("/", "format", std::string(format));
    file.write_attribute("/", "format_version", std::string(format_version));
    for (const auto& [name, value] : head.attributes) {
        file.write_attribute("/", name, value);
    }
    file.write_text("/scenario", head.scenario);
    std::vector<std::string> names, columns;
    std::vector<std::int64_t> rows, of;
    for (std::size_t i = 0; i < tables.size(); ++i) {
        const Listed& table = tables[i];
        names.push_back(table.name);
        columns.push_back(table.columns);
        of.push_back(static_cast<std::int64_t>(table.of));
        rows.push_back(table.rows);
        if (table.of == StateTable::Of::hosts) {
            file.reserve(hosts_path(i), hdf5::Type::int64, {table.rows});
        }
        if (!table.columns.empty()) {
            const auto width = static_cast<std::int64_t>(state_row_bytes(table.columns));
            file.reserve(values_path(i), hdf5::Type::uint8, {table.rows * width});
        }
    }
    const hdf5::Dims length{std::ssize(tables)};
    file.write_texts("/table/name", names);
    file.write_texts("/table/columns", columns);
    file.write<std::int64_t>("/table/of", length, of);
    file.write<std::int64_t>("/table/rows", length, rows);
    file.write<std::int64_t>("/table/checksum", {2 * std::ssize(tables)}, contents.checksums);
    file.write_attribute("/", checksum_name, checksum_of_head(head, contents));
    file.close();
}

template <class T>
void write_blocks(hdf5::File& file, const std::string& path, std::int64_t first,
                  std::span<const T> values) {
    const auto block = static_cast<std::size_t>(block_bytes / static_cast<std::int64_t>(sizeof(T)));
    for (std::size_t at = 0; at < values.size(); at += block) {
        file.write_rows(path, first + static_cast<std::int64_t>(at),
                        values.subspan(at, std::min(block, values.size() - at)));
    }
}

void fill(hdf5::File& file, const std::vector<Listed>& tables, const StateTables& mine,
          const Communicator& ranks) {
    for (std::size_t i = 0; i < tables.size(); ++i) {
        const Rows rows = rows_of(mine, tables[i], ranks);
        const auto width = static_cast<std::int64_t>(state_row_bytes(tables[i].columns));
        write_blocks(file, hosts_path(i), tables[i].first, rows.hosts);
        write_blocks(file, values_path(i), tables[i].first * width,
                     std::span(reinterpret_cast<const std::uint8_t*>(rows.values.data()),
                               rows.values.size()));
    }
}

/// At every moment there is a whole file under one of the two names.
void keep_one(const fs::path& path) {
    const fs::path previous = previous_checkpoint(path), link = previous.string() + ".tmp";
    std::error_code error;
    fs::remove(link, error);
    fs::create_hard_link(path, link, error);
    if (error) {
        fs::rename(path, previous, error);  // no links here, or no file yet
    } else {
        fs::rename(link, previous, error);
    }
}

}  // namespace

fs::path previous_checkpoint(const fs::path& file) {
    return file.string() + ".previous";
}

void write_checkpoint(const fs::path& path, const CheckpointHead& head, const StateTables& tables,
                      bool keeps_one, Communicator& ranks) {
    Contents contents{list_tables(tables, ranks), {}};
    for (const Listed& table : contents.tables) {
        const Rows rows = rows_of(tables, table, ranks);
        for (const auto bytes : {std::as_bytes(rows.hosts), rows.values}) {
            contents.checksums.push_back(checksum_together(Checksum(bytes), ranks));
        }
    }
    TemporaryFile temporary(path, ranks.is_first());
    SharedFate fate(ranks);
    if (ranks.is_first()) {
        fate.attempt([&] { create(temporary.path(), head, contents); });
    }
    fate.join<OutputError>(advice);
    hdf5::File file = open_by_all(temporary.path(), ranks, advice);
    fate.attempt([&] { fill(file, contents.tables, tables, ranks); });
    fate.always([&] { file.close(); });
    fate.join<OutputError>(advice);
    if (ranks.is_first()) {
        fate.attempt([&] {
            seal(temporary.path());
            if (keeps_one) {
                keep_one(path);
            }
            temporary.commit();
        });
    }
    fate.join<OutputError>(advice);
}

}  // namespace annelid
