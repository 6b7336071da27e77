"""Uses a server through a proxy, as browsers and players do: through-proxy.py http|https PORT PATH HOST [briefly].

Instances `cam` (pictures) and `away` (none, ever) are there. Prints what holds, and `done`; what does not is an exception.
"""

import asyncio
import http.client
import json
import ssl
import sys
import time

import websockets

scheme, port, path, host = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
origin = f"{scheme}://{host}:{port}"
headers = {"Host": f"{host}:{port}"}
# Longer than the proxy waits for a connection on which nothing goes.
idle = 7
encryption = ssl.create_default_context() if scheme == "https" else None
if encryption:
    encryption.check_hostname = False
    encryption.verify_mode = ssl.CERT_NONE


def connection():
    if encryption:
        return http.client.HTTPSConnection("127.0.0.1", port, context=encryption, timeout=20)
    return http.client.HTTPConnection("127.0.0.1", port, timeout=20)


def ask(client, method, address, body=None, **more):
    client.request(method, path + address, body, headers | more)
    answer = client.getresponse()
    return answer, answer.read()


def socket(address):
    return websockets.connect(
        f"{'wss' if encryption else 'ws'}://{host}:{port}{path}{address}", host="127.0.0.1", port=port, ssl=encryption,
        origin=origin, max_size=None, ping_interval=None)


def requests():
    client = connection()
    answer, page = ask(client, "GET", "")
    assert answer.status == 200 and b"<title>" in page, (answer.status, page[:300])
    for _ in range(5):  # on one connection
        answer, picture = ask(client, "GET", "api/vp/taps/cam/live/frame.jpg")
        assert answer.status == 200 and picture[:2] == b"\xff\xd8", (answer.status, picture[:300])
    tag = ask(client, "GET", "api/vp/taps/ended/live/frame.jpg")[0].headers["ETag"]
    assert ask(client, "GET", "api/vp/taps/ended/live/frame.jpg", **{"If-None-Match": tag})[0].status == 304
    answer, text = ask(
        client, "POST", "api/vp/instances", "{}", **{"Content-Type": "application/json", "Origin": origin})
    assert answer.status == 422, (answer.status, text)
    answer, text = ask(
        client, "POST", "api/vp/instances", "{}", **{"Content-Type": "application/json", "Origin": "https://evil.example"})
    assert answer.status == 403, (answer.status, text)
    if encryption:  # at the port that is not named
        named = {"Content-Type": "application/json", "Host": host, "Origin": f"https://{host}"}
        answer, text = ask(client, "POST", "api/vp/instances", "{}", **named)
        assert answer.status == 422, (answer.status, text)
        answer, text = ask(client, "POST", "api/vp/instances", "{}", **(named | {"Origin": f"http://{host}"}))
        assert answer.status == 403, (answer.status, text)
    print("page, pictures, origins", flush=True)


def stream():
    """Few small pictures: a proxy that collected them would pass on old ones."""
    client = connection()
    client.request("GET", path + "api/vp/taps/cam/live/stream.mjpeg?fps=4&width=64", headers=headers)
    answer = client.getresponse()
    for _ in range(6):
        while not (line := answer.readline()).startswith(b"X-Timestamp: "):
            assert line, "the stream ended"
        age = time.time() - float(line.split()[1])
        assert age < 2, f"a picture is {age} s old"
    client.sock and client.sock.close()
    print("stream", flush=True)


async def reconnects():
    """Sockets and requests in turn: proxies use their connections to the server again."""
    for number in range(100):
        async with socket("ws/vp/tap/cam/live?format=binary&width=64") as viewer:
            while not isinstance(message := await asyncio.wait_for(viewer.recv(), 10), bytes):
                pass
            assert message[:2] == b"\xff\xd8"
        if number % 5 == 0:
            client = connection()
            assert ask(client, "GET", "healthz")[0].status == 200
            client.close()
    print("100 reconnects", flush=True)


async def idle_socket(address):
    async with socket(address) as viewer:
        end = time.monotonic() + idle
        while (left := end - time.monotonic()) > 0:
            try:
                await asyncio.wait_for(viewer.recv(), left)
            except asyncio.TimeoutError:
                pass
        await viewer.send(json.dumps({"type": "ping"}))
        await asyncio.wait_for(await viewer.ping(), 10)
    print("idle", address, flush=True)


def idle_answer(address, accept):
    client = connection()
    client.request("GET", path + address, headers=headers | {"Accept": accept})
    answer = client.getresponse()
    assert answer.status == 200, answer.status
    begin = time.monotonic()
    while time.monotonic() - begin < idle:
        assert answer.readline(), f"{address} was cut after {time.monotonic() - begin:.1f} s"
    client.sock and client.sock.close()
    print("idle", address, flush=True)


async def main():
    requests()
    stream()
    if sys.argv[5:] == ["briefly"]:
        await reconnects()
        return print("done", flush=True)
    waiting = asyncio.gather(
        idle_socket("ws/vp"), idle_socket("ws/vp/tap/away/live?format=binary"),
        asyncio.to_thread(idle_answer, "api/vp/events", "text/event-stream"),
        asyncio.to_thread(idle_answer, "api/vp/taps/away/live/stream.mjpeg", "*/*"))
    await asyncio.gather(reconnects(), waiting)
    print("done", flush=True)


asyncio.run(main())
