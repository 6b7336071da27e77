#!/usr/bin/python3
"""A real RTSP camera on the loopback address: gst-rtsp-server with a test picture. Or the server that one is sent to.

Prints its address when it listens. Ends when its standard input ends, so that it never outlives a test.
"""

import argparse
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

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
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--path", default="/main")
    parser.add_argument("--codec", choices=PAYLOADS, default="h264")
    parser.add_argument("--pattern", default="ball")
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--gop", type=int, default=30, help="frames from one keyframe to the next")
    parser.add_argument("--sound", action="store_true", help="a second stream: AAC")
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


def main():
    options = arguments()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    factory = GstRtspServer.RTSPMediaFactory()
    if options.record:
        factory.set_transport_mode(GstRtspServer.RTSPTransportMode.RECORD)
    factory.set_launch(
        f"( rtph264depay name=depay0 ! h264parse ! mpegtsmux ! filesink location={options.record} )"
        if options.record
        else f"( videotestsrc is-live=true pattern={options.pattern}"
        f" ! video/x-raw,format=I420,width={options.width},height={options.height},framerate={options.fps}/1"
        f" ! {PAYLOADS[options.codec].format(gop=options.gop)}"
        f"{SOUND if options.sound else ''} )"
    )
    factory.set_shared(True)
    if options.udp_only:
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    server.get_mount_points().add_factory(options.path, factory)
    if options.user:
        require_credentials(server, factory, options.user, options.password)
    if server.attach(None) == 0:
        sys.exit(f"cannot listen on port {options.port}")

    loop = GLib.MainLoop()
    GLib.io_add_watch(sys.stdin.fileno(), GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, lambda *_: loop.quit())
    print(f"rtsp://127.0.0.1:{server.get_bound_port()}{options.path}", flush=True)
    loop.run()


main()
