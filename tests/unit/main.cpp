// Unit tests run on one rank; MPI must be up for the code that talks to it.
#include "engine/ranks/communicator.hpp"

#include <gtest/gtest.h>

int main(int argc, char** argv) {
    const annelid::MpiSession session(argc, argv);
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
