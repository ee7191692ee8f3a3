// A scenario as written: TOML text with the place of every key, overrides and presets merged in.
// The only file that knows the TOML library is document.cpp.
#pragma once

#include "engine/scenario/fields.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace annelid {

/// Where a value was written: "inputs/x.toml:12", or "--set" for the command line.
struct Place {
    std::string file;
    int line = 0;
    std::string text() const;
};

/// A key or table of a document; the value as TOML is empty for a table.
struct Written {
    Place place;
    std::string value;
};

/// Collects every fault of a scenario, so that a user sees them all at once.
class Problems {
  public:
    /// One line: `place: key = value (why): advice`.
    void add(const Place& place, const std::string& key, const std::string& value,
             const std::string& why, const std::string& advice);
    void add(const std::string& line);
    /// What is allowed but hardly meant, in the same form.
    void warn(const Place& place, const std::string& key, const std::string& value,
              const std::string& why, const std::string& advice);
    const std::vector<std::string>& warnings() const { return warnings_; }
    bool empty() const { return lines_.empty(); }
    std::size_t size() const { return lines_.size(); }
    /// Throws InputError with every line, if there is any.
    void raise() const;

  private:
    std::vector<std::string> lines_, warnings_;
};

class Document;

/// A table of the document. Sections are views: they stay valid as long as their Document, and as
/// long as no set() replaces them.
class Section {
  public:
    /// Reads `fields` into their targets and adds a problem for each value that does not fit; the
    /// target of such a value keeps its default. True if there was none.
    bool read(const Fields& fields) const;

    bool has(const std::string& key) const;
    /// The sub-table `key`; an empty one where it is not written.
    Section child(const std::string& key) const;
    /// All sub-tables in the order written: those of a preset first, so that a scenario that
    /// changes one vector of a preset does not renumber the others. An inline distribution is a
    /// value.
    std::vector<std::pair<std::string, Section>> children() const;

    /// Reports a fault of `key` that only its meaning shows; names file, line, key and value.
    /// "key.name" is an entry of a table with names of the user's choice.
    void fault(const std::string& key, const std::string& why, const std::string& advice) const;

    /// The same of what is allowed but hardly meant.
    void warn(const std::string& key, const std::string& why, const std::string& advice) const;

    /// Whether `key` was given by --set, and so by whoever runs the program.
    bool is_from_command_line(const std::string& key) const;

    /// Dotted path of this table, for example "worm.vector.internet".
    const std::string& path() const;

    struct Node;

  private:
    friend class Document;
    /// Where a key stands, its path and its value.
    struct Found;
    Found find(const std::string& key) const;
    Section(const Document* document, Node* node, std::string path);
    const Document* document_;
    Node* node_;
    std::string path_;
};

class Document {
  public:
    /// Parses `file` (TOML 1.0). A syntax error, an unreadable file: InputError with file and line.
    Document(const std::filesystem::path& file, Problems& problems);
    /// Without a file, to be filled by set(); `name` is what faults give as the place.
    static Document empty(const std::string& name, Problems& problems);
    ~Document();
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;

    /// Applies "path.to.key=value" of --set. The value is TOML where it parses as such, else text:
    /// population.hosts=1000, time.end=3 d and time.end="3 d" all work.
    void set(const std::string& assignment);

    /// Makes of `[[key]]`, a list of tables with a text `name` each, a table of them by their
    /// names: paths say "worm.slammer.vector" from then on. False where it is no list.
    bool key_by_name(const std::string& key);

    /// Puts the tables of `file` under `path` ("worm") wherever the document itself says nothing.
    /// Key by key; a table with a key `distribution` is one value and is replaced as a whole.
    /// Its tables [vector.NAME] are left out for the names in `without`; returns those names that
    /// it does not have.
    std::vector<std::string> merge_below(const std::string& path, const std::filesystem::path& file,
                                         const std::vector<std::string>& without = {});

    Section root() const;

    /// Adds a problem for every key that no read() has asked for, with the nearest known key.
    void report_unknown() const;

    /// All that was written, presets and `--set` included, by dotted path; the document itself is
    /// "". For faults that show once the document is gone.
    std::map<std::string, Written> written() const;

  private:
    struct Data;
    explicit Document(std::unique_ptr<Data> data);
    std::unique_ptr<Data> data_;
    friend class Section;
};

/// Writes `fields` as TOML lines `key = value` with units, so that reading them back gives the same
/// bits (durations in whole us where needed, doubles in shortest round-trip form). A default that
/// may not be written (out of range, an empty choice) means "unset" and is left out.
std::string to_toml(const Fields& fields);

/// The lines of `annelid list` for these fields: key, type with unit, default, meaning, source.
std::string describe(const Fields& fields, int indent);

}  // namespace annelid
