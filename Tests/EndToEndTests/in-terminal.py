"""in-terminal.py COLUMNS ROWS PROGRAM...: runs a program in a terminal of that size, as a person would sit at it.

Reads orders, one a line: `wait TEXT` until it is on the screen's wire, which is told,
`size COLUMNS ROWS`, `type TEXT` (Python's escapes), `end`.
At the end prints JSON: what the terminal was sent, how the program ended, and whether the terminal echoes as before.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

columns, rows, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


terminal, own = pty.openpty()
resize(terminal, columns, rows)
before = termios.tcgetattr(own)
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(own, termios.TIOCSCTTY, 0)
    for number in range(3):
        os.dup2(own, number)
    os.environ["TERM"] = "xterm-256color"
    os.execvp(program[0], program)

seen = b""


def read(limit):
    global seen
    if select.select([terminal], [], [], limit)[0]:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            return False
        seen += data
        return bool(data)
    return True


mark = 0
for order in sys.stdin:
    verb, _, rest = order.rstrip("\n").partition(" ")
    if verb == "end":
        break
    if verb == "wait":
        end = time.monotonic() + 20
        wanted = rest.encode()
        while wanted not in seen[mark:] and time.monotonic() < end:
            read(0.1)
        if wanted not in seen[mark:]:
            print(json.dumps({"missing": rest, "seen": seen.decode(errors="replace")}), flush=True)
            os.kill(child, 9)
            sys.exit(1)
        print(f"seen {rest}", flush=True)
    elif verb == "size":
        mark = len(seen)
        resize(terminal, *map(int, rest.split()))
    elif verb == "type":
        mark = len(seen)
        os.write(terminal, rest.encode().decode("unicode_escape").encode())

end = time.monotonic() + 20
status = None
while time.monotonic() < end:
    read(0.1)
    ended, status = os.waitpid(child, os.WNOHANG)
    if ended:
        break
    status = None
while read(0) and select.select([terminal], [], [], 0)[0]:
    pass
after = termios.tcgetattr(own)
print(
    json.dumps(
        {
            "seen": seen.decode(errors="replace"),
            "signal": os.WTERMSIG(status) if status is not None and os.WIFSIGNALED(status) else 0,
            "status": os.WEXITSTATUS(status) if status is not None and os.WIFEXITED(status) else -1,
            "same": before == after,
        }
    ),
    flush=True,
)
