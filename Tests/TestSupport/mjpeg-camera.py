#!/usr/bin/python3
"""A camera that sends JPEGs over HTTP (multipart/x-mixed-replace) on the loopback address, as well or as badly as it is told.

Prints its address when it listens. Ends when its standard input ends, so that it never outlives a test.
"""

import argparse
import base64
import http.server
import os
import sys
import threading
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("picture", help="a JPEG file")
parser.add_argument("--fps", type=float, default=30)
parser.add_argument("--cut", type=int, default=0, metavar="N", help="every Nth picture is cut in half")
parser.add_argument("--hang-up", type=float, default=0, metavar="SECONDS", help="each answer ends after so long")
parser.add_argument("--status", type=int, default=200, help="of every answer; but for 200 it says nothing else")
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--password", help="of the user `me`, which is asked for")
parser.add_argument("--to", help="where it sends its clients")
options = parser.parse_args()
with open(options.picture, "rb") as file:
    picture = file.read()


class Camera(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        given = self.headers.get("Authorization")
        print("request", self.path, "with a password" if given else "without", flush=True)
        if options.to:
            self.send_response(302)
            self.send_header("Location", options.to)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        wanted = "Basic " + base64.b64encode(f"me:{options.password}".encode()).decode()
        if options.password is not None and given != wanted:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if options.status != 200:
            self.send_response(options.status)
            self.send_header("Content-Length", "0")
            if options.status == 401:
                self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=cut")
        self.end_headers()
        start = time.monotonic()
        number = 0
        try:
            while not options.hang_up or time.monotonic() - start < options.hang_up:
                number += 1
                part = picture[: len(picture) // 2] if options.cut and number % options.cut == 0 else picture
                self.wfile.write(b"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(part))
                self.wfile.write(part + b"\r\n")
                time.sleep(1 / options.fps)
        except OSError:
            pass

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer((options.host, 0), Camera)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"http://{options.host}:{server.server_port}/", flush=True)
sys.stdin.read()
os._exit(0)
