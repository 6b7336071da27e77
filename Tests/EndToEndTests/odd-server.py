"""odd-server.py KIND: answers each connection in one way that no StreamTap server does. Prints its port."""

import socket
import sys
import threading

JSON = b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
WORDS = '{"error":{"code":"not_\\u001b[31mfound","message":"\\u001b]0;title\\u0007gone \u009b2J \u202e","details":[]}}'.encode()
LIST = '{"instances":[{"id":"door","state":"retrying","message":"\\u001b[2Jcamera \u009b1m\\r\\nrunning"}]}'.encode()

KINDS = {
    "garbage": b"\x00\x01\x02 this is no HTTP\r\n\r\n",
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/elsewhere\r\nContent-Length: 0\r\n\r\n",
    "html": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>",
    "html404": b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>",
    "half": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
    "empty": b"",
    "other-json": JSON % (200, 15, b'{"hello":"you"}'),
    "words": JSON % (404, len(WORDS), WORDS),
    "list": JSON % (200, len(LIST), LIST),
}


def answer(connection, kind):
    connection.recv(65536)
    if kind == "hang":
        threading.Event().wait()
    if kind == "hang-in-body":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
        threading.Event().wait()
    connection.sendall(KINDS[kind])
    connection.close()


listener = socket.create_server(("127.0.0.1", 0))
print(f"port {listener.getsockname()[1]}", flush=True)
while True:
    threading.Thread(target=answer, args=(listener.accept()[0], sys.argv[1]), daemon=True).start()
