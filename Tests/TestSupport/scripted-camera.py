#!/usr/bin/python3
"""An RTSP camera on the loopback address that does one thing as no camera should, and all else as it ought to.

H.264 over RTSP, RTP in the same connection. Each client gets a film of its own from a keyframe on. Prints its address when it
listens, and then a line for each thing that happens, by the number of the connection: "open 1", "request 1 DESCRIBE rtsp://...",
"picture 1 7" (its seventh), "expired 1" (it was not asked for too long), "closed 1". Ends when its standard input ends, so that it
never outlives a test.
"""

import argparse
import base64
import hashlib
import itertools
import math
import os
import random
import re
import socketserver
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

PACKET = 1400
BEHAVIOURS = {
    "sound": "does nothing wrong; --pace says how its pictures come",
    "silent": "takes connections and never answers",
    "trickle": "answers DESCRIBE with one byte a second",
    "huge-length": "answers DESCRIBE with a Content-Length of 2e9, and sends as much",
    "endless-header": "answers DESCRIBE with header lines without end",
    "long-header": "answers DESCRIBE with a header line of 200 KB",
    "redirect": "sends whoever asks for a description to --to, or to itself",
    "endless-fragment": "after a keyframe sends one fragmented unit that never ends",
    "many-media": "describes fifty streams, with codings of all kinds; the picture is the last",
    "companions": "describes sound, events, pictures, more pictures and a way back for sound; all that is set up comes",
    "no-parameter-sets": "never says how its pictures are coded",
    "refuse": "answers GET_PARAMETER with --status, or does with it what that says: close, ignore",
    "valve": "sends no picture after --after of them, but answers and reports",
    "freeze": "does nothing any more after --after pictures; its connections stay open",
    "hang-up": "closes the connection after --after pictures",
    "jump": "its clock is --jump seconds ahead after --after pictures",
    "corrupt": "of what it sends, --corrupt of the bytes are others, for --after pictures from the 20th on",
    "huge-picture": "describes and sends one picture of 16384 x 8192 after another",
    "mutated": "of one of its answers a few bytes are others, by --seed and the number of the connection",
}
PUBLIC = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="behaviours:\n" + "\n".join(f"  {name:18} {words}" for name, words in BEHAVIOURS.items()))
    parser.add_argument("behaviour", choices=BEHAVIOURS)
    parser.add_argument("--host", default="127.0.0.1", help="::1 as well")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--pace", default="1x0.04", help="COUNTxSECONDS,...: so many pictures at that distance; the last goes on")
    parser.add_argument("--size", default="320x240")
    parser.add_argument("--timeout", type=int, help="of a session, seconds: whoever asks nothing for so long is hung up on")
    parser.add_argument("--after", type=int, default=50, metavar="PICTURES")
    parser.add_argument("--jump", type=float, default=3600)
    parser.add_argument("--corrupt", type=float, default=5e-4, metavar="SHARE")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--status", default="501 Not Implemented")
    parser.add_argument("--public", default=PUBLIC, help="what it says it takes; empty: it does not say")
    parser.add_argument("--to", help="where a redirect leads")
    parser.add_argument("--auth", choices=["basic", "md5", "sha256"])
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--tls", action="store_true", help="rtsps, with a certificate of its own making")
    parser.add_argument("--no-reports", action="store_true", help="no RTCP")
    return parser.parse_args()


def say(*words):
    print(*words, flush=True)


def access_units(size):
    """A film's pictures, each a list of NAL units; every 15th is a keyframe."""
    stream = subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=25", "-frames:v", "60"]
        + ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast", "-x264-params"]
        + ["aud=1:keyint=15:min-keyint=15:scenecut=0:bframes=0:repeat-headers=1", "-f", "h264", "-"],
        stdout=subprocess.PIPE, check=True).stdout
    units = []
    for unit in stream.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]:
        if unit[0] & 0x1F == 9:
            units.append([])
        elif units:
            units[-1].append(unit)
    return units


def distances():
    """Seconds before each picture but the first."""
    for part in options.pace.split(","):
        count, seconds = part.split("x")
        yield from itertools.repeat(float(seconds), int(count))
    while True:
        yield float(seconds)


# What it says ---------------------------------------------------------------------------------------------------------------

VIDEO = ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", "a=fmtp:96 packetization-mode=1"]
CODINGS = [
    ("audio", 11, "L16/44100"), ("audio", 97, "X-QDM/44100"), ("audio", 0, "PCMU/8000"), ("application", 98, "vnd.onvif.metadata/90000"),
    ("video", 99, "X-NOTHING/90000"), ("audio", 100, "MPEG4-GENERIC/48000/2"), ("text", 101, "t140/1000"),
]


