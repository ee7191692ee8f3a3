#include "models/populations/host_attributes.hpp"

#include "engine/scenario/text.hpp"
#include "models/populations/table.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace annelid {

namespace {

constexpr std::size_t first_trait = 3;
constexpr std::size_t num_columns = first_trait + trait_names.size();
using Cells = std::array<const char*, num_columns>;

using Label = std::uint16_t;
constexpr std::size_t most_labels = 65'536;
constexpr std::size_t longest_label = 100;

std::array<std::string, num_columns> column_names() {
    std::array<std::string, num_columns> names = {"host", "country", "sector"};
    std::copy(trait_names.begin(), trait_names.end(), names.begin() + first_trait);
    return names;
}

std::string shown(std::string_view text) {
    return first_invalid_utf8(text) == std::string::npos
               ? in_quotes(shortened(std::string(text), 40))
               : "text that is not UTF-8";
}

/// The labels of a column, numbered as they come up.
class Labels {
  public:
    explicit Labels(std::string column) : column_(std::move(column)) {}

    template <class Fail>
    Label number(const char* cell, const Fail& fail) {
        if (!numbers_.empty() && cell == last_) {  // neighbours are often alike
            return last_number_;
        }
        last_ = cell;
        const auto found = numbers_.find(last_);
        if (found == numbers_.end()) {
            check(last_, fail);
            last_number_ = static_cast<Label>(numbers_.size());
            numbers_.emplace(last_, last_number_);
        } else {
            last_number_ = found->second;
        }
        return last_number_;
    }

    struct Sorted {
        std::vector<std::string> names;
        std::vector<std::int32_t> places;  ///< in `names`, by number
    };
    Sorted sorted() const {
        std::vector<std::pair<std::string, Label>> order(numbers_.begin(), numbers_.end());
        std::sort(order.begin(), order.end());
        Sorted out;
        out.places.resize(order.size());
        for (auto& [name, number] : order) {
            out.places[number] = static_cast<std::int32_t>(out.names.size());
            out.names.push_back(std::move(name));
        }
        return out;
    }

  private:
    template <class Fail>
    void check(const std::string& label, const Fail& fail) const {
        if (label.empty()) {
            fail(fmt::format("{} = \"\" (no label): write -- where it is unknown", column_));
        }
        if (label.size() > longest_label || first_invalid_utf8(label) != std::string::npos) {
            fail(fmt::format("{} = {} (a label is at most {} bytes of UTF-8): rename it", column_,
                             shown(label), longest_label));
        }
        if (numbers_.size() == most_labels) {
            fail(fmt::format("{} = {} (more than {} different ones): group them", column_,
                             shown(label), most_labels));
        }
    }

    std::string column_;
    std::unordered_map<std::string, Label> numbers_;
    std::string last_;
    Label last_number_ = 0;
};

class AttributeReader {
  public:
    AttributeReader(const std::filesystem::path& file, std::int64_t num_hosts)
        : num_hosts_(num_hosts),
          table_(file, column_names(),
                 {io::ignore_missing_column,
                  fmt::format("name each column once in the first line, by {}",
                              fmt::join(column_names(), ", ")),
                  "write as many values as the first line has names"}) {
        for (const std::string_view name : trait_names) {
            if (table_.has(std::string(name))) {
                told_ = static_cast<Traits>(told_ | *trait_bit(name));
            }
        }
    }

    HostAttributes read();

  private:
    void make_room(HostAttributes& out);
    void take(std::int64_t row, const Cells& cells, HostAttributes& out);
    std::int64_t host_of(std::int64_t row, const char* cell) const;
    void refuse_beyond(std::int64_t host) const;
    Traits traits_of(const Cells& cells) const;
    void check_complete(std::int64_t num_rows) const;
    std::vector<Cell> cells_of_hosts(const Labels::Sorted& countries,
                                     const Labels::Sorted& sectors) const;

