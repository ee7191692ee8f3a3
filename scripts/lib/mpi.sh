# Sourced: how many ranks and threads a machine gets, and the mpirun line that starts them.
# shellcheck shell=bash disable=SC2154

# CPUs that this process may use, one a line.
allowed_cpus() {
    local list range
    list=$(awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status)
    for range in ${list//,/ }; do
        seq "${range%-*}" "${range#*-}"
    done
}

# Number of NUMA nodes among these CPUs; 1 where the machine does not say.
count_numa_nodes() {
    local nodes
    nodes=$(join <(allowed_cpus | sort) <(lscpu --parse=CPU,NODE | sed '/^#/d; s/,/ /' | sort) |
        awk 'NF > 1 { print $2 }' | sort -u | wc -l)
    echo $((nodes > 0 ? nodes : 1))
}

require_positive() {
    [[ $2 =~ ^[1-9][0-9]*$ ]] ||
        fail "$bad_input" "$1 = $2 (a positive whole number is needed): try $1=1, or unset it"
}

# choose_layout: sets `ranks`, `threads`, `cores` and `numa_nodes`.
#
# One rank per NUMA node, with as many OpenMP threads as the node has cores: the threads of a rank
# then share memory that is near to all of them, and messages are sent only where memory is far.
# ANNELID_RANKS and ANNELID_THREADS override it. Results do not depend on the choice, only speed.
choose_layout() {
    cores=$(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc)
    numa_nodes=$(count_numa_nodes)
    ranks=${ANNELID_RANKS:-$numa_nodes}
    require_positive ANNELID_RANKS "$ranks"
    threads=${ANNELID_THREADS:-$((cores > ranks ? cores / ranks : 1))}
    require_positive ANNELID_THREADS "$threads"
}

# follow PID: its exit code. Whoever asks this script to stop asks PID, an mpirun, by SIGUSR1, which
# mpirun passes on to its ranks before it waits for them; after SIGTERM it would kill them within two
# seconds. Whoever asks twice means that. `odls_base_sigkill_timeout` would not help: mpirun sleeps
# for that long before SIGTERM and again after it, whatever its ranks do.
follow() {
    local pid=$1 status=0 request=USR1
    trap 'kill -s "$request" "$pid" 2>/dev/null; request=TERM' INT TERM HUP
    trap 'kill -s USR1 "$pid" 2>/dev/null' USR1
    # A signal ends `wait` early.
    while wait "$pid" && status=0 || status=$?; kill -0 "$pid" 2>/dev/null; do :; done
    wait "$pid" && status=0 || status=$?
    trap - INT TERM HUP USR1
    return "$status"
}

# mpi_run PROGRAM [ARGUMENT…]: runs it on `ranks` × `threads`; returns the program's exit code.
mpi_run() {
    local options=(--quiet -np "$ranks")
    # Threads are pinned only where ranks and NUMA nodes match one to one; elsewhere the pinned
    # threads of two ranks would meet on the same cores.
    if ((ranks == numa_nodes && ranks * threads == cores)); then
        if ((ranks > 1)); then
            options+=(--map-by numa --bind-to numa)
        else
            options+=(--bind-to none)
        fi
        export OMP_PROC_BIND=${OMP_PROC_BIND:-close} OMP_PLACES=${OMP_PLACES:-threads}
    else
        options+=(--bind-to none)
        export OMP_PROC_BIND=${OMP_PROC_BIND:-false}
    fi
    # More than the machine has: waiting ranks and threads give way instead of spinning.
    if ((ranks * threads > cores)); then
        options+=(--oversubscribe --mca mpi_yield_when_idle 1)
        export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
    fi
    # Idle threads soon sleep: on a shared machine a long spin holds up the one that has the work.
    export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-10000}
    # Open MPI refuses root unless told; containers run as root. In a session of its own mpirun gets
    # no Ctrl-C from the terminal.
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMP_NUM_THREADS="$threads" \
        setsid mpirun "${options[@]}" "$@" </dev/null &
    follow $!
}
