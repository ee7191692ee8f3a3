#include "engine/base/large_vector.hpp"
#include "tests/bench/scaling/step_loop.hpp"

int main(int argc, char** argv) {
    annelid::keep_freed_memory();  // as the program does
    return annelid::step_loop(argc, argv, false);
}
