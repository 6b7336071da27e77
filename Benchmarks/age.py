#!/usr/bin/python3
"""How old a picture is where it is seen: at an appsink alone, and at a viewer's socket, JPEG and all.

A real RTSP camera on the loopback address; both sides take turns, for each way to write the source. Prints a line for each:
its name, then the 50th and 99th percentile of the one and of the other, in ms.

    age.py STREAMTAP RTSP-CAMERA.PY [SECONDS]
"""

import base64
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

SOURCE = "rtspsrc location={camera} latency=100 protocols=tcp"
SPELLINGS = {
    "rtspsrc ! rtph264depay ! h264parse ! avdec_h264": SOURCE + " ! rtph264depay ! h264parse ! avdec_h264",
    "rtspsrc ! application/x-rtp,… ! …": SOURCE
    + " ! application/x-rtp,media=video ! rtph264depay ! h264parse ! avdec_h264",
    "rtspsrc ! decodebin": SOURCE + " ! decodebin",
}
ROUNDS = int(os.environ.get("ROUNDS", "3"))
# Frames at the beginning that do not count: a keyframe is waited for, and rtspsrc learns the camera's clock.
START = 1.0


def percentile(ages, share):
    ordered = sorted(ages)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


def bare(source, seconds):
    """At an appsink, in seconds."""
    pipeline = Gst.parse_launch(source + " ! appsink name=out sync=false emit-signals=true max-buffers=2")
    pipeline.use_clock(Gst.SystemClock.obtain())
    out, ages = pipeline.get_by_name("out"), []

    def sample(sink):
        now = time.monotonic_ns()
        taken = sink.emit("pull-sample")
        running = taken.get_segment().to_running_time(Gst.Format.TIME, taken.get_buffer().pts)
        ages.append((now, (now - pipeline.get_base_time() - running) / 1e9))
        return Gst.FlowReturn.OK

    out.connect("new-sample", sample)
    pipeline.set_state(Gst.State.PLAYING)
    time.sleep(seconds + START)
    pipeline.set_state(Gst.State.NULL)
    return steady(ages)


def steady(ages):
    return [age for at, age in ages if at - ages[0][0] > START * 1e9]


def receive(link, count):
    data = b""
    while len(data) < count:
        part = link.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def watched(streamtap, source, seconds):
    """At a viewer's WebSocket, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        plan = os.path.join(folder, "age.plan")
        with open(plan, "w") as file:
            file.write(source + " ! streamtap name=live\n")
        server = subprocess.Popen(
            [streamtap, "run", "--port", "0", plan], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            for line in server.stdout:
                found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
                if found:
                    break
            return view(int(found[1]), seconds)
        finally:
            server.terminate()
            server.wait()


def view(port, seconds):
    link = socket.create_connection(("127.0.0.1", port))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    link.sendall(
        f"GET /ws/vp/tap/age/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    while receive(link, 1) != b"\r" or receive(link, 3) != b"\n\r\n":
        pass
    ages = []
    while not ages or ages[-1][0] - ages[0][0] < (seconds + START) * 1e9:
        _, length = receive(link, 2)
        if length == 126:
            length = struct.unpack(">H", receive(link, 2))[0]
        elif length == 127:
            length = struct.unpack(">Q", receive(link, 8))[0]
        message = receive(link, length)
        now, wall = time.monotonic_ns(), time.time()
        captured = re.search(rb'"captured_us":(\d+)', message)
        if captured:
            ages.append((now, wall - int(captured[1]) / 1e6))
    link.close()
    return steady(ages)


def main():
    streamtap, camera_program = sys.argv[1:3]
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 5
    Gst.init(None)
    camera = subprocess.Popen(
        ["/usr/bin/python3", camera_program, "--width", "1280", "--height", "720"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    try:
        address = camera.stdout.readline().strip()
        for name, text in SPELLINGS.items():
            source, alone, seen = text.format(camera=address), [], []
            for _ in range(ROUNDS):
                alone += bare(source, seconds)
                seen += watched(streamtap, source, seconds)
            print(
                name, *(f"{percentile(ages, share):.2f}" for ages in (alone, seen) for share in (0.5, 0.99)), sep="\t",
                flush=True,
            )
    finally:
        camera.stdin.close()
        camera.wait()


main()
