// How much memory there is: by the kernel, and by the limits of control groups of both versions.
#include "engine/base/memory.hpp"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace annelid {
namespace {

namespace fs = std::filesystem;

class MemoryTest : public ::testing::Test {
  protected:
    MemoryTest() {
        std::string name = (fs::temp_directory_path() / "annelid-memory-XXXXXX").string();
        root_ = mkdtemp(name.data());
        write("proc/meminfo", "MemTotal: 64000000 kB\nMemAvailable:   1000000 kB\n");
    }
    ~MemoryTest() override { fs::remove_all(root_); }

    void write(const fs::path& file, const std::string& text) const {
        fs::create_directories((root_ / file).parent_path());
        std::ofstream(root_ / file) << text;
    }

    fs::path root_;
};

TEST_F(MemoryTest, IsWhatTheKernelSays) {
    EXPECT_EQ(memory_of_machine(root_), 1024'000'000);
    write("proc/self/cgroup", "0::/job\n");
    write("sys/fs/cgroup/job/memory.max", "max\n");
    write("sys/fs/cgroup/job/memory.current", "5\n");
    EXPECT_EQ(memory_of_machine(root_), 1024'000'000);
}

TEST_F(MemoryTest, IsLessWhereAGroupHasALimit) {
    write("proc/self/cgroup", "0::/job_1/step_0\n");
    write("sys/fs/cgroup/job_1/step_0/memory.max", "max\n");
    write("sys/fs/cgroup/job_1/memory.max", "500000000\n");
    write("sys/fs/cgroup/job_1/memory.current", "300000000\n");
    EXPECT_EQ(memory_of_machine(root_), 200'000'000);
    // Of that, files that the kernel can drop.
    write("sys/fs/cgroup/job_1/memory.stat", "anon 200000000\ninactive_file 100000000\nslab 1\n");
    EXPECT_EQ(memory_of_machine(root_), 300'000'000);
}

TEST_F(MemoryTest, KnowsGroupsOfTheFirstVersion) {
    write("proc/self/cgroup", "5:cpuset:/\n4:memory:/slurm/job_7\n");
    write("sys/fs/cgroup/memory/slurm/job_7/memory.limit_in_bytes", "100000000\n");
    write("sys/fs/cgroup/memory/slurm/job_7/memory.usage_in_bytes", "160000000\n");
    EXPECT_EQ(memory_of_machine(root_), 0);
}

TEST_F(MemoryTest, IsBoundlessWhereNobodyKnows) {
    fs::remove_all(root_ / "proc");
    EXPECT_EQ(memory_of_machine(root_), std::numeric_limits<std::int64_t>::max());
}

TEST(Memory, ThisMachineHasSome) {
    EXPECT_GT(memory_of_machine(), 10'000'000);
}

}  // namespace
}  // namespace annelid
