#include "git_commit.hpp"
#include "models/program/commands.hpp"

namespace annelid {

const char* version() {
    return ANNELID_VERSION;
}
const char* git_commit() {
    return ANNELID_GIT_COMMIT;
}

}  // namespace annelid
