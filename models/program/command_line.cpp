#include "models/program/command_line.hpp"

#include <fmt/format.h>

namespace annelid {

namespace po = boost::program_options;

po::variables_map read_command_line(const std::string& name, const Arguments& arguments,
                                    const po::options_description& options, int most_words) {
    po::options_description all;
    all.add(options).add_options()("file", po::value<std::vector<std::string>>());
    po::positional_options_description position;
    position.add("file", most_words);
    po::variables_map values;
    try {
        po::store(po::command_line_parser(arguments)
                      .options(all)
                      .positional(position)
                      .style(po::command_line_style::default_style &
                             ~po::command_line_style::allow_guessing)
                      .run(),
                  values);
        po::notify(values);
    } catch (const po::error& e) {
        throw InputError(
            fmt::format("annelid {} ({}): see `annelid {} --help`", name, e.what(), name));
    }
    return values;
}

std::vector<std::string> words_of(const po::variables_map& values) {
    return values.count("file") > 0 ? values["file"].as<std::vector<std::string>>()
                                    : std::vector<std::string>();
}

std::string scenario_of(const std::string& name, const po::variables_map& values) {
    const std::vector<std::string> words = words_of(values);
    if (words.empty() || words[0].empty()) {
        throw InputError(fmt::format(
            "annelid {} (no scenario is named): add one, for example inputs/wannacry.toml", name));
    }
    return words[0];
}

}  // namespace annelid
