#!/usr/bin/env python3
"""What the real programs do with cameras of a real kernel driver: run in the machine that scripts/usb-guest makes.

The driver is vivid: two video devices, a control that disconnects one, and the kernel's own way to take them away and to give them
back. What is found is held against v4l2-ctl. usage: usb-test.py FOLDER-OF-PROGRAMS
"""

import datetime
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

PROGRAMS = sys.argv[1]
STREAMTAP = f"{PROGRAMS}/streamtap"
FOLDER = "/tmp/usb-test"
failures = []


def say(words):
    print(words, flush=True)


def expect(condition, words, found=""):
    say(f"{'ok  ' if condition else 'FAIL'} {words}" + (f": {found}" if found != "" else ""))
    if not condition:
        failures.append(words)


def until(words, seconds, value):
    """Waits for something that is true, and returns it; None where it does not become so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            found = value()
        except (urllib.error.URLError, ConnectionError, KeyError):
            found = None
        if found:
            return found
        time.sleep(0.05)
    return None


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


class Server:
    def __init__(self):
        environment = dict(os.environ, STREAMTAP_STATE=f"{FOLDER}/state")
        self.log = open(f"{FOLDER}/log", "a+")
        self.process = subprocess.Popen(
            [STREAMTAP, "serve", "--port", "0", "--plans", f"{FOLDER}/plans", "--allow-plan-text"],
            stdout=subprocess.PIPE, stderr=self.log, env=environment, text=True)
        line = self.process.stdout.readline()
        self.base = re.search(r"http://[^\s/]+", line).group(0)

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, method=method)
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, data, timeout=30) as answer:
                content = answer.read()
                is_json = answer.headers["Content-Type"] == "application/json"
                return answer.status, json.loads(content) if is_json else content
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def instance(self, name):
        return self.ask("GET", f"/api/vp/instances/{name}")[1]

    def device(self, path):
        devices = self.ask("GET", "/api/vp/devices")[1]["devices"]
        return next((device for device in devices if device["path"] == path), None)

    def device_of(self, name):
        devices = self.ask("GET", "/api/vp/devices")[1]["devices"]
        return next((d["path"] for d in devices if {"instance": name} in d["users"]), "/dev/none")

    def state(self, name, state, seconds=60):
        found = until(state, seconds, lambda: (lambda i: i if i.get("state") == state else None)(self.instance(name)))
        if not found:
            say(f"     {name} is {self.instance(name)}")
        return found or {}

    def frames(self, name):
        return self.ask("GET", f"/api/vp/taps/{name}")[1]["taps"]["live"]["frame_count"]

    def create(self, name, device, **parameters):
        status, answer = self.ask(
            "POST", "/api/vp/instances", {"plan": "usb", "id": name, "parameters": {"device": device, **parameters}})
        expect(status == 201, f"an instance of {device}", answer if status != 201 else "")

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=20)


class Events(threading.Thread):
    """Who watches the server."""

    def __init__(self, base):
        super().__init__(daemon=True)
        self.base = base
        self.kinds = []
        self.start()

    def run(self):
        request = urllib.request.Request(self.base + "/api/vp/events", headers={"Accept": "text/event-stream"})
        with urllib.request.urlopen(request) as stream:
            for line in stream:
                if line.startswith(b"event: "):
                    self.kinds.append(line[7:].decode().strip())


os.makedirs(f"{FOLDER}/plans")
write(f"{FOLDER}/plans/usb.plan", """---
parameters:
  device: {type: string, format: device}
---
v4l2src name=camera device=${device} extra-controls="c,contrast=77"
  ! video/x-raw,format=YUY2,width=320,height=180,framerate=15/1
  ! streamtap name=live
