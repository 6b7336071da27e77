"""Asks for a tap as Home Assistant's cameras do, with the libraries that it uses: home-assistant.py STILL STREAM.

The integration `mjpeg` looks at both addresses with requests, takes stills with aiohttp, or with httpx from the stream, and
passes the stream on to browsers with aiohttp; `generic` takes stills with httpx and has PIL say what they are. All of them
send a password where one was typed in, needed or not.
"""

import asyncio
import contextlib
import io
import sys

import aiohttp
import aiohttp.web
import httpx
import PIL.Image
import requests

still, stream = sys.argv[1:]
name, password = "home", "assistant"


def check(what, picture):
    image = PIL.Image.open(io.BytesIO(picture))
    image.load()
    assert image.format == "JPEG", image.format
    print(what, *image.size, flush=True)


def look_at(address):
    """Before the camera is taken over: is something there?"""
    with requests.get(address, auth=(name, password), stream=True, timeout=10) as answer:
        answer.raise_for_status()
        print("looked at", answer.headers["Content-Type"], flush=True)


async def still_of_generic():
    async with httpx.AsyncClient(follow_redirects=True) as client:
        answer = await client.get(still, auth=(name, password), timeout=10)
        answer.raise_for_status()
        check("generic still", answer.content)


async def still_of_stream():
    """The first picture in the stream, found by its marks."""
    async with httpx.AsyncClient() as client:
        async with client.stream("GET", stream, auth=(name, password), timeout=10) as answer:
            answer.raise_for_status()
            data = b""
            async for chunk in answer.aiter_bytes(102400):
                data += chunk
                begin, end = data.find(b"\xff\xd8"), data.find(b"\xff\xd9")
                if begin >= 0 and end >= 0:
                    return check("still of the stream", data[begin:end + 2])


async def passed_on(session):
    """A browser's view of the stream: what came in goes out with its type, and parts are found by their boundary."""

    async def respond(request):
        async with session.get(stream, auth=aiohttp.BasicAuth(name, password)) as camera:
            answer = aiohttp.web.StreamResponse()
            answer.headers["Content-Type"] = camera.headers["Content-Type"]
            await answer.prepare(request)
            with contextlib.suppress(ConnectionError):  # the browser has gone
                while data := await asyncio.wait_for(camera.content.read(102400), 10):
                    await answer.write(data)
            return answer

    application = aiohttp.web.Application()
    application.router.add_get("/", respond)
    runner = aiohttp.web.AppRunner(application)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
    async with session.get(f"http://127.0.0.1:{runner.addresses[0][1]}/") as answer:
        parts = aiohttp.MultipartReader.from_response(answer)
        for _ in range(5):
            part = await parts.next()
            assert part.headers["Content-Type"] == "image/jpeg", part.headers
            picture = bytes(await part.read())
            assert len(picture) == int(part.headers["Content-Length"]), part.headers
            check("passed on", picture)
    await runner.cleanup()


async def main():
    for address in (still, stream):
        await asyncio.to_thread(look_at, address)
    async with aiohttp.ClientSession() as session:
        async with session.get(still, auth=aiohttp.BasicAuth(name, password)) as answer:
            check("still", await answer.read())
        await still_of_generic()
        await still_of_stream()
        await passed_on(session)
    print("done", flush=True)


asyncio.run(asyncio.wait_for(main(), 30))
