// Signals that ask a run to stop: what batch systems send before they end a job, and Ctrl-C.
#pragma once

namespace annelid {

/// For a program that looks at stop_signal() now and then: from now on SIGTERM, SIGINT and SIGUSR1
/// only leave a note. A second SIGTERM or SIGINT ends the process at once.
void listen_for_stop();

/// The signal that asked this process to stop; 0 where none did.
int stop_signal();

/// "SIGTERM".
const char* signal_name(int signal);

}  // namespace annelid
