#include "engine/files/checkpoint_file.hpp"

#include "engine/base/errors.hpp"
#include "engine/files/checkpoint_seal.hpp"
#include "engine/files/checksum.hpp"
#include "engine/files/hdf5_file.hpp"
#include "engine/files/output_folder.hpp"
#include "engine/files/shared_fate.hpp"
#include "engine/files/trial.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid {

namespace fs = std::filesystem;

namespace {

constexpr const char* format = "annelid checkpoint";
constexpr const char* format_version = "1.0";
constexpr const char* checksum_name = "checksum";
constexpr const char* advice =
    ": make room or mend permissions; the checkpoint before is as it was";
/// Written and read at once.
constexpr std::int64_t block_bytes = 64 << 20;

/// A table over all ranks.
struct Listed {
    std::string name;
    StateTable::Of of = StateTable::Of::hosts;
    std::string columns;
    std::int64_t rows = 0;
    std::int64_t first = 0;  ///< row of this rank
};

std::string hosts_path(std::size_t table) {
    return fmt::format("/tables/{:04}/hosts", table);
}
std::string values_path(std::size_t table) {
    return fmt::format("/tables/{:04}/values", table);
}

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

/// Collective. Of all ranks' bytes, one rank's after the other's.
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

/// A number for all but the rows, of which there is one for each table.
std::int64_t checksum_of_head(const CheckpointHead& head, const std::vector<Listed>& tables,
                              const std::vector<std::int64_t>& checksums) {
    std::string all = head.scenario;
    for (const auto& [name, value] : head.attributes) {
        all += fmt::format("\n{} = ", name);
        std::visit([&](const auto& v) { all += fmt::format("{}", v); }, value);
    }
    for (const Listed& table : tables) {
        all += fmt::format("\n{} {} {} {}", table.name, static_cast<int>(table.of), table.columns,
                           table.rows);
    }
    all += fmt::format("\n{}", fmt::join(checksums, " "));
    return static_cast<std::int64_t>(name_hash(all) >> 1);
}

/// First rank: all but the rows.
void create(const fs::path& path, const CheckpointHead& head, const std::vector<Listed>& tables,
            const std::vector<std::int64_t>& checksums) {
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
    file.write<std::int64_t>("/table/checksum", {2 * std::ssize(tables)}, checksums);
    file.write_attribute("/", checksum_name, checksum_of_head(head, tables, checksums));
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

/// What the file says of its tables, checked against what is in it.
struct Contents {
    std::vector<Listed> tables;
    std::vector<std::int64_t> checksums;
};

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

/// Reads the tables and hands each row to whom it is for.
class TableReader {
  public:
    TableReader(const fs::path& path, const Partition& partition, Communicator& ranks)
        : path_(path), partition_(partition), ranks_(ranks) {}

    /// Collective.
    StateTables read() {
        Contents contents;
        together([&] {
            file_.emplace(hdf5::File::open(path_));
            contents = read_contents(*file_, path_.string());
        });
        StateTables out;
        for (std::size_t i = 0; i < contents.tables.size(); ++i) {
            const Listed& listed = contents.tables[i];
            StateTable& table = out[listed.name];
            table.of = listed.of;
            table.columns = listed.columns;
            read(i, listed, table, {contents.checksums[2 * i], contents.checksums[2 * i + 1]});
        }
        return out;
    }

  private:
    /// Collective. What fails on one rank fails on all.
    template <class Work>
    void together(const Work& work) {
        SharedFate fate(ranks_);
        fate.attempt(work);
        fate.join<InputError>("");
    }

    /// Collective. Each rank reads an even share of the rows; of rows that are not of hosts the
    /// first rank reads all, or every rank does.
    void read(std::size_t number, const Listed& listed, StateTable& table,
              const std::pair<std::int64_t, std::int64_t>& checksums) {
        const bool spread = listed.of == StateTable::Of::hosts;
        const bool mine = spread || listed.of == StateTable::Of::all || ranks_.is_first();
        const std::int64_t r = ranks_.rank(), n = ranks_.size();
        const auto cut = [&](std::int64_t share) {
            return static_cast<std::int64_t>(static_cast<__int128>(listed.rows) * share / n);
        };
        const std::int64_t begin = spread ? cut(r) : 0;
        const std::int64_t end = spread ? cut(r + 1) : mine ? listed.rows : 0;
        const auto width = static_cast<std::int64_t>(state_row_bytes(listed.columns));
        const std::int64_t block = std::max<std::int64_t>(1, block_bytes / (width + 8) / n);
        Checksum of_hosts, of_values;
        for (std::int64_t round = 0; round < ranks_.max((end - begin + block - 1) / block);
             ++round) {
            const std::int64_t first = std::min(end, begin + round * block);
            const std::int64_t rows = std::min(end, first + block) - first;
            std::vector<std::int64_t> hosts(static_cast<std::size_t>(spread ? rows : 0));
            std::vector<std::byte> values(static_cast<std::size_t>(rows * width));
            together([&] {
                if (!hosts.empty()) {
                    file_->read_slab(hosts_path(number), hdf5::Type::int64, first, rows,
                                     hosts.data());
                }
                if (!values.empty()) {
                    file_->read_slab(values_path(number), hdf5::Type::uint8, first * width,
                                     rows * width, values.data());
                }
                for (const std::int64_t host : hosts) {
                    if (host < 0 || host >= partition_.num_hosts()) {
                        throw InputError(fmt::format("{} (table {} names host {}, there are {})",
                                                     path_.string(), listed.name, host,
                                                     partition_.num_hosts()));
                    }
                }
            });
            of_hosts.add(std::as_bytes(std::span<const std::int64_t>(hosts)));
            of_values.add(values);
            if (spread) {
                deal(hosts, values, static_cast<std::size_t>(width), table);
            } else {
                table.values.insert(table.values.end(), values.begin(), values.end());
                table.rows += rows;
            }
        }
        // What all ranks have read counts once.
        const bool counts = listed.of != StateTable::Of::all || ranks_.is_first();
        const auto together = [&](const Checksum& mine) {
            return checksum_together(counts ? mine : Checksum(), ranks_);
        };
        const bool hosts_fit = together(of_hosts) == checksums.first;
        if (together(of_values) != checksums.second || !hosts_fit) {
            throw InputError(fmt::format("{} (table {} is damaged: its checksum is another one)",
                                         path_.string(), listed.name));
        }
    }

    /// Collective. Sends rows to the owners of their hosts.
    void deal(const std::vector<std::int64_t>& hosts, const std::vector<std::byte>& values,
              std::size_t width, StateTable& table) {
        std::vector<std::vector<std::int64_t>> hosts_to(static_cast<std::size_t>(ranks_.size()));
        std::vector<std::vector<std::byte>> values_to(hosts_to.size());
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            const auto to = static_cast<std::size_t>(partition_.owner(HostId{hosts[i]}));
            hosts_to[to].push_back(hosts[i]);
            const auto row = values.begin() + static_cast<std::ptrdiff_t>(i * width);
            values_to[to].insert(values_to[to].end(), row,
                                 row + static_cast<std::ptrdiff_t>(width));
        }
        const std::vector<std::int64_t> my_hosts = ranks_.exchange(hosts_to);
        const std::vector<std::byte> my_values = ranks_.exchange(values_to);
        table.hosts.insert(table.hosts.end(), my_hosts.begin(), my_hosts.end());
        table.values.insert(table.values.end(), my_values.begin(), my_values.end());
        table.rows += std::ssize(my_hosts);
    }

    fs::path path_;
    const Partition& partition_;
    Communicator& ranks_;
    std::optional<hdf5::File> file_;
};

void check_sealed(const fs::path& path) {
    const std::string why = why_unsealed(path);
    if (!why.empty()) {
        throw InputError(fmt::format("{} ({})", path.string(), why));
    }
}

/// Of a file that is sealed.
CheckpointHead read_head(const fs::path& path) {
    const std::string name = path.string();
    const auto file = hdf5::File::open(path);
    const auto text = [&](const char* attribute) {
        if (!file.has_attribute("/", attribute)) {
            return std::string();
        }
        const hdf5::AttributeValue value = file.attribute("/", attribute);
        const auto* found = std::get_if<std::string>(&value);
        return found == nullptr ? std::string() : *found;
    };
    if (text("format") != format) {
        throw InputError(fmt::format("{} (no checkpoint of annelid)", name));
    }
    if (text("format_version") != format_version) {
        throw InputError(fmt::format(
            "{} (of format version {}, this program reads {}): use the program that wrote it", name,
            text("format_version"), format_version));
    }
    CheckpointHead head;
    for (const std::string& attribute : file.attributes("/")) {
        head.attributes[attribute] = file.attribute("/", attribute);
    }
    const std::vector<std::string> scenario = file.read_texts("/scenario");
    head.scenario = scenario.empty() ? "" : scenario.front();
    // What is checked are the attributes that were there when it was written.
    const std::int64_t wanted = head.number(checksum_name);
    head.attributes.erase(checksum_name);
    head.attributes.erase("format");
    head.attributes.erase("format_version");
    const Contents contents = read_contents(file, name);
    if (checksum_of_head(head, contents.tables, contents.checksums) != wanted) {
        throw InputError(
            fmt::format("{} (damaged: what it says of itself has another checksum)", name));
    }
    return head;
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

/// Looks into every corner of a file that may be made to do harm.
void look_through(const fs::path& path) {
    read_head(path);
    const auto file = hdf5::File::open(path);
    const Contents contents = read_contents(file, path.string());
    for (std::size_t i = 0; i < contents.tables.size(); ++i) {
        const Listed& table = contents.tables[i];
        std::int64_t host = 0;
        std::uint8_t byte = 0;
        if (table.of == StateTable::Of::hosts) {
            file.read_slab(hosts_path(i), hdf5::Type::int64, table.rows - 1, 1, &host);
        }
        if (const auto width = static_cast<std::int64_t>(state_row_bytes(table.columns))) {
            file.read_slab(values_path(i), hdf5::Type::uint8, table.rows * width - 1, 1, &byte);
        }
    }
}

}  // namespace

std::int64_t CheckpointHead::number(const std::string& name) const {
    const auto found = attributes.find(name);
    const auto* value =
        found == attributes.end() ? nullptr : std::get_if<std::int64_t>(&found->second);
    if (value == nullptr) {
        throw InputError("checkpoint (its attribute " + name + " is missing)");
    }
    return *value;
}

std::string CheckpointHead::text(const std::string& name) const {
    const auto found = attributes.find(name);
    const auto* value =
        found == attributes.end() ? nullptr : std::get_if<std::string>(&found->second);
    if (value == nullptr) {
        throw InputError("checkpoint (its attribute " + name + " is missing)");
    }
    return *value;
}

fs::path previous_checkpoint(const fs::path& file) {
    return file.string() + ".previous";
}

void write_checkpoint(const fs::path& path, const CheckpointHead& head, const StateTables& tables,
                      bool keeps_one, Communicator& ranks) {
    const std::vector<Listed> listed = list_tables(tables, ranks);
    std::vector<std::int64_t> checksums;
    for (const Listed& table : listed) {
        const Rows rows = rows_of(tables, table, ranks);
        for (const auto bytes : {std::as_bytes(rows.hosts), rows.values}) {
            checksums.push_back(checksum_together(Checksum(bytes), ranks));
        }
    }
    TemporaryFile temporary(path, ranks.is_first());
    SharedFate fate(ranks);
    if (ranks.is_first()) {
        fate.attempt([&] { create(temporary.path(), head, listed, checksums); });
    }
    fate.join<OutputError>(advice);
    if (ranks.size() > 1) {
        // MPI hangs where only some ranks can open a file, so each tries on its own first.
        fate.attempt([&] { check_can_open(temporary.path()); });
        fate.join<OutputError>(advice);
    }
    std::optional<hdf5::File> file;
    fate.attempt([&] {
        file.emplace(ranks.size() > 1 ? hdf5::File::open_to_fill(temporary.path(), ranks)
                                      : hdf5::File::open_to_fill(temporary.path()));
    });
    fate.join<OutputError>(advice);
    fate.attempt([&] { fill(*file, listed, tables, ranks); });
    fate.always([&] { file->close(); });
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

CheckpointHead read_checkpoint_head(const fs::path& path, Communicator& ranks) {
    CheckpointHead head;
    SharedFate fate(ranks);
    if (ranks.is_first()) {
        fate.attempt([&] {
            check_sealed(path);
            try_out(path, [&] { look_through(path); });
            head = read_head(path);
        });
    }
    std::error_code ignored;
    const bool other =
        path.extension() != ".previous" && fs::exists(previous_checkpoint(path), ignored);
    fate.join<InputError>(other ? fmt::format(": try the one before it, --restart {}",
                                              previous_checkpoint(path).string())
                                : ": give another checkpoint, or start anew without --restart");
    // The others read the head from the file too, which is known to be whole.
    if (!ranks.is_first()) {
        fate.attempt([&] { head = read_head(path); });
    }
    fate.join<InputError>("");
    return head;
}

bool is_checkpoint(const fs::path& path) {
    return has_seal(path);
}

std::string describe_checkpoint(const fs::path& path) {
    check_sealed(path);
    try_out(path, [&] { look_through(path); });
    const CheckpointHead head = read_head(path);
    const double hours = static_cast<double>(head.number("time_us")) / 3.6e9;
    const std::int64_t replicates = head.number("replicates");
    const std::string replicate =
        replicates == 0 ? ""
                        : fmt::format("replicate {} of {}, ", head.number("index"), replicates);
    return fmt::format(
        "{}\nCheckpoint: {}{:.4g} h after the start; {} hosts, seed {}\n"
        "Whole:      all of it is as it was written\n"
        "Run file:   {} (beside it), with {} events until then\n"
        "Made by:    annelid {} ({})\n"
        "Go on:      annelid run SCENARIO.toml --restart {}\n",
        path.string(), replicate, hours, head.number("hosts"), head.number("seed"),
        head.text("run_file"), head.number("events"), head.text("version"), head.text("git_commit"),
        path.string());
}

StateTables read_checkpoint_tables(const fs::path& path, const Partition& partition,
                                   Communicator& ranks) {
    return TableReader(path, partition, ranks).read();
}

}  // namespace annelid
