// A race that the thread sanitizer has to find (scripts/sanitize thread), and one that OpenMP's
// barrier orders, which it must not take for one: only then does silence elsewhere mean something.
#include <cstdio>
#include <cstring>
#include <vector>

int main(int argc, char** argv) {
    const bool racy = argc > 1 && std::strcmp(argv[1], "racy") == 0;
    std::vector<long> cells(64);
    long shared = 0;
#pragma omp parallel num_threads(4)
    {
#pragma omp for
        for (int i = 0; i < 64; ++i) {
            cells[static_cast<std::size_t>(i)] = i;
        }
        // Behind the barrier, each thread reads what others wrote.
        long sum = 0;
        for (const long cell : cells) {
            sum += cell;
        }
        if (racy) {
            shared += sum;
        } else {
#pragma omp atomic
            shared += sum;
        }
    }
    std::printf("%ld\n", shared);
}
