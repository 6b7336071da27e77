#!/usr/bin/python3
"""What the server's process spends on viewers, beside a bare loop of send(2) with the same bytes and as many sockets.

Both sides take turns. Viewers are a program of their own, on epoll. Prints tab-separated lines, the first word being what the
numbers are of:

    cost   NAME VIEWERS KB US FLOOR-US RATIO RATE          processor time of the server's process a picture delivered
    age    NAME P50 P99 P50 P99 RATE                       ms from capture to sending, to a viewer; pictures a second each
    health NAME P50 P99 LONGEST                            ms of GET /healthz beside that load
    encode NAME VIEWERS ENCODES COPIES                     of a frame: pictures made of it, and those that crossed the link
    memory NAME KIB                                        resident memory a viewer
    state  NAME PERCENT NONE BYTES                         of one core: with watchers of the server's state, and without; bytes a second each

    viewers.py STREAMTAP VIEWERS-PROGRAM [ROW …]    ROW `video`: a camera's own video, and nothing else
"""

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

STREAMTAP, VIEWERS = sys.argv[1:3]
ROWS = sys.argv[3:]
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SECONDS = float(os.environ.get("SECONDS", "4"))
# Classes in which the server counts ages, ms.
AGES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
# Pictures of about 30 kB and of about 1 kB.
LARGE = "videotestsrc is-live=true pattern=snow ! video/x-raw,width=224,height=168,framerate=30/1 ! streamtap name=live\n"
# A camera's own video, 4 Mbit/s.
VIDEO = (
    "videotestsrc is-live=true pattern=snow ! video/x-raw,format=I420,width=320,height=240,framerate=30/1 "
    "! x264enc tune=zerolatency speed-preset=ultrafast bitrate=4000 key-int-max=60 ! h264parse ! streamtap name=live\n")
SMALL = "videotestsrc is-live=true pattern=smpte ! video/x-raw,width=64,height=48,framerate={fps}/1 ! streamtap name=live quality=60\n"


