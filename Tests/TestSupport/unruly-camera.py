#!/usr/bin/python3
"""A camera on the loopback address that sends sound pictures, or on command such as no camera should send.

H.264 and H.265 over RTSP (RTP in the same connection), JPEG over HTTP. Written without GStreamer, which would not send most of this.
Prints its address when it listens. A line "SEED COUNT" on standard input makes it damage the next COUNT pictures, by a generator
with that seed. What follows is sound again and begins with a keyframe: then it prints "sound SEED NOW", the time as microseconds
since 1970. A line "back N" makes the number of the next packet N lower than it would be. Ends when its standard input ends, so that it never outlives a test.
"""

import argparse
import ctypes
import os
import random
import socketserver
import struct
import subprocess
import sys
import threading
import time

PACKET = 1400
# What a client may be sent of JPEG besides the usual: arguments of cjpeg.
JPEG_MAKES = [[], ["-progressive"], ["-arithmetic"], ["-grayscale"], ["-rgb"], ["-sample", "4x1"], ["-restart", "1"]]


class Mood:
    """How the next pictures are damaged; shared by the camera's connections."""

    def __init__(self):
        self.lock = threading.Lock()
        self.seed = None
        self.random = None
        self.left = 0
        self.back = 0

    def damage(self, seed, count):
        with self.lock:
            self.seed = seed
            self.random = random.Random(seed)
            self.left = self.count = count

    def next(self):
        """For one picture: a generator to damage it with or None, and whether a film begins with it."""
        with self.lock:
            if not self.random:
                return None, False
            if self.left > 0:
                # The same seed damages the same pictures.
                is_first = self.left == self.count
                self.left -= 1
                return self.random, is_first
            self.random = None
            print(f"sound {self.seed} {time.time_ns() // 1000}", flush=True)
            return None, True


mood = Mood()


def run(command, data=None):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout


# Pictures ---------------------------------------------------------------------------------------------------------------


def access_units(codec, size):
    """A film's pictures, each a list of NAL units; every 15th is a keyframe."""
    options = "aud=1:keyint=15:min-keyint=15:scenecut=0:bframes=0:repeat-headers=1"
    stream = run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25", "-frames:v", "60"]
        + ["-c:v", "libx264" if codec == "h264" else "libx265", "-pix_fmt", "yuv420p", "-preset", "ultrafast"]
        + (["-x264-params", options] if codec == "h264" else ["-x265-params", options + ":log-level=none"])
        + ["-f", codec if codec == "h264" else "hevc", "-"]
    )
    units = []
    for unit in stream.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]:
        if unit_type(codec, unit) == (9 if codec == "h264" else 35):
            units.append([])
        elif units:
            units[-1].append(unit)
    return units


def unit_type(codec, unit):
    if not unit:
        return -1
    return unit[0] & 0x1F if codec == "h264" else unit[0] >> 1 & 0x3F


def huge_parameter_set():
    """An H.264 sequence parameter set of 16384 x 8192 pixels."""
    bits = ""

    def golomb(value):
        text = bin(value + 1)[2:]
        return "0" * (len(text) - 1) + text

    bits += golomb(0) + golomb(0) + golomb(0) + golomb(0) + golomb(1) + "0"  # id, frame_num, poc type, poc, refs, gaps
    bits += golomb(16384 // 16 - 1) + golomb(8192 // 16 - 1) + "1" + "1" + "0" + "0" + "1"
    bits += "0" * (-len(bits) % 8)
    body = int(bits, 2).to_bytes(len(bits) // 8, "big")
    return bytes([0x67, 66, 0, 62]) + body


def jpegs():
    picture = run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25", "-frames:v", "1"]
                  + ["-f", "image2pipe", "-c:v", "ppm", "-"])
    return [run(["cjpeg", *make], picture) for make in JPEG_MAKES] + [cmyk()]


def cmyk():
    """As printers' programs write them: four inks, inverted, with Adobe's marker, coded as YCCK."""
    turbo = ctypes.CDLL("libturbojpeg.so.0")
    turbo.tjInitCompress.restype = ctypes.c_void_p
    width, height = 320, 240
    inks = bytes(value for y in range(height) for x in range(width) for value in (x & 255, y & 255, x + y & 255, 255))
    data, size = ctypes.c_void_p(), ctypes.c_ulong()
    coder = ctypes.c_void_p(turbo.tjInitCompress())
    inks_, chroma_halved, quality = 11, 2, 80
    if turbo.tjCompress2(coder, inks, width, 0, height, inks_, ctypes.byref(data), ctypes.byref(size), chroma_halved, quality, 0):
        sys.exit("no CMYK")
    return ctypes.string_at(data, size.value)


# Damage -----------------------------------------------------------------------------------------------------------------


def scramble(rng, data, first=0):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 3, 20])):
        if len(data) > first:
            data[rng.randrange(first, len(data))] = rng.randrange(256)
    return bytes(data)


