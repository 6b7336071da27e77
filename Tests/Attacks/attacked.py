"""A server that is attacked: locked, in a network of its own, with a camera and a healthy viewer."""
import atexit, base64, fcntl, http.client, json, multiprocessing, os, re, signal, socket, struct, subprocess, sys, tempfile, time

PLAN = """videotestsrc is-live=true pattern=ball name=camera
  ! video/x-raw,format=I420,width=160,height=120,framerate=30/1
  ! motion name=moving threshold=40 ! streamtap name=view
"""
# Of no account to whoever attacks: it is the viewer's alone, and nobody asks for it by its name.
WATCHED = "watched-by-somebody"


def enter_own_network():
    """Begins this program anew where no packet leaves the machine; there is nothing but loopback."""
    if os.environ.get("ATTACKS_INSIDE") != str(os.getpid()):
        rights = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
        os.environ["ATTACKS_INSIDE"] = str(os.getpid())  # exec keeps it
        os.execvp("unshare", ["unshare", *rights, "--net", sys.executable, *sys.argv])
    # As any other end: nothing that was started here stays.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with socket.socket() as some:
        name = struct.pack("16sh14x", b"lo", 0x41)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(some, 0x8914, name)  # SIOCSIFFLAGS


class Server:
    """`streamtap serve` with an admin, a token of theirs, and the plans `cam` and `watched`."""

    def __init__(self, products, *arguments):
        self.program = os.path.join(products, "streamtap")
        self.directory = tempfile.TemporaryDirectory(prefix="attacked-")
        plans = os.path.join(self.directory.name, "plans")
        os.mkdir(plans)
        with open(os.path.join(plans, "cam.plan"), "w") as file:
            file.write(PLAN)
        self.environment = dict(os.environ, STREAMTAP_STATE=os.path.join(self.directory.name, "state"))
        self.run("user", "add", "anna", "--role", "admin", input="correct horse\n")
        self.token = self.run("token", "create", "attacks", "--allow", "admin").split()[0]
        self.log = open(os.path.join(self.directory.name, "log"), "w+")
        self.process = subprocess.Popen(
            [self.program, "serve", "--port", "0", "--plans", plans, *arguments], stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=subprocess.STDOUT, env=self.environment)
        # Whatever ends this program.
        atexit.register(self.process.kill)
        self.port = self.wait("the server to say where it is", self.said_port)

    def run(self, *arguments, input=""):
        done = subprocess.run(
            [self.program, *arguments], input=input, capture_output=True, text=True, env=self.environment)
        if done.returncode:
            raise SystemExit(f"streamtap {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def said_port(self):
        said = re.search(r"http://[^ ,]*:(\d+)", self.output())
        return int(said[1]) if said else None

    def output(self):
        with open(self.log.name) as file:
            return file.read()

    def wait(self, what, condition, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if (found := condition()) is not None and found is not False:
                return found
            if self.process.poll() is not None:
                raise SystemExit(f"the server has ended ({self.process.returncode}):\n{self.output()[-4000:]}")
            time.sleep(0.01)
        raise SystemExit(f"not within {seconds} s: {what}\n{self.output()[-4000:]}")

    def ask(self, method, path, body=None, known=True):
        """- Returns: status and body. An answer that does not come within 10 s is an exception."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Authorization": f"Bearer {self.token}"} if known else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def start(self, plan, name):
        status, body = self.ask("POST", "/api/vp/instances", {"plan": plan, "id": name})
        if status != 201:
            raise SystemExit(f"{name}: {status} {body}")
        self.wait(f"{name} to run", lambda: self.state(name) == "running")

    def state(self, name):
        status, body = self.ask("GET", f"/api/vp/instances/{name}")
        return json.loads(body)["state"] if status == 200 else None

    def instances(self):
        return [one["id"] for one in json.loads(self.ask("GET", "/api/vp/instances")[1])["instances"]]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def resident_kilobytes(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "does not end"


class Viewer:
    """Somebody who watches, and counts pictures; a process of its own, which nobody else keeps waiting."""

    def __init__(self, server):
        self.count, self.words = multiprocessing.Value("q", 0), multiprocessing.Array("c", 200)
        connection = open_socket(server, f"/ws/vp/tap/{WATCHED}/view?format=binary")
        multiprocessing.Process(target=self.watch, args=(connection,), daemon=True).start()
        connection.close()

    @property
    def pictures(self):
        return self.count.value

    @property
    def end(self):
        """Nil as long as it watches."""
        return self.words.value.decode(errors="replace") or None

    def watch(self, connection):
        connection.settimeout(None)
        stream = connection.makefile("rb")
        try:
            while True:
                first, second = stream.read(2)
                length = second & 127
                if length > 125:
                    length = int.from_bytes(stream.read(2 if length == 126 else 8), "big")
                payload = stream.read(length)
                if first & 15 == 2:
                    self.count.value += 1
                elif first & 15 == 9:
                    connection.sendall(frame(10, payload))
                elif first & 15 == 8:
                    self.words.value = f"closed: {payload!r}".encode()[:199]
                    return
        except (OSError, ValueError) as error:
            self.words.value = f"{error!r}".encode()[:199]


def open_socket(server, path, known=True, timeout=10):
    """- Returns: a connection that is a WebSocket; its answer has been read, and nothing behind it."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout)
    who = f"Authorization: Bearer {server.token}\r\n" if known else ""
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{who}\r\n".encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            raise ConnectionError(f"{path}: {answer!r}")
        answer += byte
    if not answer.startswith(b"HTTP/1.1 101"):
        raise ConnectionError(f"{path}: {answer!r}")
    return connection


def frame(opcode, payload=b"", final=True, reserved=0, mask=b"\1\2\3\4", length=None, form=None):
    """One frame as RFC 6455 (5.2) has it, or as it does not: `length` is what it says, `form` how (7, 16 or 64 bits)."""
    length = len(payload) if length is None else length
    form = form or (7 if length < 126 else 16 if length < 65536 else 64)
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    masked = 0x80 if mask else 0
    head += {7: lambda: bytes([masked | length & 127]), 16: lambda: bytes([masked | 126]) + struct.pack(">H", length & 0xFFFF),
             64: lambda: bytes([masked | 127]) + struct.pack(">Q", length & (1 << 64) - 1)}[form]()
    if not mask:
        return head + payload
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
