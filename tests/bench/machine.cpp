// What this machine can do at most, beside which the costs of annelid stand: memory, chance,
// threads, ranks. Prints a line each: name, value, unit; tests/bench/cost_model.py reads them.
#include "engine/base/large_vector.hpp"
#include "engine/base/parallel.hpp"
#include "engine/chance/draws.hpp"
#include "engine/ranks/communicator.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include <fmt/format.h>
#include <sys/mman.h>

namespace annelid {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t array_bytes = std::size_t{1} << 30;  // far more than any cache
std::uint64_t seen = 0;  // keeps the compiler from leaving work out

/// Seconds of the fastest of some runs.
template <class Work>
double fastest(const Work& work, int runs = 5) {
    double best = 1e300;
    for (int run = 0; run < runs; ++run) {
        const auto begin = Clock::now();
        work();
        best = std::min(best, std::chrono::duration<double>(Clock::now() - begin).count());
    }
    return best;
}

bool tells = true;  // of several ranks the first

void tell(const char* name, double value, const char* unit) {
    if (tells) {
        fmt::print("{} {:.4g} {}\n", name, value, unit);
    }
}

void memory_in_order() {
    LargeVector<std::uint64_t> array(array_bytes / sizeof(std::uint64_t));
    const auto n = static_cast<std::int64_t>(array.size());
    const auto write = [&] {
        parallel_pieces(n, 1 << 16, [&](std::int64_t begin, std::int64_t end) {
            std::fill(array.begin() + begin, array.begin() + end, std::uint64_t{1});
        });
    };
    write();
    tell("write", array_bytes / fastest(write) / 1e9, "GB/s");
    tell("read", array_bytes / fastest([&] {
                     parallel_pieces(n, 1 << 16, [&](std::int64_t begin, std::int64_t end) {
                         const auto sum = std::accumulate(array.begin() + begin,
                                                          array.begin() + end, std::uint64_t{0});
#pragma omp atomic
                         seen += sum;
                     });
                 }) / 1e9,
         "GB/s");
}

/// Of a cache line each: one after another, and as many at once as the core can keep under way.
void memory_at_random() {
    struct alignas(64) Line {
        std::uint64_t next;
    };
    LargeVector<Line> lines(array_bytes / sizeof(Line));
    std::vector<std::uint32_t> order(lines.size());
    std::iota(order.begin(), order.end(), 0U);
    const Draws draws({1, 0}, Purpose::seeds);
    for (std::size_t i = order.size() - 1; i > 0; --i) {
        std::swap(order[i], order[draws.words(i, 0, 0)[0] % (i + 1)]);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
        lines[order[i]].next = order[(i + 1) % order.size()];
    }
    constexpr std::size_t loads = 1 << 21;
    tell("load_after_load",
         fastest([&] {
             std::uint64_t at = 0;
             for (std::size_t i = 0; i < loads; ++i) {
                 at = lines[at].next;
             }
             seen += at;
         }) / loads *
             1e9,
         "ns");
    tell("loads", loads / fastest([&] {
                      std::uint64_t sum = 0;
                      for (std::size_t i = 0; i < loads; ++i) {
                          sum += lines[order[i]].next;
                      }
                      seen += sum;
                  }) / 1e6,
         "M/s");
}

void new_memory() {
    constexpr std::size_t bytes = std::size_t{1} << 27, page = 4096;
    for (const bool is_huge : {false, true}) {
        const double seconds = fastest([&] {
            auto* const memory =
                static_cast<std::byte*>(is_huge ? allocate_pages(bytes)
                                                : mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                                                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
            for (std::size_t at = 0; at < bytes; at += page) {
                memory[at] = std::byte{1};
            }
            munmap(memory, bytes);
        });
        tell(is_huge ? "new_memory_in_huge_pages" : "new_memory", bytes / seconds / 1e9, "GB/s");
    }
}

void chance() {
    constexpr std::uint64_t calls = 1 << 22;
    const Draws draws({1, 0}, Purpose::scan);
    tell("philox4x32", calls / fastest([&] {
                           std::uint64_t sum = 0;
                           for (std::uint64_t i = 0; i < calls; ++i) {
                               sum += draws.words(i, 0, 0)[0];
                           }
                           seen += sum;
                       }) / 1e6,
         "M/s");
}

void threads_and_ranks(Communicator& ranks) {
    constexpr int times = 2000;
    tell("parallel_region",
         fastest([] {
             for (int i = 0; i < times; ++i) {
                 parallel_pieces(num_threads(), 1, [](std::int64_t, std::int64_t) {});
             }
         }) / times *
             1e6,
         "us");
    const std::vector<std::vector<std::int64_t>> nothing(static_cast<std::size_t>(ranks.size()));
    tell("empty_exchange",
         fastest([&] {
             for (int i = 0; i < times; ++i) {
                 seen += 1 + ranks.exchange(nothing).size();
             }
         }) / times *
             1e6,
         "us");
}

}  // namespace
}  // namespace annelid

/// On several ranks only what threads and ranks cost.
int main(int argc, char** argv) {
    using namespace annelid;
    const MpiSession session(argc, argv);
    Communicator ranks;
    tells = ranks.is_first();
    if (ranks.size() == 1) {
        memory_in_order();
        memory_at_random();
        new_memory();
        chance();
    }
    threads_and_ranks(ranks);
    return seen == 0 ? 1 : 0;
}
