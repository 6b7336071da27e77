#!/usr/bin/python3
"""A real RTSP camera on the loopback address: gst-rtsp-server with a test picture. Or the server that one is sent to.

Prints its address when it listens, then "open" and "closed" for each connection, and "size WxH" when it turns to another. Ends when its standard input ends, so that it never outlives a test.
"""

import argparse
import itertools
import random
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

import numbered_pictures  # noqa: E402

PAYLOADS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max={gop} bitrate=2000"
    " ! rtph264pay name=pay0 pt=96 config-interval=-1",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max={gop}"
    " ! rtph265pay name=pay0 pt=96 config-interval=-1",
    "mjpeg": "jpegenc ! rtpjpegpay name=pay0 pt=26",
}

SOUND = " audiotestsrc is-live=true wave=silence ! voaacenc ! rtpmp4gpay name=pay1 pt=97"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--path", default="/main")
    parser.add_argument("--codec", choices=PAYLOADS, default="h264")
    parser.add_argument("--pattern", default="ball")
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--gop", type=int, default=30, help="frames from one keyframe to the next")
    parser.add_argument("--bframes", type=int, default=0, help="so many pictures sent after one that is shown later")
    parser.add_argument("--full-range", action="store_true", help="what it codes is in full range, and says little more")
    parser.add_argument("--second-size", metavar="WxH", help="turn to this size and back, each time at --each")
    parser.add_argument("--each", type=float, default=3, help="seconds")
    parser.add_argument("--twin", type=int, default=0, metavar="N", help="each Nth picture has the time of the one before")
    parser.add_argument("--sound", action="store_true", help="a second stream: AAC")
    parser.add_argument("--numbered", action="store_true", help="pictures that say which they are, of 320 x 240")
    parser.add_argument(
        "--film", metavar="FILE", help="pictures of this file, over and over: coded as --codec says, with access unit delimiters")
    parser.add_argument("--loss", type=float, default=0, metavar="SHARE", help="so many of the packets are not sent")
    parser.add_argument("--seed", type=int, default=1, help="of the generator that says which")
    parser.add_argument("--udp-only", action="store_true", help="offer no stream over TCP")
    parser.add_argument("--record", metavar="FILE", help="no camera: takes an H.264 stream and writes it as MPEG-TS")
    parser.add_argument("--user", help="ask for this user name")
    parser.add_argument("--password", default="")
    return parser.parse_args()


def require_credentials(server, factory, user, password):
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("viewer", "media.factory.access", True)
    permissions.add_permission_for_role("viewer", "media.factory.construct", True)
    factory.set_permissions(permissions)


def payload(options):
    text = PAYLOADS[options.codec].format(gop=options.gop)
    if options.full_range:
        # One slice a picture: ffmpeg's RTSP input takes several apart, and shows half a picture.
        text = f"capssetter caps=video/x-raw,colorimetry=1:4:0:0 ! {text}".replace("x264enc ", "x264enc threads=1 ")
    if options.bframes and options.codec == "h265":
        coding = f"bframes={options.bframes}:b-adapt=0:rc-lookahead=5:open-gop=0"
        text = text.replace("tune=zerolatency", f"option-string={coding}")
    elif options.bframes:
        # zerolatency sends none.
        text = text.replace("tune=zerolatency", f"bframes={options.bframes} b-adapt=false rc-lookahead=5 sync-lookahead=0")
        text = text.replace("! rtph264pay", "! video/x-h264,profile=main ! rtph264pay")
    return text


class LossyFactory(GstRtspServer.RTSPMediaFactory):
    """What it makes loses packets behind the payloader, as a bad network would."""

    def __init__(self, options, text):
        super().__init__()
        self.options, self.text = options, text

    def do_create_element(self, url):
        head, _, payloader = self.text.rpartition(" ! ")
        element = Gst.parse_bin_from_description(head, True)
        # identity takes lists of packets apart.
        stream = Gst.parse_bin_from_description(
            payloader.replace("name=pay0", "name=payloader") + " ! identity name=network", True)
        stream.set_name("pay0")
        chance = random.Random(self.options.seed)

        def lose(pad, info):
            return Gst.PadProbeReturn.DROP if chance.random() < self.options.loss else Gst.PadProbeReturn.OK

        stream.get_by_name("network").get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, lose)
        outer = Gst.Bin()
        outer.add(element)
        outer.add(stream)
        element.link(stream)
        return outer


