"""A machine for a test: Debian in a directory, booted with a systemd of its own, on a network of its own.

What is fetched is kept in .build/install: the second run is fast, and fetches nothing.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CACHE = REPOSITORY / ".build/install"


def run(*command, check=True, **options):
    """What a program prints, on both outputs."""
    options.setdefault("stderr", subprocess.STDOUT)
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}")
    return done.stdout


def eventually(what, condition, limit=30, pause=0.1):
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {limit} s: {what}")
        time.sleep(pause)


def packages(name):
    """Of a list in scripts/."""
    lines = (REPOSITORY / f"scripts/packages-{name}").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def debian(with_packages=True):
    """A root of Debian 12, from the mirror that this machine's own apt uses; with what a running server needs, or without."""
    plain = CACHE / "debian"
    if not plain.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        targets = run("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE) $(COMPONENT)", "Created-By: Packages")
        mirror = next(line.split()[0] for line in targets.splitlines() if line.split()[1:] == ["bookworm", "main"])
        shutil.rmtree(CACHE / "new", ignore_errors=True)
        print(f"fetching Debian to {CACHE}", flush=True)
        run("debootstrap", "--variant=minbase", "bookworm", CACHE / "new", mirror)
        (CACHE / "new").rename(plain)
    if not with_packages:
        return plain
    full = CACHE / "machine"
    if not full.exists():
        print("fetching what a running server needs", flush=True)
        new = CACHE / "new"
        shutil.rmtree(new, ignore_errors=True)
        run("cp", "--archive", plain, new)
        install(new, ["systemd", "systemd-sysv", "dbus", "udev", *packages("run")])
        new.rename(full)
    return full


def install(root, names):
    """Debian's packages, into a root that is not booted: nothing is started."""
    shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    inside(root, "apt-get", "update", "--quiet", env=environment)
    inside(root, "apt-get", "install", "--yes", "--no-install-recommends", "--quiet", *names, env=environment)
    policy.unlink()
    run("rm", "-rf", root / "var/lib/apt/lists", root / "var/cache/apt/archives")


def inside(root, *command, **options):
    """Runs in a root that is not booted, with its own /proc and /dev, and this machine's network."""
    script = 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"'
    return run("unshare", "--mount", "--pid", "--fork", "sh", "-c", script, root, *command, **options)


class Root:
    """A root over one of those above: what is written is gone with it."""

    def __init__(self, lower):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="streamtap-install-"))
        for name in ("upper", "work", "root"):
            (self.directory / name).mkdir()
        self.path = self.directory / "root"
        layers = f"lowerdir={lower},upperdir={self.directory}/upper,workdir={self.directory}/work"
        run("mount", "-t", "overlay", "overlay", "-o", layers, self.path)

    def close(self):
        run("umount", "--lazy", self.path, check=False)
        shutil.rmtree(self.directory, ignore_errors=True)


class Machine:
    """Such a root, booted. It is 10.77.0.1 to whoever is outside, who is 10.77.0.2 to it."""

    address, outside = "10.77.0.1", "10.77.0.2"

    def __init__(self):
        self.root = Root(debian())
        self.path = self.root.path
        self.networks = [f"stm-{os.getpid()}", f"stc-{os.getpid()}"]
        for network in self.networks:
            run("ip", "netns", "add", network)
            run("ip", "-n", network, "link", "set", "lo", "up")
        run("ip", "-n", self.networks[0], "link", "add", "inside", "type", "veth", "peer", "name", "outside",
            "netns", self.networks[1])
        for network, link, address in zip(self.networks, ("inside", "outside"), (self.address, self.outside)):
            run("ip", "-n", network, "address", "add", f"{address}/24", "dev", link)
            run("ip", "-n", network, "link", "set", link, "up")
        try:
            self.boot()
        except BaseException:
            self.close()
            raise

    def boot(self):
        self.log = open(self.root.directory / "boot.log", "w")
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "--directory", self.path, "--register=no", "--keep-unit", "--boot",
             f"--network-namespace-path=/run/netns/{self.networks[0]}", "--machine=cams", "--console=pipe"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        self.leader = eventually("a first process", lambda: self._leader(children))
        eventually("it is up", lambda: self.sh("systemctl is-system-running", check=False).strip() in ("running", "degraded"), 90)

    def _leader(self, children):
        if self.process.poll() is not None:
            raise AssertionError((self.root.directory / "boot.log").read_text())
        for child in children.read_text().split():
            command = pathlib.Path(f"/proc/{child}/cmdline").read_bytes()
            # It is another program by then, and not the container's beginning any more.
            if command and b"nspawn" not in command:
                return child
        return None

    def sh(self, line, **options):
        """Runs a line of the shell, as root of the machine."""
        return run(
            "nsenter", "--target", self.leader, "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wdns=/",
            "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C.UTF-8", "SYSTEMD_COLORS=0", "TERM=dumb",
            "SYSTEMD_PAGER=", "sh", "-c", line, **options)

    def from_outside(self, *command):
        """A command line that runs beside the machine, on its network."""
        return ["ip", "netns", "exec", self.networks[1], *map(str, command)]

    def close(self):
        # With its first process, all of a machine's end.
        if getattr(self, "leader", None):
            run("kill", "-KILL", self.leader, check=False)
        if getattr(self, "process", None):
            self.process.kill()
            self.process.wait()
        for network in self.networks:
            run("ip", "netns", "delete", network, check=False)
        self.root.close()
