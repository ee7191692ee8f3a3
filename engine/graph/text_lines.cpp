#include "engine/graph/text_lines.hpp"

#include "engine/base/errors.hpp"

#include <cctype>
#include <cstring>

#include <fmt/format.h>

namespace annelid {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

TextLines::TextLines(const std::filesystem::path& path) : file_(path), buffer_(2 * chunk_bytes) {
    fill();
    if (std::string_view(buffer_.data(), end_).substr(0, 3) == byte_order_mark) {
        at_ = byte_order_mark.size();
    }
}

bool TextLines::next(std::string_view& line) {
    std::size_t searched = 0;
    for (;;) {
        const char* start = buffer_.data() + at_;
        const std::size_t held = end_ - at_;
        const void* found = std::memchr(start + searched, '\n', held - searched);
        if (found) {
            line = {start, static_cast<std::size_t>(static_cast<const char*>(found) - start)};
            at_ += line.size() + 1;
            break;
        }
        searched = held;
        if (held > longest_line_) {
            refuse(number_ + 1, fmt::format("a line of more than {} MB (none is so long): check "
                                            "that this is a text file of edges",
                                            longest_line_ >> 20));
        }
        if (!fill()) {
            if (held == 0) {
                return false;
            }
            line = {buffer_.data() + at_, held};  // the last line lacks its end
            at_ = end_;
            break;
        }
    }
    ++number_;
    if (!line.empty() && line.back() == '\r') {
        line.remove_suffix(1);
    }
    return true;
}

bool TextLines::fill() {
    const std::size_t held = end_ - at_;
    if (at_ > 0) {  // not again and again for a line of many chunks
        std::memmove(buffer_.data(), buffer_.data() + at_, held);
        at_ = 0;
        end_ = held;
    }
    if (buffer_.size() - held < chunk_bytes) {
        buffer_.resize(2 * buffer_.size());
    }
    try {
        end_ += file_.read(buffer_.data() + end_, chunk_bytes);
    } catch (const InputError& fault) {
        refuse(number_ + 1, fault.what());
    }
    unpacked_bytes_ += static_cast<std::int64_t>(end_ - held);
    return end_ > held;
}

double TextLines::share_read() const {
    if (file_.file_bytes() == 0 || unpacked_bytes_ == 0) {
        return 0;
    }
    const auto ahead = static_cast<double>(end_ - at_);
    const double filled =
        static_cast<double>(file_.consumed_bytes()) / static_cast<double>(file_.file_bytes());
    return filled * (1 - ahead / static_cast<double>(unpacked_bytes_));
}

bool TextLines::starts_with(std::string_view words) const {
    if (end_ - at_ < words.size()) {
        return false;
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
        if (lower(buffer_[at_ + i]) != lower(words[i])) {
            return false;
        }
    }
    return true;
}

void TextLines::refuse(std::int64_t line, const std::string& text) const {
    throw InputError(fmt::format("{}:{}: {}", name(), line, text));
}

}  // namespace annelid
