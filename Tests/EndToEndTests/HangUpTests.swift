import TestSupport
import Testing

extension EndToEnd {
    @Suite("SIGHUP")
    struct HangUpTests {
        /// Runs a server on a terminal of its own, sends it SIGHUP, and closes the terminal.
        private static let terminal = """
            import os, pty, signal, sys, time
            pid, master = pty.fork()
            if pid == 0:
                if sys.argv[1] == 'nohup': signal.signal(signal.SIGHUP, signal.SIG_IGN)
                os.execv(sys.argv[2], sys.argv[2:])
            def read(word):
                seen = b''
                while word not in seen: seen += os.read(master, 4096)
            read(b'ready')
            os.kill(pid, signal.SIGHUP)
            read(b'was read again')
            os.close(master)
            end = time.monotonic() + (10 if sys.argv[1] == 'plain' else 1)
            status = (0, 0)
            while status[0] == 0 and time.monotonic() < end:
                time.sleep(0.02)
                status = os.waitpid(pid, os.WNOHANG)
            print('goes on' if status[0] == 0 else f'ends with {status[1]}', flush=True)
            if status[0] == 0: os.kill(pid, signal.SIGKILL)
            """

        @Test(
            "It reads the configuration again while there is a terminal, and ends the server whose terminal has gone",
            arguments: [("plain", "ends with 0"), ("nohup", "goes on")])
        func terminal(start: String, end: String) async throws {
            let process = try ChildProcess(
                "/usr/bin/python3",
                ["-c", Self.terminal, start, StreamTapProcess.executable("streamtap")]
                    + ["serve", "--port", "0", "--no-state", "--config", ""])
            #expect(try await process.ended(within: .seconds(40)) == .status(0), "\(process.output)")
            #expect(process.output.contains(end), "\(process.output)")
        }
    }
}
