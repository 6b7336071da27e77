"""Starts a server on a socket that it is handed over, as systemd does, and restarts it while others connect.

socket-activation.py PROGRAM ARGUMENTS…: prints how many asked, and `done`. Nobody may be refused; of those who had just been
accepted when a server ended, each asker may have lost one at each restart.
"""

import http.client
import os
import signal
import socket
import sys
import threading
import time

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(256)
port = listener.getsockname()[1]
stopping = threading.Event()
answers, failures = [], []


def start():
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(writer, 1)
        os.dup2(listener.fileno(), 3)
        os.set_inheritable(3, True)
        os.execve(sys.argv[1], sys.argv[1:], os.environ | {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"})
    os.close(writer)
    line = os.fdopen(reader).readline()
    assert f"127.0.0.1:{port}" in line, line
    return pid


def ask():
    while not stopping.is_set():
        try:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            client.request("GET", "/healthz")
            answers.append(client.getresponse().status)
            client.close()
        except Exception as error:
            failures.append(repr(error))
        time.sleep(0.005)


server = start()
children = os.listdir(f"/proc/{server}/fd")
askers = [threading.Thread(target=ask) for _ in range(4)]
for asker in askers:
    asker.start()
for _ in range(3):
    count = len(answers)
    while len(answers) < count + 20:
        time.sleep(0.01)
    os.kill(server, signal.SIGTERM)
    assert os.waitpid(server, 0)[1] == 0
    server = start()
stopping.set()
for asker in askers:
    asker.join()
os.kill(server, signal.SIGTERM)
assert os.waitpid(server, 0)[1] == 0
assert all("ConnectionResetError" in failure for failure in failures), failures[:5]
assert len(failures) <= 3 * len(askers), failures[:20]
assert set(answers) == {200}, set(answers)
print(len(answers), "answers", flush=True)
print("done", flush=True)
