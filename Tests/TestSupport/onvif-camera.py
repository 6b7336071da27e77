#!/usr/bin/python3
"""A camera that is found on its network by ONVIF: WS-Discovery, device, media and PTZ services, and no pictures.

Prints the address of its service when it listens, and then a line for each thing that happens: "probe 127.0.0.1" (somebody asked
who is there), "ask GetProfiles", "denied GetProfiles", "move 0.5 0.0 0.0 PT1S", "stop", "goto 2". Ends when its standard input
ends, so that it never outlives a test.
"""

import argparse
import base64
import datetime
import hashlib
import http.server
import re
import socket
import struct
import sys
import threading
import time
import urllib.request
import uuid
import xml.etree.ElementTree

GROUP, PORT = "239.255.255.250", 3702
BEHAVIOURS = {
    "sound": "does nothing wrong",
    "huge": "answers with a megabyte of XML",
    "laughs": "answers with entities that hold each other ten times over",
    "entity": "answers with an entity that is a file",
    "deep": "answers with elements in elements without end",
    "wide": "answers with a hundred thousand elements",
    "trickle": "answers with a byte each tenth of a second",
    "silent": "takes connections and never answers",
    "garbage": "answers with what is no XML",
    "no-http": "answers with what is no HTTP",
    "hang-up": "closes each connection",
    "redirect": "sends whoever asks to --to",
    "unauthorized": "takes no user",
    "unauthorized-http": "answers 401 without a word",
    "foreign-service": "says that its service is at --to",
    "foreign-media": "says that its media service is at --to",
    "foreign-stream": "says that its streams are at --to",
    "escapes": "has a name that moves a terminal's cursor",
    "flood": "answers a probe with two thousand others",
}


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="behaviours:\n" + "\n".join(f"  {name:18} {words}" for name, words in BEHAVIOURS.items()))
    parser.add_argument("behaviour", choices=BEHAVIOURS)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--name", default="Front door")
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--clock", type=float, default=0, help="seconds that its clock is ahead")
    parser.add_argument("--stream", help="where its main stream is; else an address of its own")
    parser.add_argument("--to", default="http://169.254.169.254/latest/meta-data")
    parser.add_argument("--http", choices=["qop", "old"], help="asks for its user by HTTP's Digest, as newer or older clients know it")
    parser.add_argument("--no-ptz", action="store_true")
    return parser.parse_args()


options = arguments()
identity = uuid.uuid4()
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:wsa="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" '
    'xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" '
    'xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" '
    'xmlns:ter="http://www.onvif.org/ver10/error" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">'
    "{header}<SOAP-ENV:Body>{body}</SOAP-ENV:Body></SOAP-ENV:Envelope>")


def say(*words):
    # One write: a thread each answers.
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


def now():
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=options.clock)