    std::int64_t num_hosts_;
    Table<num_columns> table_;
    Traits told_ = 0;  ///< those that have a column
    Labels countries_{"country"}, sectors_{"sector"};
    std::vector<bool> given_;                    ///< by host
    std::vector<Label> country_of_, sector_of_;  ///< by host; empty without a column
};

HostAttributes AttributeReader::read() {
    HostAttributes out;
    make_room(out);
    std::int64_t row = 0;
    for (Cells cells{}; std::apply([&](auto&... cell) { return table_.next(cell...); }, cells);) {
        take(row++, cells, out);
    }
    const Labels::Sorted countries = countries_.sorted(), sectors = sectors_.sorted();
    if (num_hosts_ > 0) {
        check_complete(row);
        out.cells = cells_of_hosts(countries, sectors);
    }
    out.labels = {countries.names, sectors.names};
    return out;
}

void AttributeReader::make_room(HostAttributes& out) {
    const auto hosts = static_cast<std::size_t>(num_hosts_);
    given_.resize(hosts);
    country_of_.resize(table_.has("country") ? hosts : 0);
    sector_of_.resize(table_.has("sector") ? hosts : 0);
    out.traits.resize(told_ != 0 ? hosts : 0);
}

void AttributeReader::take(std::int64_t row, const Cells& cells, HostAttributes& out) {
    const auto fail = [&](const std::string& what) { table_.fail(what); };
    const auto host = static_cast<std::size_t>(host_of(row, cells[0]));
    const Label country = cells[1] != nullptr ? countries_.number(cells[1], fail) : Label{0};
    const Label sector = cells[2] != nullptr ? sectors_.number(cells[2], fail) : Label{0};
    const Traits traits = traits_of(cells);
    if (num_hosts_ == 0) {
        return;
    }
    if (given_[host]) {
        fail(fmt::format("host = \"{}\" (there is such a row already): remove one of them", host));
    }
    given_[host] = true;
    if (!country_of_.empty()) {
        country_of_[host] = country;
    }
    if (!sector_of_.empty()) {
        sector_of_[host] = sector;
    }
    if (!out.traits.empty()) {
        out.traits[host] = traits;
    }
}

std::int64_t AttributeReader::host_of(std::int64_t row, const char* cell) const {
    if (cell == nullptr) {
        refuse_beyond(row);
        return row;
    }
    const std::string_view text(cell);
    std::int64_t host = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), host);
    if (error != std::errc() || end != text.data() + text.size() || host < 0) {
        table_.fail(
            fmt::format("host = {} (not a whole number from 0 on): correct the row", shown(text)));
    }
    refuse_beyond(host);
    return host;
}

void AttributeReader::refuse_beyond(std::int64_t host) const {
    if (num_hosts_ > 0 && host >= num_hosts_) {
        table_.fail(
            fmt::format("host {} (there are {}, from 0 to {}): correct or remove the row, "
                        "or set population.hosts",
                        host, num_hosts_, num_hosts_ - 1));
    }
}

Traits AttributeReader::traits_of(const Cells& cells) const {
    auto traits = static_cast<Traits>(all_traits & ~told_);
    for (std::size_t i = 0; i < trait_names.size(); ++i) {
        const char* const cell = cells[first_trait + i];
        if (cell == nullptr) {
            continue;
        }
        const std::string_view text(cell);
        if (text != "0" && text != "1") {
            table_.fail(fmt::format("{} = {} (a trait is 0 or 1): correct the row", trait_names[i],
                                    shown(text)));
        }
        traits = static_cast<Traits>(traits | (text == "1" ? 1u << i : 0u));
    }
    return traits;
}

void AttributeReader::check_complete(std::int64_t num_rows) const {
    if (num_rows < num_hosts_) {  // none comes twice
        table_.fail(
            fmt::format("the last row ({} of {} hosts have none, the first is host {}): add "
                        "a row for each",
                        num_hosts_ - num_rows, num_hosts_,
                        std::find(given_.begin(), given_.end(), false) - given_.begin()));
    }
}

std::vector<Cell> AttributeReader::cells_of_hosts(const Labels::Sorted& countries,
                                                  const Labels::Sorted& sectors) const {
    std::vector<Cell> cells;
    for (std::int64_t host = 0; host < num_hosts_; ++host) {
        const auto h = static_cast<std::size_t>(host);
        const Cell cell{HostId{host}, country_of_.empty() ? 0 : countries.places[country_of_[h]],
                        sector_of_.empty() ? 0 : sectors.places[sector_of_[h]]};
        if (cells.empty() || cells.back().country != cell.country ||
            cells.back().sector != cell.sector) {
            cells.push_back(cell);
        }
    }
    cells.shrink_to_fit();
    return cells;
}

}  // namespace

HostAttributes read_host_attributes(const std::filesystem::path& file, std::int64_t num_hosts) {
    return AttributeReader(file, num_hosts).read();
}

}  // namespace annelid
