"""A SLURM of one machine for tests: its own munged, slurmctld and slurmd in a folder of their own,
on ports of their own. Tests use it so:

    sys.path.append(str(Path(__file__).resolve().parents[1] / "slurm_fixture"))
    from slurm import Slurm, slurm  # noqa: F401
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "scancel", "squeue", "sinfo")
MOST_SECONDS = 60

# Jobs that requeue themselves may start again as soon as the pass of the job before has expired.
CONFIGURATION = """\
ClusterName=annelid
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmdParameters=config_overrides
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=1,sched_interval=2
SelectType=select/cons_tres
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus}
PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class Slurm:
    """Commands of a SLURM that runs, with `environment` for more of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf")}

    def call(self, *command: object, **more: str) -> str:
        """What a command of SLURM prints."""
        done = subprocess.run([str(word) for word in command], text=True, capture_output=True,
                              check=False, timeout=MOST_SECONDS, env={**self.environment, **more})
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def submit(self, *command: object, **environment: str) -> str:
        """The number of a new job; `command` are the words after sbatch."""
        return self.call("sbatch", "--parsable", *command, **environment)

    def show(self, job: str) -> dict[str, str]:
        """What SLURM knows of a job: JobState, Restarts, ExitCode, …"""
        words = self.call("scontrol", "--oneliner", "show", "job", job).split()
        return dict(word.split("=", 1) for word in words if "=" in word)

    def wait(self, job: str, states: set[str], most_seconds: float = 180) -> dict[str, str]:
        """Until the job is in one of these states."""
        begin = time.monotonic()
        while (shown := self.show(job))["JobState"] not in states:
            assert time.monotonic() - begin < most_seconds, shown
            time.sleep(0.2)
        return shown


class Daemons:
    """The processes of a SLURM, of which all that start() started end with stop()."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        host = socket.gethostname().split(".")[0]
        (self.folder / "slurm.conf").write_text(CONFIGURATION.format(
            host=host, user=getpass.getuser(), folder=self.folder, ports=free_ports(2), cpus=4))
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o600)
        self.run("munged", "--force", "--foreground", f"--socket={self.folder}/munge.socket",
                 f"--key-file={key}", f"--pid-file={self.folder}/munged.pid",
                 f"--log-file={self.folder}/munged.log", f"--seed-file={self.folder}/munged.seed")
        begin = time.monotonic()
        while not (self.folder / "munge.socket").exists() and time.monotonic() - begin < 10:
            time.sleep(0.05)
        configuration = str(self.folder / "slurm.conf")
        self.run("slurmctld", "-D", "-f", configuration)
        self.run("slurmd", "-D", "-f", configuration, "-N", host)

    def run(self, *command: str) -> None:
        with open(self.folder / f"{command[0]}.out", "wb") as out:
            self.started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                                 stderr=out, start_new_session=True))

    def problem(self) -> str:
        """Why it does not take jobs; empty where it does."""
        begin = time.monotonic()
        answer = ""
        while time.monotonic() - begin < 30:
            for process in self.started:
                if process.poll() is not None:
                    return f"{process.args[0]} ended with {process.returncode}"
            done = subprocess.run(["sinfo", "--noheader", "--format=%T"], text=True, check=False,
                                  env=Slurm(self.folder).environment, capture_output=True)
            answer = done.stdout.strip() or done.stderr.strip()
            if answer == "idle":
                return ""
            time.sleep(0.2)
        return f"after 30 s sinfo says: {answer}"

    def stop(self) -> None:
        for process in reversed(self.started):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.fixture(scope="session")
def slurm() -> Iterator[Slurm]:
    """A SLURM with one partition of four CPUs; skips where it cannot start, and says why."""
    missing = [name for name in NEEDED
               if not shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")]
    if missing:
        pytest.skip(f"there is no {missing[0]}: install slurm-wlm and munge")
    # Short: the name of a socket has 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="annelid-slurm-"))
    folder.chmod(0o755)
    daemons = Daemons(folder)
    try:
        daemons.start()
        problem = daemons.problem()
        if problem:
            pytest.skip(f"SLURM does not start: {problem}")
        server = Slurm(folder)
        yield server
        for job in server.call("squeue", "--noheader", "--format=%i").split():
            server.call("scancel", job)
            server.wait(job, {"CANCELLED", "COMPLETED", "FAILED"})
    finally:
        daemons.stop()
        shutil.rmtree(folder, ignore_errors=True)
