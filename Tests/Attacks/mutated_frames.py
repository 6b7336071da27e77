"""What clients say on sockets, and what becomes of it in bad hands. Every choice is of the generator that is given."""
import json, struct
import attacked
from mutated_requests import mutated_json, text

PATHS = ["/ws/vp", "/ws/vp", "/ws/vp", "/ws/vp/tap/cam/view", "/ws/vp/tap/cam/view?format=binary", "/ws/vp/tap/cam/view?format=detections",
         "/ws/vp/tap/cam/view?width=64&fps=5&quality=10&format=binary", "/ws/vp/tap/nothing/view"]
MESSAGES = [
    {"type": "subscribe", "channel": 1, "instance_id": "cam", "tap_id": "view", "width": 64, "height": 64, "fps": 10, "quality": 80, "hidden": False},
    {"type": "subscribe", "channel": 2, "instance_id": "cam", "tap_id": "view", "format": "detections"},
    {"type": "ack", "channel": 1, "seq": 4711}, {"type": "demand", "channel": 1, "width": 320, "hidden": True}, {"type": "unsubscribe", "channel": 1},
    {"type": "watch"}, {"type": "unwatch"}, {"type": "ping"}, {"type": "authorize", "token": "streamtap_x"}]


def mutated_frame(random):
    """- Returns: the bytes of one frame, and what it is, for people."""
    kind = random.randrange(13)
    if kind <= 1:
        return attacked.frame(1, json.dumps(random.choice(MESSAGES)).encode()), "as it should be"
    if kind <= 4:
        return attacked.frame(1, mutated_json(random.choice(MESSAGES), random)[:60_000]), "another message"
    if kind == 5:
        said = random.choice([b"", b"[]", b"null", b"{", b"\xff", b"\"x\"", b"[" * 8000, b"{\"type\":\"subscribe\"}", b"{\"type\":7}", b"{}" * 100,
                              b"{\"type\":\"ack\",\"channel\":1,\"seq\":18446744073709551615}", b"{\"type\":\"ack\",\"channel\":65536,\"seq\":-1}"])
        return attacked.frame(1, said), "no message"
    if kind == 6:
        number = random.choice([0, 1, 4711, (1 << 64) - 1, 1 << 63])
        said = struct.pack("<BBHQ", random.choice([0, 1, 1, 2, 255]), random.choice([0, 0, 9]), random.choice([0, 1, 2, 65535]), number)
        return attacked.frame(2, said[:random.choice([12, 12, 12, 11, 0])] + b"x" * random.choice([0, 0, 1, 300])), "acknowledgement"
    payload = bytes(random.randrange(256) for _ in range(random.choice([0, 1, 2, 125, 126, 127, 500])))
    if kind == 7:
        return attacked.frame(random.randrange(16), payload, random.random() < 0.5), "opcode"
    if kind == 8:
        return attacked.frame(random.choice([1, 2, 8, 9, 10]), payload, reserved=random.randrange(1, 8)), "reserved bits"
    if kind == 9:
        return attacked.frame(random.choice([1, 2, 8, 9, 10]), payload, mask=b""), "unmasked"
    if kind == 10:
        length = random.choice([0, 1, 125, 126, 127, 65535, 65536, 16 << 10, (16 << 10) + 1, (1 << 31), (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
        return attacked.frame(random.choice([1, 2, 8, 9]), payload, length=length, form=random.choice([7, 16, 64])), "length"
    if kind == 11:
        code = struct.pack(">H", random.choice([0, 999, 1000, 1001, 1004, 1005, 1006, 1015, 2999, 3000, 4999, 5000, 65535]))
        return attacked.frame(8, random.choice([b"", b"\x03", code, code + b"bye", code + b"\xff\xfe", code + b"x" * 130])), "close"
    parts = random.choice([2, 3, 15, 17, 60])
    said = json.dumps(random.choice(MESSAGES)).encode()
    frames = [attacked.frame(random.choice([1, 2, 0, 0]) if place == 0 else 0, said[place::parts], place == parts - 1) for place in range(parts)]
    if random.random() < 0.4:
        frames.insert(random.randrange(1, len(frames)), attacked.frame(random.choice([1, 2, 8, 9, 10]), b"x", random.random() < 0.7))
    return b"".join(frames), "fragments"


def answers_are_sound(received):
    """Whether what a server has sent are frames, a close the last of them. - Returns: nil, or what is wrong."""
    place, has_closed = 0, False
    while len(received) - place >= 2:
        first, length = received[place], received[place + 1]
        if length & 128 or first & 0x70 or first & 15 not in (1, 2, 8, 9, 10):
            return f"no frame at {place}: {received[place:place + 16]!r}"
        if has_closed:
            return "something behind a close"
        place += 2
        if length > 125:
            size = 2 if length == 126 else 8
            length, place = int.from_bytes(received[place:place + size], "big"), place + size
        if first & 15 == 8:
            has_closed = True
            code = int.from_bytes(received[place:place + 2], "big") if length >= 2 else None
            # An answer has the code that it answers.
            if code == 1011:
                return f"close {code}: the server's own fault"
        place += length
    return None
