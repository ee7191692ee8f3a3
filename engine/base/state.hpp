// What an outbreak keeps in a checkpoint: tables of rows of plain numbers. A row of a host goes to
// whoever owns that host when it is read again, so ranks and threads may be others then.
//
// Whatever has a state writes it with a StateWriter and takes it back, in an object made anew from
// the same scenario, with a StateReader. The values of a row are read as they were written, in that
// order; what does not fit is refused. The order of rows carries no meaning.
#pragma once

#include "engine/base/errors.hpp"
#include "engine/base/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace annelid {

/// A number for a name, whichever others there are (FNV-1a).
constexpr std::uint64_t name_hash(std::string_view name) {
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : name) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    }
    return hash;
}

struct StateTable {
    enum class Of : std::uint8_t {
        hosts,  ///< each row belongs to a host, and to the rank that has it
        first,  ///< what ranks add up: the first rank gets the rows of all
        all,    ///< what all ranks hold alike: all get the rows of the first
    };

    Of of = Of::hosts;
    std::string columns;              ///< a letter a value, see state_letter()
    std::vector<std::int64_t> hosts;  ///< of each row; Of::hosts only
    std::vector<std::byte> values;    ///< row after row, without gaps
    std::int64_t rows = 0;
};

/// One rank's, by name.
using StateTables = std::map<std::string, StateTable>;

/// What a column holds: d: double, b: bool, else an integer of 1, 2, 4 or 8 bytes, with sign (1 2 4
/// 8) or without (p q r s).
template <class T>
constexpr char state_letter() {
    if constexpr (std::is_enum_v<T>) {
        return state_letter<std::underlying_type_t<T>>();
    } else if constexpr (std::is_same_v<T, HostId>) {
        return '8';
    } else if constexpr (std::is_same_v<T, bool>) {
        return 'b';
    } else if constexpr (std::is_same_v<T, double>) {
        return 'd';
    } else {
        static_assert(std::is_integral_v<T> && sizeof(T) <= 8);
        constexpr std::string_view letters = std::is_signed_v<T> ? "12_4___8" : "pq_r___s";
        return letters[sizeof(T) - 1];
    }
}

/// Bytes of a value; 0 where there is no such letter.
constexpr std::size_t state_bytes(char letter) {
    switch (letter) {
        case '1':
        case 'p':
        case 'b':
            return 1;
        case '2':
        case 'q':
            return 2;
        case '4':
        case 'r':
            return 4;
        case '8':
        case 's':
        case 'd':
            return 8;
        default:
            return 0;
    }
}

/// Bytes of a row of such columns.
constexpr std::size_t state_row_bytes(std::string_view columns) {
    std::size_t sum = 0;
    for (const char letter : columns) {
        sum += state_bytes(letter);
    }
    return sum;
}

/// Fills one table. Several values come as they are, or as a std::tie of a struct's.
class RowWriter {
  public:
    explicit RowWriter(StateTable& table) : table_(&table) {}

    template <class... Values>
    void add(HostId host, const Values&... values) {
        table_->hosts.push_back(host.value);
        add_all(values...);
    }
    /// Not of a host.
    template <class... Values>
    void add_all(const Values&... values) {
        if (table_->rows++ == 0) {
            table_->columns.clear();
            (name(values), ...);
        }
        (put(values), ...);
    }

  private:
    template <class... Values>
    void put(const std::tuple<Values...>& values) {
        std::apply([&](const auto&... each) { (put(each), ...); }, values);
    }
    template <class T>
    void put(const T& value) {
        const auto* bytes = reinterpret_cast<const std::byte*>(&value);
        table_->values.insert(table_->values.end(), bytes, bytes + sizeof(T));
    }
    template <class... Values>
    void name(const std::tuple<Values...>& values) {
        std::apply([&](const auto&... each) { (name(each), ...); }, values);
    }
    template <class T>
    void name(const T&) {
        table_->columns += state_letter<T>();
    }

    StateTable* table_;
};

class StateWriter {
  public:
    explicit StateWriter(StateTables& tables, std::string path = {})
        : tables_(tables), path_(std::move(path)) {}

