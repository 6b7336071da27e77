"""Watches a tap with Python's websockets: ADDRESS COUNT. Checks that every message is what was promised."""

import asyncio
import base64
import json
import sys

import websockets


def check(picture):
    assert picture[:2] == b"\xff\xd8" and picture[-2:] == b"\xff\xd9", "not a JPEG"


async def next_frame(socket):
    while True:
        message = json.loads(await asyncio.wait_for(socket.recv(), 10))
        if message["type"] == "frame":
            return message


async def main(address, count):
    async with websockets.connect(f"{address}?format=binary", max_size=None) as socket:
        seen = 0
        while seen < count:
            message = await asyncio.wait_for(socket.recv(), 10)
            if isinstance(message, bytes):
                check(message)
                seen += 1
        await asyncio.wait_for(await socket.ping(), 10)
    async with websockets.connect(address, max_size=None) as socket:
        check(base64.b64decode((await next_frame(socket))["data"], validate=True))
    print(f"{seen} JPEGs and 1 JSON frame")


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
