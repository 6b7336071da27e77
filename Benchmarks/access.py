#!/usr/bin/python3
"""What it costs for each picture that everybody has to be known, and how soon a server with many remembered instances answers.

Two servers take turns: one with users, whose viewers are known by a token that may see this tap alone, at a limited size, and one that asks
nobody. Prints tab-separated lines:

    access NAME VIEWERS US OPEN-US RATIO RATE      processor time of the server a picture, with users and without; pictures a second each
    start  NAME MS                                  from the start of the program to the first answer of /readyz

    access.py STREAMTAP VIEWERS-PROGRAM [COUNT]
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

STREAMTAP, VIEWERS = sys.argv[1:3]
COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 300
ROUNDS = int(os.environ.get("ROUNDS", "9"))
SECONDS = float(os.environ.get("SECONDS", "4"))
PLAN = "videotestsrc is-live=true pattern=snow ! video/x-raw,width=96,height=72,framerate=30/1 ! streamtap name=live width=96\n"


class Server:
    def __init__(self, *arguments, state=None):
        self.folder = tempfile.TemporaryDirectory()
        with open(self.folder.name + "/cam.plan", "w") as file:
            file.write(PLAN)
        self.environment = dict(os.environ, STREAMTAP_STATE=state or self.folder.name + "/state")
        self.arguments, self.token = arguments, None

    def run(self, *words, text=""):
        return subprocess.run(
            [STREAMTAP, *words], env=self.environment, input=text, capture_output=True, text=True, check=True).stdout

    def lock(self):
        self.run("user", "add", "anna", "--role", "admin", text="correct horse\n")
        self.admin = self.run("token", "create", "admin", "--allow", "admin").split()[0]
        self.token = self.run("token", "create", "hall", "--allow", "view:cam/live", "--max-width", "640").split()[0]

    def begin(self):
        """- Returns: seconds until /readyz was answered with 200."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            [STREAMTAP, "serve", "--port", "0", "--plans", self.folder.name, *self.arguments], env=self.environment,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if found := re.search(r"http://[^ ]*:(\d+)", line):
                self.port = int(found.group(1))
                break
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz").read()
        return time.monotonic() - began

    def ask(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.admin}"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method, data=body and json.dumps(body).encode(), headers=headers)
        return urllib.request.urlopen(request).read()

    @property
    def processor(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def round(self, kind):
        """Processor seconds of the server a picture, and pictures a second of each viewer."""
        size = len(self.ask("GET", "/api/vp/taps/cam/live/frame.jpg"))
        environment = dict(os.environ, **({"VIEWERS_TOKEN": self.token} if self.token else {}))
        viewers = subprocess.Popen(
            [VIEWERS, "watch", str(self.port), kind, str(COUNT), str(SECONDS), "cam/live"], env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        viewers.stdout.readline()
        time.sleep(1)
        before = self.processor
        viewers.stdin.write("x")
        viewers.stdin.flush()
        numbers = [float(word) for word in viewers.stdout.readline().split()]
        used = self.processor - before
        viewers.wait()
        pictures = numbers[1] / size
        return used / pictures, pictures / SECONDS / COUNT

    def stop(self):
        self.process.terminate()
        self.process.wait()


def start():
    """The first answer with a hundred instances to be remembered, and with none."""
    server = Server("--max-instances", "128")
    server.begin()
    for number in range(100):
        server.ask("POST", "/api/vp/instances", {"plan": "cam", "id": f"cam-{number}"})
    server.stop()
    empty = Server()
    times = {"none": [], "100": []}
    for _ in range(7):
        for name, one in (("none", empty), ("100", server)):
            times[name].append(one.begin() * 1000)
            # What its workers take is not to be the next one's loss.
            one.process.kill()
            one.process.wait()
            time.sleep(1.5)
    for name, all in times.items():
        print(f"start\t{name}\t{statistics.median(all):.0f}\t{min(all):.0f}", flush=True)


def cost():
    locked, anyone = Server(), Server()
    locked.lock()
    servers = [locked, anyone]
    try:
        for server in servers:
            server.begin()
            server.ask("POST", "/api/vp/instances", {"plan": "cam"})
        time.sleep(2)
        for kind in ("binary", "channel"):
            rows = []
            for number in range(ROUNDS):
                # Whoever comes second has the other's warm machine.
                order = servers if number % 2 else servers[::-1]
                results = {server: server.round(kind) for server in order}
                rows.append([results[server] for server in servers])
            us = [[part[0] * 1e6 for part in row] for row in rows]
            ratio = statistics.median(one / other for one, other in us)
            print(f"access\t{kind}\t{COUNT}\t{statistics.median(one for one, _ in us):.2f}\t"
                  f"{statistics.median(other for _, other in us):.2f}\t{ratio:.3f}\t"
                  f"{statistics.median(row[0][1] for row in rows):.1f}", flush=True)
    finally:
        for server in servers:
            server.stop()


cost()
start()
