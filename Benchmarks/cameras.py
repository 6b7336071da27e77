#!/usr/bin/python3
"""Many cameras that nobody watches, each an instance whose tap stands before the decoder, beside `gst-launch … h264parse ! fakesink`.

The cameras are streams of 1280 x 720 at 15 fps of one RTSP server, coded once. Prints tab-separated lines:

    start   COUNT SECONDS              from the first request to the last instance that is running, and none that was late
    cpu     NAME PERCENT               of one core: the server, all workers, a worker, gst-launch
    memory  NAME MIB                   proportional set size: of a worker, of gst-launch
    threads NAME COUNT                 of a worker, of gst-launch
    jpeg    COUNT P50 LONGEST          ms to a first frame.jpg, of one camera after the other

    cameras.py STREAMTAP CAMERA COUNT      CAMERA: Tests/TestSupport/rtsp-camera.py
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

STREAMTAP, CAMERA, COUNT = sys.argv[1], sys.argv[2], int(sys.argv[3])
SECONDS = float(os.environ.get("SECONDS", "10"))
TICK = os.sysconf("SC_CLK_TCK")


def processor(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return int(re.search(r"^Pss:\s+(\d+)", file.read(), re.M).group(1)) / 1024


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def line(process, pattern):
    for text in process.stdout:
        found = re.search(pattern, text)
        if found:
            return found.group(1)
    raise SystemExit(f"no {pattern}")


def tell(*words):
    print(*words, sep="\t", flush=True)


camera = subprocess.Popen(
    ["/usr/bin/python3", CAMERA, "--width", "1280", "--height", "720", "--fps", "15", "--gop", "30"],
    stdout=subprocess.PIPE, text=True)
address = line(camera, r"(rtsp://\S+)")
plan = (
    f"rtspsrc location={address} latency=100 protocols=tcp ! application/x-rtp,media=video "
    "! rtph264depay ! h264parse ! {}\n")
folder = tempfile.TemporaryDirectory()
with open(os.path.join(folder.name, "camera.plan"), "w") as file:
    file.write(plan.format("streamtap name=live"))
server = subprocess.Popen(
    [STREAMTAP, "serve", "--no-state", "--port", "0", "--plans", folder.name],
    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
floor = subprocess.Popen(["gst-launch-1.0", "-q", *plan.format("fakesink").split()])
try:
    base = f"http://127.0.0.1:{line(server, r'http://[^ ]*:([0-9]+)')}/api/vp/"

    def ask(path, body=None):
        request = urllib.request.Request(
            base + path, method="POST" if body else "GET", data=json.dumps(body).encode() if body else None,
            headers={"Content-Type": "application/json"})
        return urllib.request.urlopen(request).read()

    begun = time.monotonic()
    for number in range(COUNT):
        ask("instances", {"plan": "camera", "id": f"camera-{number}"})
    while True:
        instances = json.loads(ask("instances"))["instances"]
        if all(one["state"] == "running" for one in instances):
            break
        time.sleep(0.1)
        if time.monotonic() - begun > 120:
            raise SystemExit({one["state"]: one.get("message") for one in instances})
    restarts = sum(one["restarts"] for one in instances)
    tell("start", COUNT, f"{time.monotonic() - begun:.1f}", restarts)

    with open(f"/proc/{server.pid}/task/{server.pid}/children") as file:
        workers = [int(pid) for pid in file.read().split()]
    # Workers are children of whichever thread has started them.
    for task in os.listdir(f"/proc/{server.pid}/task"):
        with open(f"/proc/{server.pid}/task/{task}/children") as file:
            workers += [int(pid) for pid in file.read().split() if int(pid) not in workers]
    time.sleep(5)
    before = processor(server.pid), sum(map(processor, workers)), processor(floor.pid)
    time.sleep(SECONDS)
    after = processor(server.pid), sum(map(processor, workers)), processor(floor.pid)
    used = [(then - now) / SECONDS * 100 for now, then in zip(before, after)]
    tell("cpu", "server", f"{used[0]:.2f}")
    tell("cpu", "workers", f"{used[1]:.2f}")
    tell("cpu", "worker", f"{used[1] / len(workers):.2f}")
    tell("cpu", "gst-launch", f"{used[2]:.2f}")
    tell("memory", "worker", f"{statistics.median(map(memory, workers)):.1f}")
    tell("memory", "gst-launch", f"{memory(floor.pid):.1f}")
    tell("threads", "worker", statistics.median(map(threads, workers)))
    tell("threads", "gst-launch", threads(floor.pid))
    took = []
    for number in range(COUNT):
        begun = time.monotonic()
        ask(f"taps/camera-{number}/live/frame.jpg")
        took.append((time.monotonic() - begun) * 1000)
        # One at a time: a decoder is there for ten seconds more.
        time.sleep(0.2)
    tell("jpeg", COUNT, f"{statistics.median(took):.0f}", f"{max(took):.0f}")
finally:
    for process in (floor, server, camera):
        process.terminate()
        process.wait()