class Server:
    def __init__(self, **plans):
        self.folder = tempfile.TemporaryDirectory()
        for name, text in plans.items():
            with open(os.path.join(self.folder.name, name + ".plan"), "w") as file:
                file.write(text)
        self.process = subprocess.Popen(
            [STREAMTAP, "serve", "--no-state", "--port", "0", "--plans", self.folder.name],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            found = re.search(r"http://[^ ]*:(\d+)", line)
            if found:
                self.port = int(found.group(1))
                break

    def start(self, plan):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/vp/instances", method="POST",
            data=json.dumps({"plan": plan}).encode(), headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request).read()
        for _ in range(100):
            try:
                return len(urllib.request.urlopen(
                    f"http://127.0.0.1:{self.port}/api/vp/taps/{plan}/live/frame.jpg").read())
            except OSError:
                time.sleep(0.1)
        raise SystemExit("no picture")

    @property
    def processor(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def samples(self, name):
        """Labels and values of a metric of the taps."""
        text = urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics").read().decode()
        found = re.findall(r"^streamtap_%s\{(.*)\} (\S+)$" % name, text, re.M)
        return [(labels, float(value)) for labels, value in found]

    def ages(self, kind):
        """Pictures that were sent to viewers of that kind, by the classes of AGES and in all, each with those below it."""
        rows = [(label, value) for label, value in self.samples("viewer_age_seconds_bucket") if f'="{kind}"' in label]
        return [sum(value for label, value in rows if re.search(r'le="([^"]+)"', label).group(1) == edge)
                for edge in [f"{age / 1000:g}" for age in AGES] + ["+Inf"]]

    def counts(self):
        """Frames of the plan's tap, encodes, and pictures over the link."""
        def total(name):
            return sum(value for labels, value in self.samples(name) if '"large"' in labels)
        return total("tap_frames_total"), total("tap_encoded_frames_total"), total("tap_pictures_total")

    @property
    def resident(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Watchers:
    """Viewers who have connected, and wait for the word to begin."""

    def __init__(self, port, kind, count, seconds, path):
        self.process = subprocess.Popen(
            [VIEWERS, "watch", str(port), kind, str(count), str(seconds), path],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def begin(self):
        self.process.stdin.write("x")
        self.process.stdin.flush()

    def end(self):
        line = self.process.stdout.readline()
        self.process.wait()
        return [float(word) for word in line.split()]


def ours(server, kind, count, path, others=()):
    """Server's processor seconds, and the viewers' numbers."""
    viewers = [Watchers(server.port, kind, count, SECONDS, path)]
    viewers += [Watchers(server.port, other, number, SECONDS, path) for other, number in others]
    time.sleep(2)
    before, memory = server.processor, server.resident
    for group in viewers:
        group.begin()
    numbers = [group.end() for group in viewers]
    return server.processor - before, numbers, memory


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def floor(count, size, fps):
    """Processor seconds a message of the bare loop."""
    port = free_port()
    sender = subprocess.Popen(
        [VIEWERS, "floor", str(port), str(count), str(size), str(fps), str(SECONDS)], stdout=subprocess.PIPE, text=True)
    sender.stdout.readline()
    readers = Watchers(port, "raw", count, SECONDS + 2, "")
    readers.begin()
    sent, total, processor = [float(word) for word in sender.stdout.readline().split()]
    sender.wait()
    readers.process.kill()
    readers.process.wait()
    return processor / 1e9 / (total / size)


def wanted(name):
    return not ROWS or any(row in name for row in ROWS)


def cost(server, plan, size, fps, kind, count, name):
    if not wanted(name):
        return
    pairs = []
    for _ in range(ROUNDS):
        bare = floor(count, size, fps)
        # JSON is a third longer; a picture is a picture.
        length = size * 4 / 3 + 400 if kind == "json" else size
        used, numbers, _ = ours(server, kind, count, plan + "/live")
        pictures = numbers[0][1] / length
        pairs.append((used / pictures * 1e6, bare * 1e6, pictures / SECONDS / count))
    us, base = (statistics.median(pair[part] for pair in pairs) for part in (0, 1))
    rate = statistics.median(pair[2] for pair in pairs)
    ratio = statistics.median(pair[0] / pair[1] for pair in pairs)
    print(f"cost\t{name}\t{count}\t{size / 1000:.1f}\t{us:.2f}\t{base:.2f}\t{ratio:.2f}\t{rate:.1f}", flush=True)


def video():
    """Viewers of a camera's own video."""
    server = Server(video=VIDEO)
    try:
        server.start("video")
        # What a second of it has, by a viewer's count.
        _, numbers, _ = ours(server, "video", 1, "video/live")
        size = numbers[0][1] / SECONDS / 30
        for count in (1000, 100):
            cost(server, "video", size, 30, "video", count, f"video {count}")
        before = server.resident
        viewers = Watchers(server.port, "video", 1000, 2, "video/live")
        time.sleep(4)
        print(f"memory\tvideo\t{(server.resident - before) / 1000:.1f}", flush=True)
        viewers.process.kill()
        viewers.process.wait()
    finally:
        server.stop()


def memory():
    """KiB of resident memory that a viewer costs, of a server that has had none before."""
    for kind, count in (("binary", 1000), ("channel", 1000), ("mjpeg", 1000), ("stalled", 200)):
        server = Server(large=LARGE)
        try:
            server.start("large")
            before = server.resident
            viewers = Watchers(server.port, kind, count, 2, "large/live")
            time.sleep(4)
            print(f"memory\t{kind}\t{(server.resident - before) / count:.1f}", flush=True)
            viewers.process.kill()
            viewers.process.wait()
        finally:
            server.stop()


def neighbours(server):
    """Fifty healthy viewers alone, and beside fifty that read nothing: pictures a second each, ages at sending."""
    for name, others in (("alone", ()), ("beside 50 stalled", (("stalled", 50),))):
        _, numbers, _ = ours(server, "channel", 50, "large/live", others)
        seen = numbers[0]
        print(f"age\t{name}\t{seen[3]}\t{seen[4]}\t{seen[5]}\t{seen[6]}\t{seen[0] / SECONDS / 50:.2f}", flush=True)


def overload(server):
    """900 viewers of 1 kB pictures at 200 a second: more than any machine sends."""
    server.start("fast")
    for kind in ("channel", "binary"):
        loaded = Watchers(server.port, kind, 900, 6, "fast/live")
        time.sleep(2)
        health = subprocess.Popen([VIEWERS, "health", str(server.port), "5"], stdout=subprocess.PIPE, text=True)
        before = server.ages(kind)
        loaded.begin()
        answer = [float(word) for word in health.stdout.readline().split()]
        numbers = loaded.end()
        ages = [now - then for now, then in zip(server.ages(kind), before)]
        # Pictures alone do not say when they were captured: what the server counts does.
        seen = numbers[3:7] if kind == "channel" else [quantile(ages, 0.5), quantile(ages, 0.99), "–", "–"]
        pictures = numbers[0] if kind == "channel" else ages[-1]
        name = f"overload, {kind}"
        print("\t".join(map(str, ["age", name, *seen, f"{pictures / 6 / 900:.1f}"])), flush=True)
        print(f"health\t{name}\t{answer[1]}\t{answer[2]}\t{answer[3]}", flush=True)


def quantile(cumulative, share):
    """Milliseconds: within a class ages are taken to be spread evenly."""
    wanted, below, lower = share * cumulative[-1], 0, 0.0
    for count, upper in zip(cumulative, AGES):
        if count >= wanted:
            return round(lower + (upper - lower) * (wanted - below) / max(count - below, 1), 2)
        below, lower = count, upper
    return AGES[-1]


def encodes(server):
    """How often a frame is encoded, and how often a picture of it crosses the link, by how many watch: all the same, or each another size."""
    for kind in ("binary", "sized"):
        for count in (1, 10, 100, 1000):
            viewers = Watchers(server.port, kind, count, 3, "large/live")
            viewers.begin()
            time.sleep(1)
            before = server.counts()
            time.sleep(SECONDS / 2)
            frames, encoded, pictures = [now - then for now, then in zip(server.counts(), before)]
            viewers.end()
            name = f"{count} viewers" + (", each another size" if kind == "sized" else "")
            print(f"encode\t{name}\t{count}\t{encoded / frames:.2f}\t{pictures / frames:.2f}", flush=True)


def state(server):
    """A thousand open pages that show nothing, of a server with one running instance."""
    quiet = []
    for _ in range(ROUNDS):
        before = server.processor
        time.sleep(SECONDS)
        alone = (server.processor - before) / SECONDS
        used, numbers, _ = ours(server, "state", 1000, "")
        quiet.append((used / SECONDS, alone, numbers[0][1] / SECONDS / 1000))
    busy, alone, size = (statistics.median(round[part] for round in quiet) for part in range(3))
    print(f"state\t1000 watchers\t{busy * 100:.1f}\t{alone * 100:.1f}\t{size:.0f}", flush=True)


if wanted("memory"):
    memory()
if "video" in ROWS:
    video()
    raise SystemExit
server = Server(large=LARGE, fast=SMALL.format(fps=200))
try:
    size = server.start("large")
    for kind in ("binary", "json", "channel", "mjpeg"):
        for count in (1000, 100):
            cost(server, "large", size, 30, kind, count, f"{kind} {count}")
    for name, row in (("encodes", encodes), ("state", state), ("neighbours", neighbours), ("overload", overload)):
        if wanted(name):
            row(server)
finally:
    server.stop()