def media():
    """Groups of SDP lines, one a stream."""
    if options.behaviour == "companions":
        return [
            ["m=audio 0 RTP/AVP 0", "a=rtpmap:0 PCMU/8000"],
            ["m=application 0 RTP/AVP 107", "a=rtpmap:107 vnd.onvif.metadata/90000"],
            VIDEO, VIDEO, ["m=audio 0 RTP/AVP 8", "a=rtpmap:8 PCMA/8000", "a=sendonly"],
        ]
    if options.behaviour == "many-media":
        kinds = itertools.islice(itertools.cycle(CODINGS), 49)
        return [[f"m={kind} 0 RTP/AVP {number}", f"a=rtpmap:{number} {coding}"] for kind, number, coding in kinds] + [VIDEO]
    return [VIDEO]


def description():
    lines = ["v=0", f"o=- 1 1 IN IP4 {options.host}", "s=scripted", "t=0 0", "c=IN IP4 0.0.0.0", "a=control:*"]
    for index, stream in enumerate(media()):
        lines += stream + [f"a=control:track{index}"]
    return "\r\n".join(lines + [""]).encode()


def is_authorised(method, value):
    if not options.auth:
        return True
    if options.auth == "basic":
        return value == "Basic " + base64.b64encode(f"{options.user}:{options.password}".encode()).decode()
    digest = hashlib.sha256 if options.auth == "sha256" else hashlib.md5
    fields = dict(re.findall(r'(\w+)="([^"]*)"', value))

    def of(text):
        return digest(text.encode()).hexdigest()

    first = of(f"{options.user}:camera:{options.password}")
    return fields.get("response") == of(f"{first}:{fields.get('nonce')}:" + of(f"{method}:{fields.get('uri')}"))


CHALLENGES = {
    "basic": 'Basic realm="camera"', "md5": 'Digest realm="camera", nonce="5ca1ab1e"',
    "sha256": 'Digest realm="camera", nonce="5ca1ab1e", algorithm=SHA-256',
}

# What it does ---------------------------------------------------------------------------------------------------------------


