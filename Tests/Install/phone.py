"""A phone: Chromium that says it is one, driven through its DevTools protocol.

phone.py ADDRESS USER PASSWORD PICTURE: opens a page, signs in as a person does, waits until all of its pictures are painted, and
keeps what is on the screen as a PNG.
"""

import asyncio
import base64
import json
import pathlib
import subprocess
import sys
import tempfile

import websockets

PAINTED = "(() => { const all = [...document.querySelectorAll('canvas')];" \
    " return all.length > 0 && all.every((one) => ![0, 300].includes(one.width)) && all.length; })()"


class Page:
    def __init__(self, socket):
        self.socket, self.calls, self.session = socket, 0, None

    async def call(self, method, **parameters):
        self.calls += 1
        message = {"id": self.calls, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        await self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(await self.socket.recv())
            if answer.get("id") == self.calls:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]

    async def evaluate(self, script):
        result = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            return None
        return result["result"].get("value")

    async def wait(self, what, script, limit=40):
        for _ in range(limit * 5):
            value = await self.evaluate(script)
            if value:
                return value
            await asyncio.sleep(0.2)
        raise AssertionError(f"not within {limit} s: {what}: {await self.evaluate('document.body.innerText')}")


async def main(address, user, password, picture):
    profile = tempfile.TemporaryDirectory()
    browser = subprocess.Popen(
        ["/usr/bin/chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--ignore-certificate-errors", "--disable-background-networking", "--remote-debugging-port=0",
         f"--user-data-dir={profile.name}", "about:blank"],
        stderr=subprocess.PIPE, text=True)
    try:
        devtools = next(line.split()[-1] for line in browser.stderr if "DevTools listening on" in line)
        async with websockets.connect(devtools, max_size=None) as socket:
            page = Page(socket)
            target = (await page.call("Target.createTarget", url="about:blank"))["targetId"]
            page.session = (await page.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
            await page.call("Page.enable")
            await page.call(
                "Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
            await page.call("Emulation.setTouchEmulationEnabled", enabled=True)
            await page.call("Page.navigate", url=address)
            await page.wait("it asks who is there", "!!document.querySelector('input[type=password]')?.checkVisibility()")
            fill = """(() => {
                const form = document.querySelector('input[type=password]').form;
                const set = (field, value) => {
                    field.value = value;
                    field.dispatchEvent(new Event('input', { bubbles: true }));
                };
                set(form.querySelector('input:not([type=password])'), USER);
                set(form.querySelector('input[type=password]'), PASSWORD);
                form.requestSubmit();
                return true;
            })()""".replace("USER", json.dumps(user)).replace("PASSWORD", json.dumps(password))
            assert await page.evaluate(fill), "the form cannot be filled in"
            count = await page.wait("pictures on the wall", PAINTED)
            assert await page.evaluate("isSecureContext"), "no secure context"
            shot = await page.call("Page.captureScreenshot", format="png")
            pathlib.Path(picture).write_bytes(base64.b64decode(shot["data"]))
            print(f"{count} pictures at {await page.evaluate('location.href')}", flush=True)
    finally:
        browser.kill()
        browser.wait()


asyncio.run(main(*sys.argv[1:]))
