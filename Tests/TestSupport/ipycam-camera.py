#!/usr/bin/python3
"""ipycam, a camera that others wrote, with a moving picture: ONVIF on port 8080, RTSP on 8554.

    ipycam-camera.py PACKAGES HOST [USER PASSWORD]

PACKAGES is where it is installed. Prints its address when it listens, and "moving 0.5" or "still" when that changes. Ends when its
standard input ends.
"""

import sys
import threading
import time

sys.path.insert(0, sys.argv[1])

import numpy
import ipycam

name, password = (sys.argv[3:5] + ["", ""])[:2]
camera = ipycam.IPCamera(ipycam.CameraConfig(
    name="Yard", manufacturer="PythonCam", model="Virtual", local_ip=sys.argv[2], username=name, password=password,
    main_width=640, main_height=360, main_fps=10, sub_width=320, sub_height=180, sub_fps=10))
if not camera.start():
    sys.exit("it does not start")
print(camera.config.onvif_url, flush=True)


def pictures():
    number = 0
    while True:
        number += 1
        frame = numpy.full((360, 640, 3), 64, numpy.uint8)
        frame[:, number * 8 % 640:][:, :40] = 200
        camera.stream(frame)
        time.sleep(0.1)


threading.Thread(target=pictures, daemon=True).start()
sys.stdin.read()
