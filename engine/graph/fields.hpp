// The fields of one line, with any separators: blanks, tabs, and at most one comma or semicolon
// between two fields, so that an empty field of a CSV file does not vanish.
#pragma once

#include <cstdint>
#include <string_view>

namespace annelid {

class Fields {
  public:
    explicit Fields(std::string_view line) : at_(line.data()), end_(at_ + line.size()) {
        skip_blanks();
    }

    bool empty() const { return at_ == end_; }
    std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

    /// Takes the next field if it is a whole number of at most 18 digits without a sign.
    bool take_whole(std::int64_t& value) {
        const char* p = at_;
        std::int64_t sum = 0;
        while (p != end_ && is_digit(*p) && p - at_ < 18) {
            sum = 10 * sum + (*p++ - '0');
        }
        if (p == at_ || (p != end_ && !is_separator(*p))) {
            return false;
        }
        value = sum;
        skip_separator(p);
        return true;
    }

    /// Takes the next field; empty between two commas.
    std::string_view take() {
        const char* p = at_;
        while (p != end_ && !is_separator(*p)) {
            ++p;
        }
        const std::string_view field(at_, static_cast<std::size_t>(p - at_));
        skip_separator(p);
        return field;
    }

    static bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

  private:
    static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
    static bool is_separator(char c) { return is_blank(c) || c == ',' || c == ';'; }

    void skip_blanks() {
        while (at_ != end_ && is_blank(*at_)) {
            ++at_;
        }
    }
    void skip_separator(const char* field_end) {
        at_ = field_end;
        skip_blanks();
        if (at_ != end_ && is_separator(*at_)) {
            ++at_;
            skip_blanks();
        }
    }

    const char* at_;
    const char* end_;
};

}  // namespace annelid
