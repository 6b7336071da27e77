#!/usr/bin/env python3
"""complete-in-shell.py zsh|fish FOLDER LINE…: what becomes of each line when Tab is pressed behind it, a line each.

FOLDER holds what `scripts/completions` wrote. The shell believes that somebody sits before it: some complete nothing otherwise.
"""

import os
import pty
import re
import select
import sys
import time

SHELL, FOLDER, LINES = sys.argv[1], sys.argv[2], sys.argv[3:]
BEGIN = {
    "zsh": (["zsh", "-f", "-i"], f"PS1='> '; fpath=({FOLDER}/zsh $fpath); autoload -Uz compinit; compinit -u -D"),
    "fish": (["fish", "--no-config", "-i"], f"source {FOLDER}/fish/streamtap.fish"),
}
# What a terminal is told besides text.
CONTROLS = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b\][^\x07]*\x07|\x1b.|\x07")

command, setup = BEGIN[SHELL]
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    os.execvp(command[0], command)


def heard(quiet, longest):
    """All that is said until it has been quiet for so long, and something was said."""
    said, end, last = b"", time.monotonic() + longest, time.monotonic()
    while time.monotonic() < end and (not said or time.monotonic() - last < quiet):
        if select.select([terminal], [], [], 0.1)[0]:
            said += os.read(terminal, 65536)
            last = time.monotonic()
    return CONTROLS.sub(b"", said).decode("utf-8", "replace")


heard(1, 20)
os.write(terminal, setup.encode() + b"\n")
heard(1, 20)
for line in LINES:
    os.write(terminal, line.encode())
    shown = heard(0.3, 5)
    os.write(terminal, b"\t")
    # One shell writes the rest of the word, the other the line once more.
    print(line, "→", " ".join((shown + heard(2, 15)).split()), flush=True)
    # Nothing of it is run.
    os.write(terminal, b"\x15" if SHELL == "zsh" else b"\x03")
    heard(0.5, 5)
os.write(terminal, b"exit\n")
