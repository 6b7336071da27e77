#!/usr/bin/env python3
"""mutations-test.py PRODUCTS requests|frames [COUNT]: a server is asked what nobody should ask, and goes on for everybody else.

Seeded: SEED in the environment gives a run again, CASE=n one case of it. Exits with 1 where something is wrong, and says what.
"""
import collections, json, os, random, re, select, socket, sys, threading, time
import attacked, mutated_frames, mutated_requests

BATCH, THREADS = 50, 8
# Nothing that a stranger sends may have the log say more than what is worth nobody's while.
LOUD = re.compile(r"^\S+ (warning|error|critical) ")
# Of what somebody with an admin's token may do: cameras that do not answer.
EXPECTED = re.compile(r"$^")


def send(connection, parts):
    """Sends parts one by one; whoever is told to go away may be gone."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for part in parts:
        connection.sendall(part)

def receive(connection, patience, limit=1 << 20):
    """What comes until the end, or until nothing has for so long."""
    received = b""
    end = time.monotonic() + 3
    while len(received) < limit and time.monotonic() < end and select.select([connection], [], [], patience)[0]:
        part = connection.recv(1 << 16)
        if not part:
            break
        received += part
    return received


class Requests:
    def __init__(self, server):
        contract = json.loads(server.ask("GET", "/openapi.json")[1])
        self.corpus = mutated_requests.Corpus(contract, server.token, f"127.0.0.1:{server.port}")
        self.server = server

    def make(self, generator):
        return mutated_requests.mutated_request(self.corpus, generator)

    def do(self, parts, generator):
        """- Returns: what came of it, for the count, and what is wrong or nil."""
        connection = socket.create_connection(("127.0.0.1", self.server.port), 10)
        with connection:
            try:
                send(connection, parts)
                if generator.random() < 0.5:
                    connection.shutdown(socket.SHUT_WR)
                received = receive(connection, generator.choice([0.02, 0.2]))
            except OSError:
                # Told to go away while it still spoke.
                received = b""
        if not received:
            return "silence", None
        said = re.match(rb"HTTP/1\.[01] (\d{3}) ", received)
        if not said:
            return "?", f"no answer: {received[:200]!r}"
        wrong = re.search(rb"HTTP/1\.[01] (500)[^\n]*\n.{0,2000}", received, re.DOTALL)
        return said[1].decode(), f"{wrong[0]!r}" if wrong else None


class Frames:
    def __init__(self, server):
        self.server = server

    def make(self, generator):
        frames = [mutated_frames.mutated_frame(generator) for _ in range(4)]
        wire = [one for one, _ in frames]
        if generator.random() < 0.2:
            wire = [b"".join(wire)]
        if generator.random() < 0.1:
            whole = b"".join(wire)
            wire = [whole[place:place + 1] for place in range(min(len(whole), 400))]
        return wire, [what for _, what in frames]

    def do(self, parts, generator):
        known = generator.random() < 0.8
        try:
            connection = attacked.open_socket(self.server, generator.choice(mutated_frames.PATHS), known)
        except ConnectionError as refused:
            return "refused", f"{refused}"
        with connection:
            try:
                send(connection, parts)
                received = receive(connection, generator.choice([0.02, 0.1]))
            except OSError:
                return "reset", None
        close = re.search(rb"\x88[\x02-\x7d](..)", received, re.DOTALL)
        return f"close {int.from_bytes(close[1], 'big')}" if close else "open", mutated_frames.answers_are_sound(received)


def main(products, kind, count="10000"):
    attacked.enter_own_network()
    seed = os.environ.get("SEED") or str(random.randrange(1 << 48))
    print(f"SEED={seed}", flush=True)
    only = os.environ.get("CASE")
    server = attacked.Server(products)
    server.start("cam", attacked.WATCHED)
    server.start("cam", "cam")
    viewer = attacked.Viewer(server)
    server.wait("pictures", lambda: viewer.pictures > 10)
    attack = {"requests": Requests, "frames": Frames}[kind](server)
    # A case of frames is a connection with four.
    cases = range(int(count) // (4 if kind == "frames" else 1)) if only is None else [int(only)]
    outcomes, faults, before = collections.Counter(), [], None
    started = time.monotonic()

    def one(number):
        generator = random.Random(f"{seed}/{number}")
        parts, done = attack.make(generator)
        try:
            outcome, wrong = attack.do(parts, generator)
        except OSError as error:
            outcome, wrong = "no connection", f"{error!r}"
        outcomes[outcome] += 1
        if wrong:
            faults.append(f"CASE={number} ({', '.join(done)}): {wrong}\n    {b''.join(parts)[:600]!r}")

    def healthy(batch):
        """After each batch: the server answers, pictures go on, and what was made is cleared away."""
        try:
            asked = time.monotonic()
            for path in ["/healthz", "/readyz"]:
                if (status := server.ask("GET", path)[0]) != 200:
                    faults.append(f"after {batch}: {path} {status}")
            took = time.monotonic() - asked
            if took > 5:
                faults.append(f"after {batch}: healthz took {took:.1f} s")
            for name in server.instances():
                if name not in (attacked.WATCHED, "cam"):
                    server.ask("DELETE", f"/api/vp/instances/{name}")
            if "cam" not in server.instances():
                server.ask("POST", "/api/vp/instances", {"plan": "cam", "id": "cam"})
        except OSError as error:
            faults.append(f"after {batch}: {error!r}")
        pictures = viewer.pictures
        end = time.monotonic() + 5
        while viewer.pictures == pictures and not viewer.end and time.monotonic() < end:
            time.sleep(0.01)
        if viewer.end or viewer.pictures == pictures:
            faults.append(f"after {batch}: the viewer gets nothing more ({viewer.end})")
        if server.process.poll() is not None:
            faults.append(f"after {batch}: the server has ended with {server.process.returncode}")
        return not faults or len(faults) < 20 and server.process.poll() is None and not viewer.end

    for start in range(0, len(cases), BATCH):
        batch = list(cases[start:start + BATCH])
        threads = [threading.Thread(target=lambda place=place: [one(number) for number in batch[place::THREADS]]) for place in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if not healthy(f"cases {batch[0]}…{batch[-1]}"):
            before = before or (server.descriptors(), server.resident_kilobytes())
            break
        # What is kept once made, such as workers' sockets of both instances and threads of pools, is there after some batches.
        if before is None and (start >= 4 * BATCH or start + BATCH >= len(cases)):
            before = settled(server)
    if server.process.poll() is not None:
        print("\n".join([*faults, server.output()[-4000:]]))
        return 1
    after = settled(server, before[0])
    took = time.monotonic() - started
    print(f"{len(cases)} {kind if kind == 'requests' else 'connections with four frames each'} in {took:.0f} s; "
          f"{viewer.pictures} pictures meanwhile, {viewer.pictures / took:.1f} a second")
    print("answers: " + ", ".join(f"{what} {number}" for what, number in outcomes.most_common()))
    print(f"descriptors {before[0]} → {after[0]}, resident {before[1] >> 10} → {after[1] >> 10} MiB")
    if after[0] > before[0] + 4:
        faults.append(f"descriptors: {before[0]} before, {after[0]} after")
    if after[1] > before[1] + (64 << 10):
        faults.append(f"memory: {before[1] >> 10} MiB before, {after[1] >> 10} after")
    loud = [line for line in server.output().splitlines() if LOUD.search(line) and not EXPECTED.search(line)]
    kinds = collections.Counter(re.sub(r"\d+|[\"'].*", "…", line) for line in loud)
    for line, number in kinds.most_common(12):
        faults.append(f"in the log, {number} times: {line}\n    " + next(one for one in loud if re.sub(r"\d+|[\"'].*", "…", one) == line))
    status = server.stop()
    if status != 0:
        faults.append(f"the server ended with {status}")
    for fault in faults:
        print(fault[:2500])
    print("Nothing is wrong." if not faults else f"{len(faults)} are wrong; SEED={seed}")
    return 1 if faults else 0


def settled(server, floor=None):
    """Descriptors and resident kilobytes, once instances and connections that were made have gone."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        gone = all(name in (attacked.WATCHED, "cam") for name in server.instances())
        if gone and (floor is None or server.descriptors() <= floor):
            break
        time.sleep(0.1)
    # Connections in their deadlines count until those are over.
    if floor is None:
        end = time.monotonic() + 8
        least = server.descriptors()
        while time.monotonic() < end:
            least = min(least, server.descriptors())
            time.sleep(0.2)
        return least, server.resident_kilobytes()
    return server.descriptors(), server.resident_kilobytes()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