def local(element):
    return element.tag.split("}")[-1]


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def do_POST(self):
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        envelope = xml.etree.ElementTree.fromstring(text)
        body = next(one for one in envelope if local(one) == "Body")
        question = body[0]
        name = local(question)
        say("ask", name)
        behave = getattr(self, options.behaviour.replace("-", "_"), None)
        if behave:
            return behave()
        if name != "GetSystemDateAndTime":
            if options.http and not self.may_by_http():
                say("denied", name)
                return self.challenge()
            if options.behaviour == "unauthorized" or (not options.http and options.user is not None and not self.may(envelope)):
                say("denied", name)
                return self.fault("ter:NotAuthorized", "Sender not authorized")
        answer = self.answer(name, question)
        if answer is None:
            return self.fault("ter:ActionNotSupported", f"{name} is not there")
        self.reply(ENVELOPE.format(header="", body=answer))

    def may(self, envelope):
        parts = {local(one): one.text or "" for one in envelope.iter()}
        if parts.get("Username") != options.user or "Nonce" not in parts:
            return False
        created = parts["Created"]
        then = datetime.datetime.fromisoformat(created.replace("Z", "+00:00"))
        if abs((now() - then).total_seconds()) > 5:
            say("stale", created)
            return False
        made = hashlib.sha1(base64.b64decode(parts["Nonce"]) + created.encode() + options.password.encode()).digest()
        return base64.b64encode(made).decode() == parts["Password"]

    def challenge(self):
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="a, b"')
        way = 'qop="auth, auth-int", ' if options.http == "qop" else ""
        self.send_header("WWW-Authenticate", f'Digest realm="a, \\"b", {way}nonce="{identity.hex}", algorithm=MD5, opaque="x="')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def may_by_http(self):
        given = urllib.request.parse_keqv_list(urllib.request.parse_http_list(
            self.headers.get("Authorization", "Digest ")[len("Digest "):]))
        md5 = lambda text: hashlib.md5(text.encode()).hexdigest()
        count = f'{given.get("nc")}:{given.get("cnonce")}:{given.get("qop")}:' if options.http == "qop" else ""
        made = md5(md5(f'{options.user}:a, "b:{options.password}') + f":{identity.hex}:{count}" + md5("POST:" + self.path))
        return given.get("response") == made and given.get("uri") == self.path and given.get("opaque") == "x="

    def reply(self, text, status=200):
        data = text if isinstance(text, bytes) else text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def fault(self, code, words):
        self.reply(ENVELOPE.format(header="", body=(
            "<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value><SOAP-ENV:Subcode>"
            f"<SOAP-ENV:Value>{code}</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code>"
            f'<SOAP-ENV:Reason><SOAP-ENV:Text xml:lang="en">{words}</SOAP-ENV:Text></SOAP-ENV:Reason></SOAP-ENV:Fault>')), 400)

    def answer(self, name, question):
        here = f"http://{options.host}:{self.server.server_address[1]}"
        if name == "GetSystemDateAndTime":
            t = now()
            return (
                "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime>"
                f"<tt:Time><tt:Hour>{t.hour}</tt:Hour><tt:Minute>{t.minute}</tt:Minute><tt:Second>{t.second}</tt:Second></tt:Time>"
                f"<tt:Date><tt:Year>{t.year}</tt:Year><tt:Month>{t.month}</tt:Month><tt:Day>{t.day}</tt:Day></tt:Date>"
                "</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>")
        if name == "GetDeviceInformation":
            return (
                "<tds:GetDeviceInformationResponse><tds:Manufacturer>Acme</tds:Manufacturer><tds:Model>Eye &amp; Ear 2</tds:Model>"
                "<tds:FirmwareVersion>1.2.3</tds:FirmwareVersion><tds:SerialNumber>0815</tds:SerialNumber>"
                "<tds:HardwareId>88</tds:HardwareId></tds:GetDeviceInformationResponse>")
        if name == "GetCapabilities":
            media = options.to if options.behaviour == "foreign-media" else f"{here}/onvif/media"
            ptz = "" if options.no_ptz else f"<tt:PTZ><tt:XAddr>{here}/onvif/ptz</tt:XAddr></tt:PTZ>"
            return (
                f"<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Device><tt:XAddr>{here}/onvif/device_service</tt:XAddr></tt:Device>"
                f"<tt:Media><tt:XAddr>{media}</tt:XAddr></tt:Media>{ptz}</tds:Capabilities></tds:GetCapabilitiesResponse>")
        if name == "GetProfiles":
            ptz = "" if options.no_ptz else '<tt:PTZConfiguration token="p"><tt:Name>p</tt:Name></tt:PTZConfiguration>'
            return "<trt:GetProfilesResponse>" + "".join(
                f'<trt:Profiles token="{token}" fixed="true"><tt:Name>{title}</tt:Name><tt:VideoEncoderConfiguration token="e">'
                f"<tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height>"
                f"</tt:Resolution><tt:RateControl><tt:FrameRateLimit>{rate}</tt:FrameRateLimit></tt:RateControl>"
                f"</tt:VideoEncoderConfiguration>{ptz}</trt:Profiles>"
                for token, title, width, height, rate in [("main", "Main stream", 1920, 1080, 25), ("sub", "Sub stream", 640, 360, 10)]
            ) + "</trt:GetProfilesResponse>"
        token = next((one.text for one in question.iter() if local(one) == "ProfileToken"), "")
        if name == "GetStreamUri":
            uri = options.stream if options.stream and token == "main" else f"rtsp://{options.host}:8554/{token}"
            if options.behaviour == "foreign-stream":
                uri = options.to
            return f"<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{uri}</tt:Uri></trt:MediaUri></trt:GetStreamUriResponse>"
        if name == "GetSnapshotUri":
            return f"<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>{here}/{token}.jpg</tt:Uri></trt:MediaUri></trt:GetSnapshotUriResponse>"
        if name == "GetPresets":
            return (
                '<tptz:GetPresetsResponse><tptz:Preset token="1"><tt:Name>Gate</tt:Name></tptz:Preset>'
                '<tptz:Preset token="2"><tt:Name>Garden</tt:Name></tptz:Preset></tptz:GetPresetsResponse>')
        if name == "ContinuousMove":
            velocity = {local(one): one for one in question.iter()}
            pan, zoom = velocity.get("PanTilt"), velocity.get("Zoom")
            say("move", pan.get("x") if pan is not None else "-", pan.get("y") if pan is not None else "-",
                zoom.get("x") if zoom is not None else "-", velocity["Timeout"].text, token)
            return "<tptz:ContinuousMoveResponse/>"
        if name == "Stop":
            say("stop", token)
            return "<tptz:StopResponse/>"
        if name == "GotoPreset":
            say("goto", next(one.text for one in question.iter() if local(one) == "PresetToken"))
            return "<tptz:GotoPresetResponse/>"
        return None

    # What no camera should do.

    def huge(self):
        self.reply(ENVELOPE.format(header="", body="<tds:X>" + "x" * 1_000_000 + "</tds:X>"))

    def laughs(self):
        entities = '<!ENTITY a0 "ha">' + "".join(
            f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
        self.reply(f"<?xml version='1.0'?><!DOCTYPE x [{entities}]>" + ENVELOPE.split("\n")[1].format(header="", body="<x>&a11;</x>"))

    def entity(self):
        self.reply(
            "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
            + ENVELOPE.split("\n")[1].format(header="", body="<x>&f;</x>"))

    def deep(self):
        self.reply(ENVELOPE.format(header="", body="<x>" * 20_000 + "</x>" * 20_000))

    def wide(self):
        self.reply(ENVELOPE.format(header="", body="<x/>" * 60_000))

    def trickle(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        try:
            for _ in range(1000):
                self.wfile.write(b" ")
                time.sleep(0.1)
        except OSError:
            pass

    def silent(self):
        time.sleep(30)

    def garbage(self):
        self.reply(bytes(range(256)) * 8)

    def no_http(self):
        self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n" * 10)
        self.close_connection = True

    def hang_up(self):
        self.close_connection = True

    def redirect(self):
        self.send_response(302)
        self.send_header("Location", options.to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def unauthorized_http(self):
        self.reply("", 401)


def discovery(service):
    group = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    group.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    group.bind((GROUP, PORT))
    group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("4s4s", socket.inet_aton(GROUP), socket.inet_aton(options.host)))
    # Answers leave from the camera's own address.
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    own.bind((options.host, 0))

    def match(question, endpoint, address):
        name = options.name if options.behaviour != "escapes" else "\x1b[2J\u202eevil"
        scopes = "onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/" + "".join(
            f"%{byte:02X}" for byte in name.encode()) + " onvif://www.onvif.org/location/yard"
        return ENVELOPE.format(
            header=f"<SOAP-ENV:Header><wsa:RelatesTo>{question}</wsa:RelatesTo></SOAP-ENV:Header>",
            body="<d:ProbeMatches><d:ProbeMatch><wsa:EndpointReference><wsa:Address>urn:uuid:"
            f"{endpoint}</wsa:Address></wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>{scopes}</d:Scopes>"
            f"<d:XAddrs>http://[fe80::1]/onvif/device_service {address}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
            "</d:ProbeMatch></d:ProbeMatches>").encode()

    while True:
        datagram, sender = group.recvfrom(65_536)
        if b"/discovery/Probe<" not in datagram or b"NetworkVideoTransmitter<" not in datagram:
            continue
        say("probe", sender[0])
        question = re.search(rb"MessageID[^>]*>([^<]*)<", datagram).group(1).decode()
        address = options.to if options.behaviour == "foreign-service" else service
        if options.behaviour == "flood":
            for number in range(2000):
                own.sendto(match(question, uuid.uuid4(), f"http://{options.host}:{20000 + number}/onvif/device_service"), sender)
        own.sendto(match(question, identity, address), sender)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


server = Server((options.host, options.port), Service)
address = f"http://{options.host}:{server.server_address[1]}/onvif/device_service"
threading.Thread(target=discovery, args=[address], daemon=True).start()
threading.Thread(target=server.serve_forever, daemon=True).start()
say(address)
sys.stdin.read()
