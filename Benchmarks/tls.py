#!/usr/bin/python3
"""What TLS costs for each picture that a viewer gets: of the server's own, and of an nginx before it that gives TLS for it.

Both take turns. Viewers are a program of their own (tls-viewers.c). Prints tab-separated lines:

    tls NAME VIEWERS KB US SERVER-US RATE MIB   processor time a picture, of all processes that serve and of the server alone; pictures
                                                a second each; resident memory of all that serve

    tls.py STREAMTAP VIEWERS-PROGRAM [COUNT]
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

STREAMTAP, VIEWERS = sys.argv[1:3]
COUNT = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SECONDS = float(os.environ.get("SECONDS", "4"))
PLAN = "videotestsrc is-live=true pattern=snow ! video/x-raw,width=224,height=168,framerate=30/1 ! streamtap name=live\n"
TAP = "/ws/vp/tap/large/live?format=binary"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processor(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def resident(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status") as file:
            total += next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
    return total / 1024


def children(pid):
    return [int(child) for child in open(f"/proc/{pid}/task/{pid}/children").read().split()]


def main():
    folder = tempfile.TemporaryDirectory()
    place = folder.name
    with open(place + "/large.plan", "w") as file:
        file.write(PLAN)
    subprocess.run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout key.pem -out cert.pem -subj /CN=localhost",
        shell=True, check=True, cwd=place, stderr=subprocess.DEVNULL)
    plain, secure, proxied = free_port(), free_port(), free_port()
    server = subprocess.Popen(
        [STREAMTAP, "serve", "--no-state", "--plans", place, "--listen", f"https://127.0.0.1:{secure}", "--listen",
         f"http://127.0.0.1:{plain}", "--tls-certificate", place + "/cert.pem", "--tls-key", place + "/key.pem",
         "--trusted-proxy", "127.0.0.1", "--insecure-allow-anyone"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    server.stdout.readline()
    with open(place + "/nginx.conf", "w") as file:
        file.write(f"""daemon off; pid {place}/nginx.pid; error_log {place}/error.log; worker_processes 2; user root;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  upstream streamtap {{ server 127.0.0.1:{plain}; }}
  server {{
    listen 127.0.0.1:{proxied} ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem;
    location / {{
      proxy_pass http://streamtap; proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_buffer_size 64k; proxy_buffers 8 64k;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
    }}
  }}
}}
""")
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", place + "/nginx.conf", "-p", place], stderr=subprocess.DEVNULL)
    try:
        request = urllib.request.Request(
            f"http://127.0.0.1:{plain}/api/vp/instances", method="POST", data=b'{"plan":"large"}',
            headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request).read()
        time.sleep(2)
        size = len(urllib.request.urlopen(f"http://127.0.0.1:{plain}/api/vp/taps/large/live/frame.jpg").read())
        results = {"own TLS": [], "nginx": []}
        for _ in range(ROUNDS):
            for name, port, pids in (
                    ("own TLS", secure, [server.pid]), ("nginx", proxied, [server.pid] + children(nginx.pid))):
                viewers = subprocess.Popen(
                    [VIEWERS, str(port), str(COUNT), str(SECONDS), TAP], stdout=subprocess.PIPE, text=True)
                assert viewers.stdout.readline() == "ready\n", name
                before, own = processor(pids), processor([server.pid])
                memory = resident(pids)
                pictures = int(viewers.stdout.readline().split()[0])
                used, own = processor(pids) - before, processor([server.pid]) - own
                viewers.wait()
                results[name].append(
                    (used / pictures * 1e6, own / pictures * 1e6, pictures / SECONDS / COUNT, memory))
                time.sleep(1)
        for name, rows in results.items():
            us, own, rate, memory = (statistics.median(row[part] for row in rows) for part in range(4))
            print(f"tls\t{name}\t{COUNT}\t{size / 1000:.1f}\t{us:.2f}\t{own:.2f}\t{rate:.1f}\t{memory:.0f}", flush=True)
    finally:
        nginx.terminate()
        server.terminate()
        nginx.wait()
        server.wait()


main()
