// The rows of a checkpoint, dealt to the owners of their hosts.
#include "engine/base/errors.hpp"
#include "engine/files/checkpoint_contents.hpp"
#include "engine/files/shared_fate.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

namespace annelid {

namespace fs = std::filesystem;

namespace {

using namespace checkpoint;

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
        const bool hosts_fit = agree(together(of_hosts), checksums.first);
        if (!agree(together(of_values), checksums.second) || !hosts_fit) {
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

}  // namespace

StateTables read_checkpoint_tables(const fs::path& path, const Partition& partition,
                                   Communicator& ranks) {
    return TableReader(path, partition, ranks).read();
}

}  // namespace annelid