def feed(source, fps):
    """Numbered pictures, for as long as somebody takes them."""

    def run():
        start, number = time.monotonic(), 0
        # Each is made as many parts of a second after this one as there were.
        print(f"first {time.time():.6f}", flush=True)
        while True:
            buffer = Gst.Buffer.new_wrapped(numbered_pictures.picture(number))
            if source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                return
            number += 1
            time.sleep(max(0, start + number / fps - time.monotonic()))

    threading.Thread(target=run, daemon=True).start()


def access_units(path, codec):
    """A byte stream's pictures, each with the delimiter that it begins with."""
    with open(path, "rb") as file:
        units = file.read().replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]
    pictures = []
    for unit in units:
        if unit[0] & 0x1F == 9 if codec == "h264" else unit[0] >> 1 & 0x3F == 35:
            pictures.append(b"")
        if pictures:
            pictures[-1] += b"\0\0\0\1" + unit
    return pictures


def play(source, options):
    """A film's pictures, for as long as somebody takes them."""

    def run():
        pictures = access_units(options.film, options.codec)
        start = time.monotonic()
        for number in itertools.count():
            buffer = Gst.Buffer.new_wrapped(pictures[number % len(pictures)])
            if source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                return
            time.sleep(max(0, start + (number + 1) / options.fps - time.monotonic()))

    threading.Thread(target=run, daemon=True).start()


def misbehave(media, options):
    """Sizes that change, and times that are given twice."""
    element = media.get_element()
    if options.film:
        play(element.get_by_name("film"), options)
    if options.numbered:
        source = element.get_by_name("numbered")
        feed(source, options.fps)
    if options.second_size:
        width, height = options.second_size.split("x")
        sizes = [(width, height), (options.width, options.height)]
        filter_ = element.get_by_name("size")

        def turn():
            width, height = sizes[0]
            sizes.reverse()
            rate = f"framerate={options.fps}/1"
            print(f"size {width}x{height}", flush=True)
            filter_.props.caps = Gst.Caps.from_string(f"video/x-raw,format=I420,width={width},height={height},{rate}")
            return True

        GLib.timeout_add(int(options.each * 1000), turn)
    if options.twin:
        seen = {"count": 0, "time": 0}

        def stamp(pad, info):
            buffer = info.get_buffer()
            seen["count"] += 1
            if seen["count"] % options.twin == 0:
                # The payloader takes the time from here; PyGObject lets it be set, since the probe has the only reference.
                buffer.pts = seen["time"]
            seen["time"] = buffer.pts
            return Gst.PadProbeReturn.OK

        element.get_by_name("pay0").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, stamp)


def way(options):
    if options.film:
        coding = options.codec
        return (
            f"appsrc name=film is-live=true format=time do-timestamp=true max-buffers=2 block=true"
            f" caps=video/x-{coding},stream-format=byte-stream,alignment=au"
            f" ! rtp{coding}pay name=pay0 pt=96 config-interval=-1"
        )
    source = f"videotestsrc is-live=true pattern={options.pattern}"
    width, height = options.width, options.height
    if options.numbered:
        source = "appsrc name=numbered is-live=true format=time do-timestamp=true max-buffers=2 block=true"
        width, height = numbered_pictures.WIDTH, numbered_pictures.HEIGHT
    caps = f"video/x-raw,format=I420,width={width},height={height},framerate={options.fps}/1"
    # An appsrc does not ask what is wanted of it.
    source += f" caps={caps}" if options.numbered else ""
    return f"{source} ! capsfilter name=size caps={caps} ! {payload(options)}"


def tell(_, client):
    print("open", flush=True)
    client.connect("closed", lambda _: print("closed", flush=True))


def main():
    options = arguments()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address(options.host)
    server.connect("client-connected", tell)
    server.set_service(str(options.port))
    if options.loss:
        factory = LossyFactory(options, way(options))
    else:
        factory = GstRtspServer.RTSPMediaFactory()
        if options.record:
            factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
        factory.set_launch(
            f"( rtph264depay name=depay0 ! h264parse ! mpegtsmux ! filesink location={options.record} )"
            if options.record
            else f"( {way(options)}{SOUND if options.sound else ''} )"
        )
    factory.set_shared(True)
    factory.connect("media-configure", lambda _, media: misbehave(media, options))
    if options.udp_only:
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    server.get_mount_points().add_factory(options.path, factory)
    if options.user:
        require_credentials(server, factory, options.user, options.password)
    if server.attach(None) == 0:
        sys.exit(f"cannot listen on port {options.port}")

    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin.fileno(), GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: loop.quit())
    print(f"rtsp://{options.host}:{server.get_bound_port()}{options.path}", flush=True)
    loop.run()


main()
