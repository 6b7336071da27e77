"""Requests as clients make them, and what becomes of them in bad hands. Every choice is of the generator that is given."""
import json

# What stands for the parts of paths: what is there, what is not, and what is none.
NAMES = {"instance": ["cam", "cam", "nothing"], "tap": ["view", "nothing"], "plan": ["cam", "nothing"],
         "stage": ["moving", "nothing"], "source": ["camera", "nothing"], "user": ["bert", "nothing"],
         "token": ["nothing", "4711"], "session": ["4711", "x"]}
NUMBERS = ["0", "-0", "-1", "1e400", "-1e400", "1e-400", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
           "18446744073709551616", "0.1", "1.0", "01", "+1", "0x10", "NaN", "Infinity", "1" * 400, "٣", ""]
TEXTS = ["", " ", "\0", "a\0b", "../../etc/passwd", "%2e%2e%2f", "..%2f..", "cam/../cam", "cam%2fview", "cam%00", "CAM", "ca\u0301m", "\u202e",
         "\U0001F4F7", "<img src=x onerror=alert(1)>", "'; DROP TABLE instances; --", "${camera}", "! filesink location=/tmp/x",
         "{{7*7}}", "\r\nX-Set: 1", "x" * 65, "x" * 9000, "null", "true", "[]", "file:///etc/passwd", "rtsp://127.0.0.1:1/",
         "http://169.254.169.254/", "a" * 63 + "é"]
HEADERS = ["Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Upgrade", "Expect", "Origin", "Cookie",
           "Authorization", "Range", "If-None-Match", "If-Modified-Since", "Accept", "Accept-Encoding", "X-Forwarded-For",
           "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded", "Via", "Sec-Fetch-Site", "TE", "Trailer",
           "Content-Encoding", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "HTTP2-Settings", "Date"]
VALUES = ["", " ", ",", ",,,", ";", "\"", "\"unended", "*", "0", "-1", "+5", "5, 5", "5,6", "0x5", "99999999999999999999", "chunked", "gzip, chunked",
          "chunked, chunked", "identity", "xchunked", "close", "keep-alive, Upgrade", "websocket", "h2c", "100-continue", "null",
          "http://evil.example", "https://127.0.0.1", "evil.example", "localhost:99999", "127.0.0.1:", "[::1", "[::1]:x", "a b", "@127.0.0.1",
          "user@localhost", "127.0.0.1#", "127.0.0.1/..", "Bearer", "Bearer ", "Bearer a b", "Basic", "Basic ====", "Basic Og==", "Digest x",
          "streamtap=", "streamtap=x; streamtap=y", "=; ;;=", "for=unknown;by=\"", "for=\"[::1]:x\"", "bytes=0-0,-1", "bytes=9-1",
          "W/\"", "Thu, 99 Foo 0000 99:99:99 GMT", "application/json; charset=utf-16", "text/plain", "multipart/form-data", "q=1;q=2",
          "é", "\x01", "\x7f", "\x80", "a" * 7000, "a" * 9000]


class Request:
    """One request, in parts that can be put together wrongly."""

    def __init__(self, method, target, headers, body=b""):
        self.method, self.target, self.headers, self.body = method, target, list(headers), body
        self.version, self.line_end, self.head_end = "HTTP/1.1", b"\r\n", None
        self.is_sized, self.chunks = bool(body), None

    def bytes(self):
        end = self.line_end
        head = b" ".join(text(part) for part in (self.method, self.target, self.version)) + end
        for name, value in self.headers:
            head += text(name) + b": " + text(value) + end
        if self.chunks is not None:
            return head + b"Transfer-Encoding: chunked" + end + end + self.chunks
        if self.is_sized:
            head += b"Content-Length: %d" % len(self.body) + end
        return head + (end if self.head_end is None else self.head_end) + self.body


def text(part):
    return part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")