    /// For a part with tables of its own.
    StateWriter within(const std::string& name) const {
        return StateWriter(tables_, path_ + name + "/");
    }

    RowWriter of_hosts(const std::string& name) const { return table(name, StateTable::Of::hosts); }
    RowWriter of_first(const std::string& name) const { return table(name, StateTable::Of::first); }
    RowWriter of_all(const std::string& name) const { return table(name, StateTable::Of::all); }

  private:
    RowWriter table(const std::string& name, StateTable::Of of) const {
        StateTable& table = tables_[path_ + name];
        table.of = of;
        return RowWriter(table);
    }

    StateTables& tables_;
    std::string path_;
};

/// One row that is being read.
class StateRow {
  public:
    StateRow(const std::string& table, std::string_view columns, const std::byte* values)
        : table_(table), columns_(columns), values_(values) {}

    template <class... Values>
    void read(Values&... values) {
        (get(values), ...);
    }
    template <class... Values>
    void read(std::tuple<Values&...> values) {
        std::apply([&](Values&... each) { (get(each), ...); }, values);
    }
    /// A number below `end`.
    template <class T>
    T read_below(std::size_t end) {
        T value{};
        get(value);
        require(static_cast<std::uint64_t>(value) < end);
        return value;
    }
    /// Refuses the checkpoint unless the value that was read makes sense.
    void require(bool fits) const {
        if (!fits) {
            throw InputError("table " + table_ +
                             " (a value is out of range): use another checkpoint");
        }
    }

  private:
    template <class T>
    void get(T& value) {
        if (columns_.empty() || columns_.front() != state_letter<T>()) {
            throw InputError(
                "table " + table_ +
                " (its columns are others than expected): restart with the program that wrote it");
        }
        std::memcpy(&value, values_, sizeof(T));
        if constexpr (std::is_same_v<T, bool>) {
            value = std::to_integer<int>(*values_) != 0;
        }
        values_ += sizeof(T);
        columns_.remove_prefix(1);
    }

    const std::string& table_;
    std::string_view columns_;
    const std::byte* values_;
};

class StateReader {
  public:
    explicit StateReader(const StateTables& tables, std::string path = {})
        : tables_(tables), path_(std::move(path)) {}

    StateReader within(const std::string& name) const {
        return StateReader(tables_, path_ + name + "/");
    }

    bool has(const std::string& name) const { return tables_.contains(path_ + name); }

    /// Calls body(host, row) for the rows of this rank's hosts.
    template <class Body>
    void each_host(const std::string& name, const Body& body) const {
        each_row(name, StateTable::Of::hosts,
                 [&](const StateTable& table, std::int64_t i, StateRow& row) {
                     body(HostId{table.hosts[static_cast<std::size_t>(i)]}, row);
                 });
    }
    /// Calls body(row) for rows that are of no host.
    template <class Body>
    void each_of_first(const std::string& name, const Body& body) const {
        each_row(name, StateTable::Of::first,
                 [&](const StateTable&, std::int64_t, StateRow& row) { body(row); });
    }
    template <class Body>
    void each_of_all(const std::string& name, const Body& body) const {
        each_row(name, StateTable::Of::all,
                 [&](const StateTable&, std::int64_t, StateRow& row) { body(row); });
    }

  private:
    template <class Body>
    void each_row(const std::string& name, StateTable::Of of, const Body& body) const {
        const auto found = tables_.find(path_ + name);
        if (found == tables_.end() || found->second.rows == 0) {
            return;
        }
        const auto& [path, table] = *found;
        const std::size_t width = state_row_bytes(table.columns);
        if (table.of != of) {
            throw InputError("table " + path +
                             " (its rows are of something else than expected): restart with the "
                             "program that wrote it");
        }
        for (std::int64_t i = 0; i < table.rows; ++i) {
            StateRow row(path, table.columns,
                         table.values.data() + static_cast<std::size_t>(i) * width);
            body(table, i, row);
        }
    }

    const StateTables& tables_;
    std::string path_;
};

}  // namespace annelid