def damaged_units(rng, codec, units):
    """What becomes of one picture's NAL units."""
    result = []
    for unit in units:
        kind = rng.randrange(14)
        if kind == 0:
            continue
        elif kind == 1:
            unit = unit[: rng.randrange(len(unit) + 1)]
        elif kind in (2, 3):
            unit = scramble(rng, unit, 1)
        elif kind == 4:
            unit = scramble(rng, unit)
        elif kind == 5:
            unit = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 4000)))
        elif kind == 6:
            result.append(b"")
        elif kind == 7 and codec == "h264":
            result.append(huge_parameter_set())
        elif kind == 8:
            unit = unit * rng.randrange(1, 4)
        elif kind == 9:
            result.append(unit)
        result.append(unit)
    if rng.randrange(4) == 0:
        rng.shuffle(result)
    return result


def damaged_packet(rng, packet):
    kind = rng.randrange(20)
    if kind == 0:
        return b""
    if kind == 1:
        return packet[: rng.randrange(len(packet) + 1)]
    if kind == 2:
        return scramble(rng, packet, 12)
    if kind == 3:
        return packet[:12] + bytes(rng.randrange(256) for _ in range(rng.randrange(1400)))
    if kind == 4:
        return bytes([packet[0] | 0x20]) + packet[1:-1] + bytes([rng.randrange(256)])  # padding
    if kind == 5:
        return bytes([packet[0] | 0x10]) + packet[1:]  # an extension that is none
    if kind == 6:
        return bytes([packet[0] | 0x0F]) + packet[1:]  # fifteen contributing sources
    if kind == 7:
        return packet[:1] + bytes([packet[1] ^ 0x80]) + packet[2:]  # the end of a picture
    return packet


def damaged_jpeg(rng, data):
    kind = rng.randrange(10)
    if kind == 0:
        return data[: rng.randrange(len(data))]
    if kind == 1:
        return data[rng.randrange(len(data)):]
    if kind in (2, 3, 4):
        return scramble(rng, data, 2)
    if kind == 5:
        return data + data[rng.randrange(len(data)):]
    if kind == 6:
        frame = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
        if frame > 0:
            return data[: frame + 5] + struct.pack(">HH", 30000, 30000) + data[frame + 9:]
    if kind == 7:
        frame = data.find(b"\xff\xc0")
        if frame > 0:  # 12 or 16 bits a sample
            return data[: frame + 4] + rng.choice([b"\x0c", b"\x10"]) + data[frame + 5:]
    if kind == 8:
        return b"\xff\xd8" + bytes(rng.randrange(256) for _ in range(rng.randrange(5000))) + b"\xff\xd9"
    return b"\xff\xd8\xff\xd9" if rng.randrange(2) else b""


# RTSP -------------------------------------------------------------------------------------------------------------------


class Stream:
    """One client's RTP packets."""

    def __init__(self, codec, send):
        self.codec = codec
        self.send = send
        self.sequence = 60_000
        self.timestamp = 0xFFFF0000
        self.source = 0x57AE

    def picture(self, units, rng):
        if rng:
            units = damaged_units(rng, self.codec, units)
            kind = rng.randrange(12)
            if kind == 0:
                self.timestamp += rng.choice([-1, 1]) * rng.choice([90, 90_000, 324_000_000])
            elif kind == 1:
                self.sequence += rng.choice([1, 3, 200])
        with mood.lock:
            self.sequence -= mood.back
            mood.back = 0
        packets = [packet for unit in units for packet in self.payloads(unit)]
        for index, payload in enumerate(packets):
            marker = 0x80 if index == len(packets) - 1 else 0
            header = struct.pack(
                ">BBHII", 0x80, 96 | marker, self.sequence & 0xFFFF, self.timestamp & 0xFFFFFFFF, self.source)
            self.sequence += 1
            packet = header + payload
            if rng:
                packet = damaged_packet(rng, packet)
            self.send(packet)
        self.timestamp += 3600

    def payloads(self, unit):
        """RFC 6184, 5.6 and 5.8; RFC 7798, 4.4.1 and 4.4.3."""
        if len(unit) <= PACKET:
            return [unit]
        size = 1 if self.codec == "h264" else 2
        body = unit[size:]
        parts = [body[at:at + PACKET] for at in range(0, len(body), PACKET)]
        result = []
        for index, part in enumerate(parts):
            flags = (0x80 if index == 0 else 0) | (0x40 if index == len(parts) - 1 else 0)
            if self.codec == "h264":
                result.append(bytes([unit[0] & 0x60 | 28, flags | unit[0] & 0x1F]) + part)
            else:
                result.append(bytes([unit[0] & 0x81 | 49 << 1, unit[1], flags | unit[0] >> 1 & 0x3F]) + part)
        return result