class Client(socketserver.StreamRequestHandler):
    numbers = itertools.count(1)

    def handle(self):
        self.number = next(Client.numbers)
        self.writing = threading.Lock()
        self.is_open, self.is_frozen, self.is_playing = True, False, False
        self.asked = time.monotonic()
        # Whose answer is mutated.
        self.mutant = random.Random(f"{options.seed} {self.number}").choice(["OPTIONS", "DESCRIBE", "DESCRIBE", "DESCRIBE", "SETUP", "PLAY"])
        # By the number of the stream: the channel that its packets go out by.
        self.channels = {}
        say("open", self.number)
        try:
            if options.timeout:
                threading.Thread(target=self.expire, daemon=True).start()
            while self.answer():
                pass
        except (OSError, ValueError):
            pass
        self.is_open = False
        say("closed", self.number)

    def expire(self):
        while self.is_open:
            if time.monotonic() - self.asked > options.timeout:
                say("expired", self.number)
                self.hang_up()
                return
            time.sleep(0.05)

    def hang_up(self):
        self.is_open = False
        try:
            self.request.shutdown(2)
        except OSError:
            pass

    def line(self):
        """A line of a request; what a client sends of RTCP before it is passed over."""
        line = self.rfile.readline()
        while line[:1] == b"$":
            # readline may have read on, or not far enough.
            while len(line) < 4:
                line += self.rfile.read(1)
            end = 4 + struct.unpack(">H", line[2:4])[0]
            if len(line) < end:
                line += self.rfile.read(end - len(line))
            line = line[end:] or self.rfile.readline()
        return line

    def answer(self):
        line = self.line()
        while line in (b"\r\n", b"\n"):
            line = self.line()
        if not line:
            return False
        method, uri = line.decode("latin-1").split(" ")[:2]
        headers = {}
        while (header := self.rfile.readline()) not in (b"\r\n", b"\n", b""):
            name, _, value = header.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", 0)))
        self.asked = time.monotonic()
        details = [f"body={len(body)}"] if body else []
        if "authorization" in headers:
            details.append("authorized")
        say("request", self.number, method, uri, *details)
        if options.behaviour == "silent" or self.is_frozen:
            return True
        self.headers, self.method = headers, method
        if method != "OPTIONS" and not is_authorised(method, headers.get("authorization", "")):
            return self.reply("401 Unauthorized", f"WWW-Authenticate: {CHALLENGES[options.auth]}")
        return self.take(method, uri)

    def take(self, method, uri):
        timeout = f";timeout={options.timeout}" if options.timeout else ""
        if method == "OPTIONS":
            return self.reply("200 OK", *([f"Public: {options.public}"] if options.public else []))
        if method == "DESCRIBE":
            return self.describe(uri)
        if method == "SETUP":
            if "TCP" not in self.headers.get("transport", ""):
                return self.reply("461 Unsupported Transport")
            stream = int(re.search(r"track(\d+)", uri).group(1))
            self.channels[stream] = 2 * len(self.channels)
            first = self.channels[stream]
            return self.reply(
                "200 OK", f"Transport: RTP/AVP/TCP;unicast;interleaved={first}-{first + 1}", f"Session: 1{timeout}")
        if method == "GET_PARAMETER" and options.behaviour == "refuse":
            if options.status == "close":
                self.hang_up()
                return False
            return options.status == "ignore" or self.reply(options.status)
        if method == "GET_PARAMETER" and "GET_PARAMETER" not in options.public:
            return self.reply("501 Not Implemented")
        if method == "PLAY" and not self.is_playing:
            self.is_playing = True
            self.reply("200 OK", f"Session: 1{timeout}", "Range: npt=now-")
            threading.Thread(target=self.play, daemon=True).start()
            return True
        self.reply("200 OK", "Session: 1")
        return method != "TEARDOWN"

    def describe(self, uri):
        body = description()
        kind = options.behaviour
        if kind == "redirect":
            return self.reply("302 Moved Temporarily", f"Location: {options.to or uri}")
        if kind == "huge-length":
            self.reply("200 OK", "Content-Type: application/sdp", "Content-Length: 2000000000")
            while self.is_open:
                self.write(bytes(1 << 16))
        if kind == "endless-header":
            self.write(f"RTSP/1.0 200 OK\r\nCSeq: {self.headers.get('cseq')}\r\n".encode())
            while self.is_open:
                self.write(b"X-More: and more\r\n" * 1000)
        more = ["X-Long: " + "x" * 200_000] if kind == "long-header" else []
        more += [f"Content-Base: {uri}/", "Content-Type: application/sdp", f"Content-Length: {len(body)}"]
        if kind != "trickle":
            return self.reply("200 OK", *more, body=body)
        for byte in self.head("200 OK", more) + body:
            self.write(bytes([byte]))
            time.sleep(1)
        return True

    def head(self, status, more):
        return "\r\n".join([f"RTSP/1.0 {status}", f"CSeq: {self.headers.get('cseq', '0')}", *more, "", ""]).encode()

    def reply(self, status, *more, body=b""):
        answer = self.head(status, more) + body
        self.write(self.mutated(answer) if options.behaviour == "mutated" and self.method == self.mutant else answer)
        return True

    def mutated(self, answer):
        """A byte is another, is gone, comes a hundred times; a piece is gone, or comes twice."""
        chance = random.Random(f"{options.seed} {self.number} {self.headers.get('cseq')}")
        answer = bytearray(answer)
        for _ in range(chance.choice([0, 1, 1, 2, 5])):
            at = chance.randrange(len(answer))
            to = min(len(answer), at + chance.choice([1, 1, 10, 100]))
            piece = bytes(answer[at:to])
            answer[at:to] = chance.choice([
                bytes(chance.randrange(256) for _ in piece), b"", piece * 2, piece[:1] * 100, b"\r\n", b"-1", b"4294967296", b"%n",
            ])
        return bytes(answer)

    def write(self, data):
        with self.writing:
            self.wfile.write(data)

    # Streams

    def packet(self, channel, data):
        self.write(b"$" + bytes([channel]) + struct.pack(">H", len(data)) + data)

    def play(self):
        kinds = media()
        pictures = [stream for stream in self.channels if kinds[stream] is VIDEO]
        try:
            threads = [threading.Thread(target=self.send_pictures, args=(self.channels[stream],), daemon=True) for stream in pictures]
            threads += [
                threading.Thread(target=self.send_others, args=(self.channels[stream],), daemon=True)
                for stream in self.channels if kinds[stream] is not VIDEO
            ]
            for thread in threads:
                thread.start()
        except OSError:
            self.is_open = False

    def send_others(self, channel):
        try:
            for number in itertools.count():
                if not self.is_open or self.is_frozen:
                    return
                self.packet(channel, struct.pack(">BBHII", 0x80, 0, number & 0xFFFF, number * 160, 0x50) + bytes([0xFF] * 160))
                time.sleep(0.02)
        except OSError:
            self.is_open = False

    def send_pictures(self, channel):
        start, sequence, sent, reported = time.monotonic(), 60_000, 0, 0.0
        clock = lambda: int((time.monotonic() - start) * 90_000) + 0xFFFF0000 & 0xFFFFFFFF  # noqa: E731
        source = 0x57AE + channel
        chance = random.Random(options.seed)
        due = start
        waits = distances()
        try:
            while self.is_open:
                now = time.monotonic()
                if not options.no_reports and not self.is_frozen and now - reported >= 5 - 2.5 * (not reported):
                    reported = now
                    self.packet(channel + 1, self.report(source, clock(), sent))
                if now < due or self.is_frozen or options.behaviour == "valve" and sent >= options.after:
                    time.sleep(max(0, min(0.05, due - now)) or 0.05)
                    continue
                units = film[sent % len(film)]
                if options.behaviour == "huge-picture":
                    units = [huge_parameter_set() if unit[0] & 0x1F == 7 else unit for unit in units]
                if options.behaviour == "no-parameter-sets":
                    units = [unit for unit in units if unit[0] & 0x1F not in (7, 8)]
                payloads = [payload for unit in units for payload in fragments(unit)]
                for index, payload in enumerate(payloads):
                    marker = 0x80 if index == len(payloads) - 1 else 0
                    payload = corrupted(payload, chance) if 20 <= sent < 20 + options.after else payload
                    self.packet(channel, struct.pack(">BBHII", 0x80, 96 | marker, sequence & 0xFFFF, clock(), source) + payload)
                    sequence += 1
                sent += 1
                say("picture", self.number, sent)
                if options.behaviour == "jump" and sent == options.after:
                    start -= options.jump
                due = max(due + next(waits), now - 0.5)
                if options.behaviour == "endless-fragment":
                    self.fragment_without_end(channel, sequence, clock(), source)
                if options.behaviour == "freeze" and sent >= options.after:
                    self.is_frozen = True
                if options.behaviour == "hang-up" and sent >= options.after:
                    self.hang_up()
        except OSError:
            self.is_open = False

    def fragment_without_end(self, channel, sequence, stamp, source):
        flags = 0x80
        while self.is_open:
            payload = bytes([0x7C, flags | 5]) + bytes(60_000)
            self.packet(channel, struct.pack(">BBHII", 0x80, 96, sequence & 0xFFFF, stamp, source) + payload)
            sequence, flags = sequence + 1, 0

    def report(self, source, stamp, count):
        """A sender's report and a name: RFC 3550, 6.4.1 and 6.5."""
        ntp = time.time() + 2_208_988_800
        report = struct.pack(
            ">BBHIIIIII", 0x80, 200, 6, source, int(ntp), int(ntp % 1 * 2**32), stamp, count & 0xFFFFFFFF, count * 1000)
        return report + struct.pack(">BBHI", 0x81, 202, 3, source) + b"\1\5scene\0"


