#!/usr/bin/env python3
"""contract-test.py PRODUCTS SCHEMATHESIS: asks a server all that its /openapi.json says, and much that it does not.

Schemathesis makes requests of the contract, right ones and wrong ones, and follows its links from what is made to what is read
and deleted. Prints its summary; exits with 1 where server and contract differ. SEED and EXAMPLES (for each operation) in the environment.
"""
import os, random, re, subprocess, sys
import attacked

def main(products, schemathesis):
    attacked.enter_own_network()
    server = attacked.Server(products, "--allow-plan-text")
    server.start("cam", "cam")
    seed = os.environ.get("SEED") or str(random.randrange(1 << 31))
    print(f"SEED={seed}", flush=True)
    here = os.path.dirname(os.path.abspath(__file__))
    environment = dict(
        os.environ, SCHEMATHESIS_HOOKS="hooks", PYTHONPATH=here, CONTRACT_TOKEN_NAME="attacks")
    command = [
        os.path.abspath(schemathesis), "run",
        f"http://127.0.0.1:{server.port}/openapi.json", "--header", f"Authorization: Bearer {server.token}",
        "--max-examples", os.environ.get("EXAMPLES", "40"), "--seed", seed, "--no-color",
        "--checks", "all", "--exclude-checks", "positive_data_acceptance,use_after_free",
        # A stream does not end; and a GET that asks for no socket gets none, whatever it names.
        "--exclude-path-regex", "^/ws/|/stream[.]", "--request-timeout", "20", "--suppress-health-check", "all"]
    # Its cache of earlier failures would lie wherever it is started.
    done = subprocess.run(command, env=environment, cwd=server.directory.name)
    alive = server.process.poll() is None and server.ask("GET", "/healthz")[0] == 200
    bad = [line for line in server.output().splitlines() if re.search(r"\b(error|critical)\b", line)]
    server.stop()
    print(f"The server {'lives' if alive else 'has ended: ' + server.output()[-3000:]}; errors in its log: {len(bad)}")
    for line in bad[:10]:
        print(" ", line)
    return 0 if done.returncode == 0 and alive and not bad else 1

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