""")

# A machine without udev: containers, small systems.
say(run("uname", "-r").stdout.strip())
began = time.monotonic()
answer = run(STREAMTAP, "devices", "--json")
found = json.loads(answer.stdout or "{}").get("devices", [])
expect(len(found) == 2, "without udev: the kernel's two cameras are found", [d["path"] for d in found])
known = run("v4l2-ctl", "-d", "/dev/video0", "--list-formats-ext").stdout
first = found[0] if found else {"formats": []}
codes = re.findall(r"\[\d+\]: '([^']+)'", known)
ours = [format["code"] for format in first["formats"]]
codes = [re.sub(r" +(-BE)?$", r"\1", code) for code in codes]
expect(codes == ours and codes, "formats are those of v4l2-ctl", f"{len(ours)} {sorted(set(codes) ^ set(ours))}")
blocks = re.split(r"\[\d+\]: '", known)[1:]
sizes = [sorted(set(re.findall(r"Size: Discrete (\d+x\d+)", block))) for block in blocks]
listed = [sorted({f"{s['width']}x{s['height']}" for s in format["sizes"]}) for format in first["formats"]]
expect(sizes == listed[:len(sizes)], "sizes are those of v4l2-ctl", listed[0] if listed else "")
yuyv = next((format for format in first["formats"] if format["code"] == "YUYV"), {"sizes": []})
block = next((block for block in blocks if block.startswith("YUYV")), "")
rates = {
    part.split("\n")[0].strip(): [float(rate) for rate in re.findall(r"\(([\d.]+) fps\)", part)]
    for part in block.split("Size: Discrete ")[1:]
}
mine = {f"{s['width']}x{s['height']}": s["rates"] for s in yuyv["sizes"]}
expect(all(sorted(r, reverse=True) == [round(x, 2) for x in mine.get(s, [])] or
           [round(x, 2) for x in sorted(set(r), reverse=True)] == mine.get(s) for s, r in rates.items()) and rates,
       "rates are those of v4l2-ctl", mine.get("320x180"))
say(run(STREAMTAP, "devices").stdout[:600])

# With udev, as ordinary systems have it; vivid is no USB device, so a rule gives each the serial number that one would have.
write("/etc/udev/rules.d/99-guest.rules", """
SUBSYSTEM=="video4linux", ATTR{name}=="vivid-000-vid-cap", ENV{ID_SERIAL_SHORT}="GUEST0", SYMLINK+="v4l/by-id/usb-guest0-video-index0"
SUBSYSTEM=="video4linux", ATTR{name}=="vivid-001-vid-cap", ENV{ID_SERIAL_SHORT}="GUEST1", SYMLINK+="v4l/by-id/usb-guest1-video-index0"
""")
os.environ["SYSTEMD_IGNORE_CHROOT"] = "1"
run("/lib/systemd/systemd-udevd", "--daemon")
run("udevadm", "trigger", "--subsystem-match=video4linux", "--action=add")
run("udevadm", "settle")
found = json.loads(run(STREAMTAP, "devices", "--json").stdout or "{}").get("devices", [])
expect([d["device"] for d in found] == ["usb:GUEST0", "usb:GUEST1"], "with udev: named by serial number", found[0].get("by_path") if found else "")
expect(bool(found) and found[0].get("by_id") == "/dev/v4l/by-id/usb-guest0-video-index0", "and by links")

server = Server()
events = Events(server.base)
begin = time.monotonic()
server.create("cam", "usb:GUEST0")
running = server.state("cam", "running")
# An emulated machine is slow, and slower where others want its cores: what is to be soon is soon beside this.
start = time.monotonic() - begin
expect(running.get("state") == "running", "frames of a real driver")
expect(running["sources"][0].get("device") == "usb:GUEST0", "its source names it")
status, picture = server.ask("GET", "/api/vp/taps/cam/live/frame.jpg")
expect(status == 200 and picture[:2] == b"\xff\xd8", "a picture", f"{len(picture)} bytes")
contrast = run("v4l2-ctl", "-d", "/dev/video0", "-C", "contrast").stdout.strip()
expect(contrast == "contrast: 77", "the plan's extra-controls are set", contrast)
expect(server.device("/dev/video0")["users"] == [{"instance": "cam"}], "the instance is named as the camera's user")

# What can be set on it.
CONTROLS = "/api/vp/instances/cam/sources/camera/controls"


def control(name):
    """As v4l2-ctl reads it."""
    return run("v4l2-ctl", "-d", server.device_of("cam"), "-C", name).stdout.strip()


status, found = server.ask("GET", CONTROLS)
ours = {c["name"]: c for c in found.get("controls", [])}
theirs = set(re.findall(r"^ *(\w+) 0x[0-9a-f]+ \((?:int|int64|bool|menu|intmenu|button|bitmask)\)", run(
    "v4l2-ctl", "-d", "/dev/video0", "--list-ctrls").stdout, re.MULTILINE))
expect(status == 200 and theirs <= set(ours) and theirs, "controls are those of v4l2-ctl", f"{len(ours)}, {sorted(theirs - set(ours))}")
expect(ours.get("contrast", {}).get("value") == 77, "with their values")
status, found = server.ask("PATCH", CONTROLS, {"controls": {"brightness": 200, "contrast": 50, "horizontal_flip": True}})
expect(status == 200 and found["changes"] == {"brightness": 200, "contrast": 50, "horizontal_flip": 1}, "they are set while it runs", found)
expect([control(n) for n in ("brightness", "contrast", "horizontal_flip")] == ["brightness: 200", "contrast: 50", "horizontal_flip: 1"],
       "and v4l2-ctl finds them so")
expect(server.instance("cam")["restarts"] == running["restarts"], "without a new worker")
menu = next((c for c in ours.values() if c["kind"] == "choice" and len(c["choices"]) > 1 and not c["inactive"]), None)
if menu:
    status, found = server.ask("PATCH", CONTROLS, {"controls": {menu["name"]: menu["choices"][1]["name"]}})
    expect(status == 200, f"a choice by its name ({menu['name']})", "" if status == 200 else found)
    server.ask("PATCH", CONTROLS, {"controls": {menu["name"]: None}})
for body, code, words in [
    ({"brightness": 100_000}, "controls_invalid", "beyond the range"), ({"brigthness": 1}, "controls_invalid", "unknown"),
    ({"brightness": "much"}, "controls_invalid", "of another type"), ({"brightness": 20, "contrast": 100_000}, "controls_invalid", "half wrong"),
]:
    status, found = server.ask("PATCH", CONTROLS, {"controls": body})
    expect(status == 422 and found["error"]["code"] == code, f"refused: {words}", found["error"]["message"][:90])
expect(control("brightness") == "brightness: 200", "and nothing is set of what is half wrong")
status, found = server.ask("GET", "/api/vp/instances/cam/sources/other/controls")
expect(status == 404 and found["error"]["code"] == "source_unknown", "another source has none")

# Somebody else has it.
server.create("second", "/dev/video0")
busy = server.state("second", "retrying")
expect(busy.get("reason") == "device_busy", "a camera that is in use is device_busy", busy.get("message"))
words = until("words", 20, lambda: "instance 'cam'" in (server.instance("second").get("message") or ""))
expect(words, "and the instance that has it is named", server.instance("second").get("message"))
server.ask("DELETE", "/api/vp/instances/second")
other = subprocess.Popen(
    ["v4l2-ctl", "-d", "/dev/video1", "--stream-mmap", "--stream-count=100000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
until("v4l2-ctl", 20, lambda: server.device("/dev/video1")["users"])
server.create("third", "usb:GUEST1")
busy = server.state("third", "retrying")
named = until("words", 20, lambda: f"v4l2-ctl (process {other.pid})" in (server.instance("third").get("message") or ""))
expect(busy.get("reason") == "device_busy" and named, "a foreign program that has it is named, with its process",
       server.instance("third").get("message"))
other.terminate()
other.wait()
expect(server.state("third", "running", 40), "it runs once that program is gone")
server.ask("DELETE", "/api/vp/instances/third")


def broken(name, words, cut):
    """What a camera's going looks like; returns when it was noticed."""
    begin = time.monotonic()
    cut()
    found = server.state(name, "retrying", 20)
    expect(found.get("reason") == "device_missing", f"{words}: device_missing",
           f"{found.get('message')}, after {time.monotonic() - begin:.1f} s")
    return found


