// What becomes of errors: one message, one exit code, and the end of all ranks.
#pragma once

#include "engine/base/errors.hpp"
#include "engine/ranks/communicator.hpp"

#include <functional>

namespace annelid {

/// Collective. The exit code of `work`, or of what it throws: then one rank says what went wrong.
/// What one rank alone meets ends all of them within seconds, wherever they wait, by
/// MpiSession::abort; so does what no code can catch, as an exception between threads.
ExitCode guarded(const Communicator& ranks, const std::function<ExitCode()>& work);

}  // namespace annelid
