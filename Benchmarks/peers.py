#!/usr/bin/python3
"""What viewers of MJPEG cost Debian's motion and ustreamer, and this server, of the same camera: one JPEG, 30 times a second.

All processes of each count, those too that take the pictures and, where it is so, decode and encode them. ustreamer takes
pictures from V4L2 alone: it has a device that gives the same JPEG (pretend-camera.c). Prints tab-separated lines:

    NAME VIEWERS KB US-A-PICTURE PERCENT-OF-A-CORE RATE      processor time a picture delivered; pictures a second each

    peers.py STREAMTAP VIEWERS-PROGRAM CAMERA-PROGRAM PRETEND-CAMERA.c
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import json

STREAMTAP, VIEWERS, CAMERA, PRETENDED = sys.argv[1:5]
SECONDS = float(os.environ.get("SECONDS", "4"))
COUNTS = (1, 16, 64)
folder = tempfile.TemporaryDirectory()


def inside(name):
    return os.path.join(folder.name, name)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def quiet(words, **more):
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)


def processes(pid):
    found = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            for child in file.read().split():
                found += processes(int(child))
    return found


def processor(pid):
    """Seconds, of all threads; to the nanosecond, where a process's own numbers are in hundredths of a second."""
    total = 0
    for one in processes(pid):
        for task in os.listdir(f"/proc/{one}/task"):
            with open(f"/proc/{one}/task/{task}/schedstat") as file:
                total += int(file.read().split()[0])
    return total / 1e9


def picture_size(port, path):
    """Bytes of a part, of those that come after the first ones."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as stream:
                lengths = []
                while len(lengths) < 10:
                    found = re.match(rb"content-length:\s*(\d+)", stream.readline(), re.IGNORECASE)
                    if found:
                        lengths.append(int(found.group(1)))
                        stream.read(lengths[-1])
                return sum(lengths[5:]) / 5
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing at port {port}")


def ours(camera):
    with open(inside("camera.plan"), "w") as file:
        file.write(f"souphttpsrc location={camera} is-live=true ! multipartdemux ! streamtap name=live\n")
    process = subprocess.Popen(
        [STREAMTAP, "serve", "--no-state", "--port", "0", "--plans", folder.name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True)
    port = int(next(re.search(r"http://[^ ]*:(\d+)", line).group(1) for line in process.stdout if "http://" in line))
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/vp/instances", method="POST", data=json.dumps({"plan": "camera"}).encode(),
        headers={"Content-Type": "application/json"})
    urllib.request.urlopen(request).read()
    return process, port, "/api/vp/taps/camera/live/stream.mjpeg"


def motion(camera):
    port = free_port()
    with open(inside("motion.conf"), "w") as file:
        file.write(f"""
            daemon off\nlog_level 4\ntarget_dir {folder.name}\nnetcam_url {camera}\nwidth 640\nheight 480\nframerate 30
            threshold 1000000\npicture_output off\nmovie_output off\nwebcontrol_port 0\ntext_left\ntext_right
            stream_port {port}\nstream_localhost on\nstream_maxrate 30\nstream_quality 80\n""".replace("            ", ""))
    return quiet(["motion", "-c", inside("motion.conf")]), port, "/"


def ustreamer(_):
    port, library = free_port(), inside("pretend-camera.so")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, PRETENDED, "-ldl"], check=True)
    picture = inside("picture.jpg")
    environment = os.environ | {
        "DEVICE": picture, "PICTURE": picture, "WIDTH": "640", "HEIGHT": "480", "FPS": "30", "LD_PRELOAD": library}
    words = ["ustreamer", f"--device={picture}", "--format=JPEG", "--encoder=HW", "--resolution=640x480",
             "--desired-fps=30", "--host=127.0.0.1", f"--port={port}"]
    return quiet(words, env=environment), port, "/stream"


def measure(name, start, camera):
    process, port, path = start(camera)
    try:
        size = picture_size(port, path)
        time.sleep(1)
        before = processor(process.pid)
        time.sleep(SECONDS)
        used = processor(process.pid) - before
        print(name, 0, f"{size / 1000:.1f}", "–", f"{used / SECONDS * 100:.1f}", "–", sep="\t", flush=True)
        for count in COUNTS:
            viewers = subprocess.Popen(
                [VIEWERS, "watch", str(port), "mjpeg", str(count), str(SECONDS), path], stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, text=True)
            viewers.stdout.readline()
            time.sleep(1)
            before = processor(process.pid)
            viewers.stdin.write("x")
            viewers.stdin.flush()
            received = float(viewers.stdout.readline().split()[1])
            used = processor(process.pid) - before
            viewers.wait()
            pictures = received / size
            print(
                name, count, f"{size / 1000:.1f}", f"{used / pictures * 1e6:.0f}", f"{used / SECONDS * 100:.1f}",
                f"{pictures / SECONDS / count:.1f}", sep="\t", flush=True)
    finally:
        process.terminate()
        process.wait()


subprocess.run(
    ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=640x480:rate=1", "-frames:v", "1", "-q:v", "4", "-y",
     inside("picture.jpg")], check=True)
source = subprocess.Popen(
    ["/usr/bin/python3", CAMERA, inside("picture.jpg"), "--fps", "30"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    text=True)
try:
    address = source.stdout.readline().strip()
    measure("StreamTap", ours, address)
    for program in (motion, ustreamer):
        if shutil.which(program.__name__):
            measure(program.__name__, program, address)
finally:
    source.stdin.close()
    source.wait()
