#!/usr/bin/env python3
"""Runs a program in a world where cameras are plugged in and unplugged on demand: umockdev stands between the program and the kernel's
/sys, /dev, udev's database and its messages. Each line on standard input is `plug NAME SERIAL NUMBER` or `unplug NAME`.

usage: umockdev-wrapper mock-cameras.py PROGRAM ARGUMENT...
"""

import os
import signal
import subprocess
import sys
import time

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

bed = UMockdev.Testbed.new()
plugged = {}


def add_camera(name, serial, number):
    usb = bed.add_device(
        "usb", f"usb-{name}", None,
        ["serial", serial, "product", f"{name} cam", "idVendor", "046d", "idProduct", "0825"],
        ["DEVTYPE", "usb_device"])
    interface = bed.add_device("usb", f"usb-{name}:1.0", usb, [], ["DEVTYPE", "usb_interface"])
    node = bed.add_device(
        "video4linux", f"video{number}", interface, ["name", f"{name} cam", "index", "0"],
        ["DEVNAME", f"/dev/video{number}", "ID_SERIAL_SHORT", serial, "ID_SERIAL", f"046d_{name}_{serial}",
         "ID_V4L_CAPABILITIES", ":capture:",
         "DEVLINKS", f"/dev/v4l/by-id/usb-046d_{name}_{serial}-video-index0"])
    plugged[name] = (usb, interface, node)
    bed.uevent(node, "add")


def remove_camera(name):
    usb, interface, node = plugged.pop(name)
    # As the kernel has it (device_del): it tells of the end first, and for a while what has ended is still in /sys.
    bed.uevent(node, "remove")
    time.sleep(0.3)
    for device in (node, interface, usb):
        bed.remove_device(device)


program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
signal.signal(signal.SIGTERM, lambda *_: program.terminate())
for line in sys.stdin:
    words = line.split()
    if words[0] == "plug":
        add_camera(words[1], words[2], int(words[3]))
    elif words[0] == "unplug":
        remove_camera(words[1])
program.terminate()
sys.exit(program.wait())