# The driver says what a plug says that is pulled, and takes the camera back once nobody has it open.
count = server.frames("cam")
begin = time.monotonic()
found = broken("cam", "disconnected", lambda: run("v4l2-ctl", "-d", "/dev/video0", "-c", "disconnect=1"))
expect("unplugged" in (found.get("message") or ""), "and says that it was unplugged", found.get("message"))
back = server.state("cam", "running", 20)
more = until("frames", 5, lambda: server.frames("cam") > count)
expect(back and more, "frames again", f"{time.monotonic() - begin:.1f} s after it was cut")

# Taken away altogether, while somebody keeps the old number from being free: it comes back under another one.
keeper = os.open("/dev/video0", os.O_RDWR | os.O_NONBLOCK)
bind = "/sys/bus/platform/drivers/vivid"
broken("cam", "unplugged", lambda: write(f"{bind}/unbind", "vivid.0"))
expect(until("event", 10, lambda: "devices_changed" in events.kinds), "watchers are told", len(events.kinds))
expect(until("list", 10, lambda: server.ask("GET", "/api/vp/devices")[1]["devices"] == []), "the list is empty")
tried = server.instance("cam")["restarts"]


def waiting():
    """The instance, where its next try is far off: nothing but the news can bring pictures soon, and no try is under way."""
    found = server.instance("cam")
    if found["restarts"] < tried + 4 or found["state"] != "retrying":
        return None
    next_try = datetime.datetime.fromisoformat(found["next_retry_at"].replace("Z", "+00:00")).timestamp()
    return found if next_try - time.time() > 5 else None


