// Names of parts beside a run file: never one that an earlier run left.
#include "engine/files/output_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

namespace annelid {
namespace {

class OutputFolderTest : public ::testing::Test {
  protected:
    OutputFolderTest() {
        std::string name =
            (std::filesystem::temp_directory_path() / "annelid-output-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~OutputFolderTest() override { std::filesystem::remove_all(folder_); }

    /// Of a run beside whose file there are parts of these names.
    std::string next_part_beside(std::initializer_list<const char*> names) const {
        std::filesystem::create_directory(folder_ / "run.h5.parts");
        for (const char* name : names) {
            std::ofstream(folder_ / "run.h5.parts" / name) << "left";
        }
        OutputFolder output(folder_ / "run.h5");
        output.prepare(false);
        return output.next_part_name();
    }

    std::filesystem::path folder_;
};

TEST_F(OutputFolderTest, PartsOfAnEarlierRunKeepTheirNames) {
    EXPECT_EQ(next_part_beside({"part-000002.h5", "part-000041.h5"}),
              "run.h5.parts/part-000042.h5");
}

TEST_F(OutputFolderTest, NumbersThatNoRunComesToDoNotCount) {
    EXPECT_EQ(next_part_beside({"part-000002.h5", "part-2147483647.h5", "part-99999999999.h5",
                                "part--5.h5", "part-x.h5"}),
              "run.h5.parts/part-000003.h5");
}

}  // namespace
}  // namespace annelid
