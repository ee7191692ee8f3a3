// What becomes of errors: one message, one exit code, and the end of all ranks.
#pragma once

#include "engine/base/errors.hpp"
#include "engine/ranks/communicator.hpp"

#include <functional>
#include <string>

namespace annelid {

/// Collective. The exit code of `work`, or of what it throws: then one rank says what went wrong.
/// What one rank alone meets ends all of them within seconds, wherever they wait, by
/// MpiSession::abort; so does what no code can catch, as an exception between threads.
ExitCode guarded(const Communicator& ranks, const std::function<ExitCode()>& work);

/// Collective, inside guarded(). What went wrong with `work`, the same text on all ranks; empty:
/// nothing. They can go on then: each has left the work, alone or with the others. What one rank
/// of several meets while others wait for it ends the job, and so does what no code can catch. An
/// OutputError is passed on: it is of the file that all share.
std::string attempt_together(const Communicator& ranks, const std::function<void()>& work);

}  // namespace annelid