waits = until("long waits", 90, waiting)
expect(waits and "is not plugged in" in waits["message"], "it is tried again and again", waits and waits["message"])
count = server.frames("cam")
begin, clock = time.monotonic(), time.time()
write(f"{bind}/bind", "vivid.0")
before = (waits or {}).get("restarts", 0)
until("a try", 10, lambda: server.instance("cam")["restarts"] > before)
tried = time.monotonic() - begin
more = until("frames", 30, lambda: server.frames("cam") > count)
took = time.monotonic() - begin
tries = server.instance("cam")["restarts"] - before
steps = [
    f"{e.get('state', e['kind'])} {datetime.datetime.fromisoformat(e['at'].replace('Z', '+00:00')).timestamp() - clock:.1f} s"
    for e in server.ask("GET", "/api/vp/events?limit=100")[1]["events"]
    if e["kind"] == "device_added" or e.get("instance") == "cam" and e.get("state") in ("starting", "running")
]
say(f"     {', '.join(steps[-3:])}")
number = next((d["path"] for d in server.ask("GET", "/api/vp/devices")[1]["devices"] if d["device"] == "usb:GUEST0"), None)
expect(tried <= 3, "plugged in again: tried at once", f"{tried:.1f} s later")
expect(more and took <= max(3, tried + 2 * start), "plugged in again: frames", f"{took:.1f} s later (a start takes {start:.1f} s here), at try {tries}, at {number} instead of /dev/video0")
expect(number not in (None, "/dev/video0"), "under another number", number)
os.close(keeper)
server.state("cam", "running")
values = [control(n) for n in ("brightness", "contrast", "saturation")]
expect(values[:2] == ["brightness: 200", "contrast: 50"], "the controls are set again, and count more than the plan's", values)
kinds = [(e["kind"], e.get("message")) for e in server.ask("GET", "/api/vp/events?limit=100")[1]["events"] if e["kind"].startswith("device")]
expect({kind for kind, _ in kinds} == {"device_added", "device_removed"}, "the log of events has it", kinds[-1:])

# After a restart of the server.
server.end()
run("v4l2-ctl", "-d", number or "/dev/video0", "-c", "brightness=1,contrast=1")
server = Server()
expect(server.state("cam", "running"), "remembered: it runs after a restart of the server")
values = [control(n) for n in ("brightness", "contrast")]
expect(values == ["brightness: 200", "contrast: 50"], "with what was set on its camera", values)
status, found = server.ask("PATCH", CONTROLS, {"controls": {"brightness": None, "contrast": None}})
values = [control(n) for n in ("brightness", "contrast")]
expect(values == ["brightness: 128", "contrast: 77"] and set(found["changes"]) == {"horizontal_flip"},
       "taken back: the plan's value, else the driver's", values)

server.end()
say(f"usb-test: {len(failures)} failures, {time.monotonic() - began:.0f} s")
for words in failures:
    say(f"  {words}")
if failures:
    say(open(f"{FOLDER}/log").read()[-6000:])
sys.exit(1 if failures else 0)