def example(schema, schemas, random, depth=0):
    """Something that a schema allows, more or less."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, random, depth + 1)
    for choice in ("oneOf", "anyOf"):
        if choice in schema and "properties" not in schema:
            return example(random.choice(schema[choice]), schemas, random, depth + 1)
    if "enum" in schema:
        return random.choice(schema["enum"])
    if schema.get("examples"):
        return schema["examples"][0]
    kind = schema.get("type", "object")
    kind = random.choice(kind) if isinstance(kind, list) else kind
    if kind == "object":
        properties = schema.get("properties", {})
        needed = set(schema.get("required", []))
        if "oneOf" in schema:
            needed |= set(random.choice(schema["oneOf"]).get("required", []))
        return {name: example(part, schemas, random, depth + 1) for name, part in properties.items()
                if depth < 6 and (name in needed or random.random() < 0.3)}
    if kind == "array":
        return [example(schema.get("items", {}), schemas, random, depth + 1) for _ in range(random.randrange(3) if depth < 6 else 0)]
    return {"string": lambda: random.choice(["cam", "bert", "127.0.0.1", "correct horse", "moving", "viewer", random.choice(TEXTS)]),
            "integer": lambda: random.randrange(-2, 5000), "number": lambda: random.uniform(-1, 100), "boolean": lambda: random.random() < 0.5,
            "null": lambda: None}[kind]()


class Corpus:
    """A request for each operation of a contract."""

    def __init__(self, contract, token, host):
        self.schemas = contract["components"]["schemas"]
        self.operations = [(path, method.upper(), operation) for path, methods in contract["paths"].items()
                           for method, operation in methods.items() if method != "parameters"]
        self.token, self.host = token, host

    def request(self, random):
        path, method, operation = random.choice(self.operations)
        for name, choices in NAMES.items():
            path = path.replace("{%s}" % name, random.choice(choices))
        query = []
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query" and random.random() < 0.4:
                query.append(f"{parameter['name']}={example(parameter['schema'], self.schemas, random)}")
        if path.endswith(("frame.jpg", "detections")):
            query.append("timeout=0.05")
        headers = [("Host", self.host)]
        if random.random() < 0.8:
            headers.append(("Authorization", f"Bearer {self.token}"))
        body = b""
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            said = example(schema, self.schemas, random)
            if path.endswith("discover"):
                said["timeout_seconds"] = 0.5
            body = json.dumps(said).encode()
            headers.append(("Content-Type", "application/json"))
        if path.startswith("/ws/") and random.random() < 0.7:
            headers += [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
                        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]
        target = path.replace(" ", "%20") + ("?" + "&".join(query).replace(" ", "+") if query else "")
        return Request(method, "".join(one if " " < one < "\x7f" else "%00" for one in target), headers, body)


# MARK: What is done to one request. Each takes the request and the generator.

def other_method(request, random):
    request.method = random.choice(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PRI", "get", "G\0T",
                                    "", "M" * 300, "GET\t", "PROPFIND", "FOO-BAR", "\xe9"])

def other_version(request, random):
    request.version = random.choice(["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.9", "HTTP/11", "http/1.1", "HTTP/1.1 ", "HTTP/1.1\0", "",
                                     "HTTP/99999999999.1", "RTSP/1.0", "ICE/1.0"])

def target_form(request, random):
    request.target = random.choice([
        f"http://127.0.0.1{request.target}", f"http://evil.example{request.target}", f"https://[::1]:1{request.target}", "*", "//evil.example/",
        f"/{request.target}", request.target.replace("/", "//"), request.target.replace("/", "\\"), "127.0.0.1:80", "/..", "/./.." * 20,
        request.target + "#x", request.target + "/", request.target + "/..", "/%", "/%zz", "/%00", "/%c0%af", "/%ff", "/%E2%82", "", " ", "/ /",
        f"file://{request.target}", request.target.upper(), "".join(f"%{ord(one):02x}" for one in request.target),
        "".join(f"%25{ord(one):02x}" for one in request.target[:40]), "/" + "a/" * 3000, "/" + "a" * 20000, request.target + "\x01",
        request.target + "\xff", f"javascript:{request.target}", "?", "??", f"/{random.choice(TEXTS)}"])

def query_values(request, random):
    name = random.choice(["width", "height", "fps", "quality", "timeout", "wait", "format", "since", "limit", "instance", "token", "hidden"])
    value = random.choice(NUMBERS + TEXTS)
    value = "".join(one if "!" <= one < "\x7f" and one not in "#" else "".join(f"%{byte:02x}" for byte in text(one)) for one in value)
    pairs = random.choice([f"{name}={value}", f"{name}={value}&{name}=1", f"{name}", f"={value}", f"{name}[]={value}", f"&&&{name}={value}&",
                           f"{name}=%", f"{name}=%f", "&" * 3000, f"{name}=1&" * 500])
    request.target += ("&" if "?" in request.target else "?") + pairs

def path_part(request, random):
    parts = request.target.split("/")
    place = random.randrange(len(parts))
    value = random.choice(TEXTS + NUMBERS)
    parts[place] = "".join(f"%{byte:02x}" for byte in text(value)) if random.random() < 0.7 else value
    request.target = "/".join(parts)

def header_value(request, random):
    request.headers.append((random.choice(HEADERS), random.choice(VALUES)))

def header_replaced(request, random):
    name = random.choice(HEADERS)
    request.headers = [one for one in request.headers if one[0] != name] + [(name, random.choice(VALUES))]

def header_dropped(request, random):
    if request.headers:
        request.headers.pop(random.randrange(len(request.headers)))

def header_twice(request, random):
    if request.headers:
        name, value = random.choice(request.headers)
        request.headers.insert(random.randrange(len(request.headers)), (name, random.choice([value, value + "x", value.upper()])))

def header_form(request, random):
    form = random.choice([("X Y", "1"), ("X\0", "1"), ("", "1"), (" X", "1"), ("X\r", "1"), ("X", "1\r\n 2"), ("X", "1\n\t2"), ("X", "1\r2"), ("X ", "1"),
                          ("X" * 5000, "1"), ("Transfer-Encoding ", "chunked"), ("Content-Length\t", "5"), (b"X\xff", b"\xff\xfe"), ("X", "\0"),
                          ("Content_Length", "5"), ("Transfer-Encoding\x0b", "chunked"), (":", ":"), ("host", "evil.example")])
    request.headers.insert(random.randrange(len(request.headers) + 1), form)

def many_headers(request, random):
    count = random.choice([50, 99, 101, 1000, 5000])
    request.headers += [(f"X-{number}", "y" * random.choice([1, 30])) for number in range(count)]

def framing(request, random):
    """Says more than once, or wrongly, where its body ends."""
    request.is_sized = False
    length = str(len(request.body))
    request.headers += random.choice([
        [("Content-Length", length), ("Content-Length", length)], [("Content-Length", length), ("Content-Length", "0")],
        [("Content-Length", f"{length}, {length}")], [("Content-Length", f"+{length}")], [("Content-Length", f"-{length}")],
        [("Content-Length", "1" * 40)], [("Content-Length", "1e3")], [("Content-Length", f" {length} ")], [("Content-Length", f"{length}\0")],
        [("Content-Length", str(1 << 63))], [("Content-Length", str((1 << 64) + len(request.body)))], [("Content-Length", "1048577")],
        [("Content-Length", length), ("Transfer-Encoding", "chunked")], [("Transfer-Encoding", "chunked"), ("Content-Length", length)],
        [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")], [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "identity")],
        [("Transfer-Encoding", "identity, chunked")], [("Transfer-Encoding", "chunked, identity")], [("Transfer-Encoding", "gzip")],
        [("Transfer-Encoding", "\x0bchunked")], [("Transfer-Encoding", "cHuNkEd")], [("Transfer-Encoding", "chunked;q=1")], [("Transfer-Encoding", "")],
        [("Transfer-Encoding", "chunked\r\n"), ("X", "1")], [("Content-Length", "")], []])

def chunked(request, random):
    body, parts = request.body or b"{}", []
    while body:
        size = random.randrange(1, len(body) + 1)
        parts.append(b"%x%s\r\n%s\r\n" % (size, random.choice([b"", b";a=b", b";" + b"x" * 300, b" ", b";a=\"\\\""]), body[:size]))
        body = body[size:]
    wrong = random.choice([b"", b"", b"", b"-1\r\n", b"g\r\n", b"0x5\r\nhello\r\n", b"ffffffffffffffff\r\n", b"10000000000000000\r\n", b"5\r\nhi\r\n", b"\r\n",
                           b"2\nhi\n", b"00000000000000000000000002\r\nhi\r\n", b"2\r\nhiX\r\n", b" 2\r\nhi\r\n"])
    parts.insert(random.randrange(len(parts) + 1), wrong)
    end = random.choice([b"0\r\n\r\n", b"0\r\n\r\n", b"0\r\nX: 1\r\n\r\n", b"0\r\nContent-Length: 5\r\nHost: x\r\n\r\n", b"0\n\n", b"0;x\r\n\r\n", b"", b"0\r\n",
                         b"000\r\n\r\n", b"0\r\n" + b"X: 1\r\n" * 300 + b"\r\n"])
    request.chunks = b"".join(parts) + end

def body_bytes(request, random):
    body = bytearray(request.body or b"{}")
    for _ in range(random.choice([1, 1, 3, 20])):
        place = random.randrange(len(body) + 1)
        kind = random.randrange(4)
        if kind == 0 and place < len(body):
            body[place] ^= 1 << random.randrange(8)
        elif kind == 1:
            body[place:place] = bytes(random.randrange(256) for _ in range(random.randrange(1, 9)))
        elif kind == 2:
            del body[place:place + random.randrange(1, 9)]
        else:
            body[place:place] = random.choice([b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\0", b"\\u0000", b"\\ud800", b"\\", b"\"", b"{", b"]", b",", b"\xef\xbb\xbf"])
    request.body, request.is_sized = bytes(body), True

def body_values(request, random):
    try:
        value = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        return
    request.body, request.is_sized = mutated_json(value, random), True

def body_whole(request, random):
    depth = random.choice([10, 100, 1000, 100_000])
    request.body = random.choice([
        b"[" * depth, b"[" * depth + b"]" * depth, b"{\"a\":" * depth + b"1" + b"}" * depth, b"null", b"\"x\"", b"1e400", b"[]", b"", b"{", b"{}", b"{}{}", b"\xff\xfe{\0}\0",
        b"{\"plan\":\"cam\",\"plan\":\"cam\"}", b"{" + b",".join(b"\"k%d\":%d" % (one, one) for one in range(5000)) + b"}", b" " * 100_000 + b"{}",
        b"{\"text\":\"" + b"x" * 1_048_500 + b"\"}", b"x" * 1_048_577, b"{\"plan\":\"" + b"\\u0041" * 20_000 + b"\"}", b"{\"a\":" + b"9" * 100_000 + b"}"])
    request.is_sized = True

def line_ends(request, random):
    request.line_end = random.choice([b"\n", b"\r", b"\r\r\n", b"\n\r\n", b"\r\n "])

def head_end(request, random):
    request.head_end = random.choice([b"", b"\r", b"\n", b"\r\n\0", b"\r\n\r\n\r\n"])

MUTATIONS = [other_method, other_version, target_form, query_values, query_values, path_part, path_part, header_value, header_value, header_replaced,
             header_dropped, header_twice, header_form, many_headers, framing, framing, chunked, body_bytes, body_bytes, body_values, body_values,
             body_values, body_whole, line_ends, head_end]


def mutated_json(value, random):
    """The text of a JSON value of which one part or some are something else."""
    # Once: lists of long lists of long lists would be more than a machine's memory.
    counts = [1, 2, 300]
    def change(value):
        if isinstance(value, dict) and value and random.random() < 0.8:
            key = random.choice(list(value))
            done = random.randrange(5)
            if done == 0:
                return {name: part for name, part in value.items() if name != key}
            if done == 1:
                return {**value, random.choice(TEXTS): part_of(random)}
            return {**value, key: change(value[key])}
        if isinstance(value, list) and value and random.random() < 0.7:
            count = random.choice(counts)
            if count > 1:
                counts.clear()
                counts.append(1)
            return [change(value[0])] * count + value[1:]
        return part_of(random)
    for _ in range(random.choice([1, 1, 2, 4])):
        value = change(value)
    said = json.dumps(value, ensure_ascii=random.random() < 0.5)
    # Numbers that Python cannot have.
    return text(said.replace('"NUMBER"', random.choice(NUMBERS[:12])))

def part_of(random):
    nested = []
    for _ in range(random.choice([1, 5, 40])):
        nested = [nested]
    return random.choice([None, True, False, 0, -1, 1.5, 1 << 40, "NUMBER", "NUMBER", {}, [], nested, {"secret": "x"}, {"": {"": []}}, random.choice(TEXTS),
                          random.choice(TEXTS), "x" * 70_000])


def mutated_request(corpus, random):
    """- Returns: the parts of what is sent to one connection, each written by itself, and what was done, for people."""
    done, wire = [], b""
    for _ in range(random.choice([1, 1, 1, 1, 2, 4])):
        request = corpus.request(random)
        for _ in range(random.choice([0, 1, 1, 1, 1, 2, 3])):
            mutation = random.choice(MUTATIONS)
            mutation(request, random)
            done.append(mutation.__name__)
        wire += request.bytes()
    kind = random.randrange(12)
    if kind == 0:
        wire = wire[:random.randrange(len(wire) + 1)]
        done.append("cut")
    elif kind == 1:
        place = random.randrange(len(wire) + 1)
        wire = wire[:place] + bytes(random.randrange(256) for _ in range(random.choice([1, 4, 200]))) + wire[place:]
        done.append("garbage")
    elif kind == 2:
        wire = random.choice([b"\r\n", b"\n", b"\0", b"\x16\x03\x01\x02\0\x01\0", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\r\n" * 50]) + wire
        done.append("before")
    kind = random.randrange(8)
    if kind == 0 and len(wire) < 600:
        done.append("by bytes")
        return [wire[place:place + 1] for place in range(len(wire))], done
    if kind in (1, 2):
        places = sorted(random.randrange(len(wire) + 1) for _ in range(random.randrange(1, 6)))
        done.append("split")
        return [part for part in (wire[one:other] for one, other in zip([0, *places], [*places, len(wire)])) if part], done
    return [wire], done