def corrupted(payload, chance):
    """Bytes that are others, however many packets lie between two of them."""
    if options.behaviour != "corrupt":
        return payload
    payload = bytearray(payload)
    at = int(math.log(1 - chance.random()) / math.log(1 - options.corrupt))
    while at < len(payload):
        payload[at] = chance.randrange(256)
        at += 1 + int(math.log(1 - chance.random()) / math.log(1 - options.corrupt))
    return bytes(payload)


def huge_parameter_set():
    """An H.264 sequence parameter set of 16384 x 8192 pixels."""

    def golomb(value):
        text = bin(value + 1)[2:]
        return "0" * (len(text) - 1) + text

    # Id, numbers of pictures, order, references, gaps; sizes in macroblocks; frames, direct, no cropping, no more, end.
    bits = golomb(0) * 4 + golomb(1) + "0" + golomb(16384 // 16 - 1) + golomb(8192 // 16 - 1) + "11001"
    bits += "0" * (-len(bits) % 8)
    return bytes([0x67, 66, 0, 62]) + int(bits, 2).to_bytes(len(bits) // 8, "big")


def fragments(unit):
    """RFC 6184, 5.6 and 5.8."""
    if len(unit) <= PACKET:
        return [unit]
    body = unit[1:]
    parts = [body[at:at + PACKET] for at in range(0, len(body), PACKET)]
    last = len(parts) - 1
    return [
        bytes([unit[0] & 0x60 | 28, (0x80 if index == 0 else 0) | (0x40 if index == last else 0) | unit[0] & 0x1F]) + part
        for index, part in enumerate(parts)
    ]


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    context = None

    def get_request(self):
        connection, address = super().get_request()
        return (self.context.wrap_socket(connection, server_side=True) if self.context else connection), address

    def handle_error(self, request, client_address):
        pass


def certificate():
    folder = tempfile.mkdtemp()
    files = [os.path.join(folder, name) for name in ("key", "certificate")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={options.host}"]
        + ["-keyout", files[0], "-out", files[1]], check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[1], files[0])
    for file in files:
        os.remove(file)
    os.rmdir(folder)
    return context


options = arguments()
film = access_units(options.size)
if ":" in options.host:
    Server.address_family = 10  # AF_INET6
server = Server((options.host, options.port), Client)
if options.tls:
    server.context = certificate()
threading.Thread(target=server.serve_forever, daemon=True).start()
host = f"[{options.host}]" if ":" in options.host else options.host
say(f"{'rtsps' if options.tls else 'rtsp'}://{host}:{server.server_address[1]}/main")
sys.stdin.read()
os._exit(0)
