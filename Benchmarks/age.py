#!/usr/bin/python3
"""How old a picture is where it is seen: at an appsink alone, and at a viewer's socket, JPEG and all.

Real cameras on the loopback address; both sides take turns, in short slices, for each way to write the source. Prints a line for
each: its name, then the 50th and 99th percentile of the one and of the other, in ms.

    [ROUNDS=3] [ONLY=WORD] age.py STREAMTAP RTSP-CAMERA.PY [SECONDS]
"""

import base64
import http.server
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

RTSP = "rtspsrc location={h264} latency=100 protocols=tcp"
DECODED = "rtph264depay ! h264parse ! avdec_h264"
SPELLINGS = {
    "rtspsrc ! rtph264depay ! h264parse ! avdec_…": f"{RTSP} ! {DECODED}",
    "rtspsrc ! application/x-rtp,… ! …": f"{RTSP} ! application/x-rtp,media=video ! {DECODED}",
    "rtspsrc ! queue ! …": f"{RTSP} ! queue ! {DECODED}",
    "rtspsrc name=s … s. ! …": f"{RTSP} name=s s. ! {DECODED}",
    "rtspsrc ! rtph264depay ! avdec_h264": f"{RTSP} ! rtph264depay ! avdec_h264",
    "rtspsrc ! decodebin": f"{RTSP} ! decodebin",
    "rtspsrc ! decodebin3": f"{RTSP} ! decodebin3",
    "uridecodebin": "uridecodebin uri={h264}",
    "rtspsrc ! rtpjpegdepay (as it is)": RTSP.replace("h264", "mjpeg") + " ! rtpjpegdepay",
    "rtspsrc ! rtpjpegdepay ! jpegdec": RTSP.replace("h264", "mjpeg") + " ! rtpjpegdepay ! jpegdec",
    "souphttpsrc ! multipartdemux (as it is)": "souphttpsrc location={http} is-live=true do-timestamp=true"
    " ! multipartdemux ! image/jpeg",
}
ROUNDS = int(os.environ.get("ROUNDS", "3"))
ONLY = os.environ.get("ONLY", "")
# Seconds at the beginning that do not count: a keyframe is waited for, and rtspsrc takes two to learn the camera's clock.
START = 2.5


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


class MultipartCamera(http.server.BaseHTTPRequestHandler):
    """Sends one picture thirty times a second, as cameras do over HTTP."""

    picture = b""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        due = time.monotonic()
        try:
            while True:
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(self.picture)}\r\n\r\n"
                self.wfile.write(head.encode() + self.picture + b"\r\n")
                due += 1 / 30
                time.sleep(max(due - time.monotonic(), 0))
        except OSError:
            pass

    def log_message(self, *_):
        pass


def serve_multipart():
    """Its address."""
    pipeline = Gst.parse_launch(
        "videotestsrc num-buffers=1 pattern=ball ! video/x-raw,format=I420,width=1280,height=720 ! jpegenc ! appsink name=out"
    )
    pipeline.set_state(Gst.State.PLAYING)
    buffer = pipeline.get_by_name("out").emit("pull-sample").get_buffer()
    MultipartCamera.picture = buffer.extract_dup(0, buffer.get_size())
    pipeline.set_state(Gst.State.NULL)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), MultipartCamera)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def start_camera(program, codec):
    return subprocess.Popen(
        ["/usr/bin/python3", program, "--width", "1280", "--height", "720", "--codec", codec],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )


def main():
    streamtap, camera_program = sys.argv[1:3]
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 1.5
    Gst.init(None)
    cameras = {codec: start_camera(camera_program, codec) for codec in ("h264", "mjpeg")}
    try:
        addresses = {codec: camera.stdout.readline().strip() for codec, camera in cameras.items()}
        addresses["http"] = serve_multipart()
        for name, text in SPELLINGS.items():
            if ONLY not in name:
                continue
            source, alone, seen = text.format(**addresses), [], []
            for number in range(ROUNDS):
                turns = [lambda: alone.extend(bare(source, seconds)), lambda: seen.extend(watched(streamtap, source, seconds))]
                for turn in turns if number % 2 == 0 else reversed(turns):
                    turn()
            print(
                name, *(f"{percentile(ages, share):.2f}" for ages in (alone, seen) for share in (0.5, 0.99)), sep="\t",
                flush=True,
            )
    finally:
        for camera in cameras.values():
            camera.stdin.close()
            camera.wait()


main()