class RTSPClient(socketserver.StreamRequestHandler):
    def handle(self):
        self.writing = threading.Lock()
        self.is_open = True
        try:
            while self.answer():
                pass
        except OSError:
            pass
        self.is_open = False

    def answer(self):
        line = self.rfile.readline()
        # What the client sends of RTCP.
        while line[:1] == b"$":
            rest = line[1:]
            while len(rest) < 3:
                rest += self.rfile.read(1)
            length = struct.unpack(">H", rest[1:3])[0]
            body = rest[3:]
            line = body[length:] if len(body) >= length else b""
            if len(body) < length:
                self.rfile.read(length - len(body))
            if not line:
                line = self.rfile.readline()
        if not line:
            return False
        method = line.split(b" ")[0].decode("latin-1")
        headers = {}
        while (header := self.rfile.readline()) not in (b"\r\n", b"\n", b""):
            name, _, value = header.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        more, body = [], b""
        if method == "OPTIONS":
            more = ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"]
        elif method == "DESCRIBE":
            name = "H264" if options.codec == "h264" else "H265"
            body = (
                "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=unruly\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\nc=IN IP4 0.0.0.0\r\n"
                f"a=rtpmap:96 {name}/90000\r\na=control:track1\r\n"
            ).encode()
            more = ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
        elif method == "SETUP":
            if "TCP" not in headers.get("transport", ""):
                self.reply("461 Unsupported Transport", headers, [], b"")
                return True
            more = ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1", "Session: 1;timeout=60"]
        elif method in ("PLAY", "GET_PARAMETER", "TEARDOWN"):
            more = ["Session: 1"]
        self.reply("200 OK", headers, more, body)
        if method == "PLAY":
            threading.Thread(target=self.play, daemon=True).start()
        return method != "TEARDOWN"

    def reply(self, status, headers, more, body):
        lines = [f"RTSP/1.0 {status}", f"CSeq: {headers.get('cseq', '0')}", *more, "", ""]
        with self.writing:
            self.wfile.write("\r\n".join(lines).encode() + body)

    def interleave(self, packet):
        with self.writing:
            self.wfile.write(b"$\0" + struct.pack(">H", len(packet)) + packet)

    def play(self):
        stream = Stream(options.codec, self.interleave)
        size, index = 0, 0
        start, sent = time.monotonic(), 0
        try:
            while self.is_open:
                rng, is_first = mood.next()
                if is_first:
                    size, index = 0, 0
                if rng and rng.randrange(10) == 0:
                    # Another size, and not from a keyframe on.
                    size, index = rng.randrange(len(films)), rng.randrange(60)
                units = films[size][index % len(films[size])]
                stream.picture(units, rng)
                index += 1
                sent += 1
                time.sleep(max(0, start + sent / 25 - time.monotonic()))
        except OSError:
            self.is_open = False


# HTTP -------------------------------------------------------------------------------------------------------------------


class HTTPClient(socketserver.StreamRequestHandler):
    def handle(self):
        while self.rfile.readline() not in (b"\r\n", b"\n", b""):
            pass
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=cut\r\n\r\n")
            while True:
                rng, _ = mood.next()
                data = pictures[0]
                if rng:
                    data = damaged_jpeg(rng, rng.choice(pictures))
                head = b"" if rng and rng.randrange(10) == 0 else b"Content-Length: %d\r\n" % len(data)
                self.wfile.write(b"--cut\r\nContent-Type: image/jpeg\r\n" + head + b"\r\n" + data + b"\r\n")
                time.sleep(1 / 25)
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("codec", choices=["h264", "h265", "jpeg"])
options = parser.parse_args()
if options.codec == "jpeg":
    pictures = jpegs()
else:
    films = [access_units(options.codec, size) for size in ("320x240", "176x144", "640x360")]
server = Server(("127.0.0.1", 0), HTTPClient if options.codec == "jpeg" else RTSPClient)
threading.Thread(target=server.serve_forever, daemon=True).start()
scheme = "http" if options.codec == "jpeg" else "rtsp"
print(f"{scheme}://127.0.0.1:{server.server_address[1]}/", flush=True)
for line in sys.stdin:
    first, count = line.split()
    if first == "back":
        with mood.lock:
            mood.back = int(count)
    else:
        mood.damage(int(first), int(count))
os._exit(0)
