// Scenario texts as files of a folder that vanishes with the test.
#pragma once

#include "engine/base/errors.hpp"
#include "engine/scenario/document.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

namespace annelid {

class ScenarioTest : public testing::Test {
  protected:
    ScenarioTest() {
        static int count = 0;
        folder_ = std::filesystem::temp_directory_path() /
                  ("annelid_test_" + std::to_string(getpid()) + "_" + std::to_string(count++));
        std::filesystem::create_directories(folder_);
    }
    ~ScenarioTest() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name, std::ios::binary) << text;
        return folder_ / name;
    }

    /// A document over `text` as x.toml; what it finds wrong goes to `problems_`.
    std::unique_ptr<Document> open(const std::string& text) {
        return std::make_unique<Document>(write("x.toml", text), problems_);
    }

    /// What a user reads, the folder left out.
    std::string problems() const {
        return message([this] { problems_.raise(); });
    }

    std::string message(const std::function<void()>& action) const {
        try {
            action();
        } catch (const InputError& error) {
            return without_folder(error.what());
        }
        return "";
    }

    /// The problems of reading `text` into `fields` of the root table, unknown keys included.
    std::string problems_of(const std::string& text, const Fields& fields) {
        problems_ = {};
        const auto document = open(text);
        document->root().read(fields);
        document->report_unknown();
        return problems();
    }

    std::filesystem::path folder_;
    Problems problems_;

  private:
    std::string without_folder(std::string text) const {
        const std::string prefix = folder_.generic_string() + "/";
        for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
            text.erase(at, prefix.size());
        return text;
    }
};

}  // namespace annelid
