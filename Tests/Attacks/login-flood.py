#!/usr/bin/env python3
"""login-flood.py PRODUCTS [SECONDS [PER_SECOND]]: very many from everywhere try to sign in; pictures flow, and who is known gets in.

Prints what a viewer got before and meanwhile, how many tries there were and what was answered, and how long it took somebody to sign in who
had signed in before from where they are. Exits with 1 where pictures are fewer than nine of ten, or that one was refused.
"""
import http.client, json, subprocess, sys, threading, time
import attacked

CLIENTS, NETWORKS = 16, 120

def main(products, seconds="20", rate="1000"):
    seconds, rate = float(seconds), int(rate)
    attacked.enter_own_network()
    # Every address of it is this machine's: tries come from as many as anybody could rent.
    subprocess.run(["ip", "address", "add", "10.66.0.1/16", "dev", "lo"], check=True)
    server = attacked.Server(products, "--host", "0.0.0.0")
    server.start("cam", attacked.WATCHED)
    viewer = attacked.Viewer(server)
    server.wait("pictures", lambda: viewer.pictures > 10)
    answers, lock, end = {}, threading.Lock(), 0.0

    def sign_in(connection, user, password):
        connection.request("POST", "/api/vp/session", json.dumps({"user": user, "password": password}), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def known():
        """Seconds that it takes anna from home, and what is answered."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("10.66.255.1", server.port, timeout=10, source_address=("10.66.255.7", 0))
        try:
            return time.monotonic() - began, sign_in(connection, "anna", "correct horse"), time.monotonic() - began
        finally:
            connection.close()

    def flood(client):
        count, began = 0, time.monotonic()
        while time.monotonic() < end:
            # Each from its share of the networks, a new address every few tries.
            network, host = (client + CLIENTS * (count // 5)) % NETWORKS, 1 + count // 5 % 250
            connection = http.client.HTTPConnection("10.66.255.1", server.port, timeout=10, source_address=(f"10.66.{network}.{host}", 0))
            try:
                for _ in range(5):
                    status = sign_in(connection, f"user{count % 40}" if count % 2 else "anna", "wrong")
                    count += 1
                    with lock:
                        answers[status] = answers.get(status, 0) + 1
                    # At the rate that is asked for, all together.
                    time.sleep(max(0, began + count * CLIENTS / rate - time.monotonic()))
            except OSError as error:
                with lock:
                    answers[type(error).__name__] = answers.get(type(error).__name__, 0) + 1
            finally:
                connection.close()

    def pictures(seconds):
        before, began = viewer.pictures, time.monotonic()
        time.sleep(seconds)
        return (viewer.pictures - before) / (time.monotonic() - began)

    first = known()
    quiet = pictures(3)
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=flood, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    waits = []

    def home():
        while time.monotonic() < end:
            waits.append(known())
            time.sleep(1)
    person = threading.Thread(target=home)
    person.start()
    during = pictures(seconds)
    for thread in [*threads, person]:
        thread.join()
    tries = sum(answers.values())
    took = sorted(wait[2] for wait in waits)
    print(f"{quiet:.1f} pictures a second before, {during:.1f} beside {tries / seconds:.0f} tries a second from {NETWORKS} networks: "
          + ", ".join(f"{what}: {number}" for what, number in sorted(answers.items(), key=str)))
    print(f"somebody who has signed in from there before: {first[2] * 1000:.0f} ms before; beside it {len(took)} times, "
          f"median {took[len(took) // 2] * 1000:.0f} ms, longest {took[-1] * 1000:.0f} ms; answered {sorted({wait[1] for wait in waits})}")
    server.stop()
    return 0 if during > 0.9 * quiet and {wait[1] for wait in waits} == {200} else 1

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
