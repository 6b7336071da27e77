import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A worker that is somebody else's gains little")
    struct SandboxTests {
        /// Stands for code that a camera's bytes have brought into a worker: a library that GStreamer's parser calls first, once the
        /// worker is about to build its plan. It tries what an intruder would, and prints what came of it.
        private static let intruder = """
            #define _GNU_SOURCE
            #include <arpa/inet.h>
            #include <dlfcn.h>
            #include <errno.h>
            #include <fcntl.h>
            #include <signal.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/prctl.h>
            #include <sys/ptrace.h>
            #include <sys/socket.h>
            #include <sys/syscall.h>
            #include <sys/uio.h>
            #include <sys/wait.h>
            #include <unistd.h>
            extern char **environ;
            static void tell(const char *what, long result) {
                fprintf(stderr, "intruder: %s %s\\n", what, result < 0 ? strerrorname_np(errno) : "done");
            }
            static long opened(const char *path, int flags) {
                int file = open(path, flags, 0600);
                char byte;
                if (file < 0) return -1;
                return flags == O_RDONLY ? read(file, &byte, 1) : 0;
            }
            static void intrude(void) {
                char path[64];
                struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
                tell("secret", opened(getenv("STREAMTAP_PROBE_A"), O_RDONLY));
                tell("plan", opened(getenv("STREAMTAP_PROBE_B"), O_RDONLY));
                tell("shadow", opened("/etc/shadow", O_RDONLY));
                tell("write", opened("/usr/lib/intruder", O_WRONLY | O_CREAT));
                tell("temporary", opened("/tmp/intruder", O_WRONLY | O_CREAT));
                snprintf(path, sizeof path, "/proc/%d/environ", getppid());
                tell("environment", opened(path, O_RDONLY));
                snprintf(path, sizeof path, "/proc/%d/mem", getppid());
                tell("memory", opened(path, O_RDONLY));
                tell("trace", ptrace(PTRACE_SEIZE, getppid(), 0, 0));
                char byte;
                struct iovec here = {&byte, 1}, there = {(void *)environ, 1};
                tell("vm", process_vm_readv(getppid(), &here, 1, &there, 1, 0));
                tell("signal", kill(getppid(), 0));
                char *arguments[] = {"true", NULL};
                int status = 0;
                pid_t child = fork();
                if (child == 0) {
                    execve("/bin/true", arguments, environ);
                    _exit(errno);
                }
                waitpid(child, &status, 0);
                errno = status >> 8;
                tell("program", errno ? -1 : 0);
                place.sin_port = htons(atoi(getenv("STREAMTAP_PROBE_PORT")));
                tell("api", connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&place, sizeof place));
                tell("packets", socket(17, SOCK_RAW, 0));
                tell("namespace", syscall(SYS_unshare, 0x10000000));
                tell("dumpable", prctl(PR_GET_DUMPABLE) == 0 ? 0 : (errno = EEXIST, -1));
                tell("privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : (errno = EEXIST, -1));
                for (char **variable = environ; *variable; variable++)
                    if (strstr(*variable, "hunter2")) tell("variable", 0);
                tell("own", opened("/proc/self/status", O_RDONLY));
            }
            void *gst_parse_launch(const char *text, void **error) {
                static int came = 0;
                if (!__atomic_exchange_n(&came, 1, __ATOMIC_SEQ_CST)) intrude();
                void *(*original)(const char *, void **) = dlsym(RTLD_NEXT, "gst_parse_launch");
                return original(text, error);
            }

            """

        /// What came of each attempt: `done`, or the error's name.
        private func attempts(_ arguments: [String]) async throws -> [String: String] {
            let place = try TemporaryDirectory()
            let (source, library) = (try place.write(Self.intruder, to: "intruder.c"), "\(place.path)/intruder.so")
            let compiler = try ChildProcess(
                "/usr/bin/env", ["gcc", "-shared", "-fPIC", "-o", library, source, "-ldl"])
            try #require(try await compiler.ended(within: .seconds(60)) == .status(0), "\(compiler.output)")
            let plans = try TemporaryDirectory()
            try plans.write(TestPlans.live, to: "cam.plan")
            let secrets = try TemporaryDirectory()
            let secret = try secrets.write("hunter2", to: "front-door")
            let port = try ReservedPort()
            defer { withExtendedLifetime(port) {} }
            let server = try await StreamTapProcess.start(
                ["serve", "--credentials", secrets.path] + arguments, plans: plans.path,
                environment: [
                    "LD_PRELOAD": library, "STREAMTAP_PROBE_A": secret, "STREAMTAP_PROBE_B": "\(plans.path)/cam.plan",
                    "STREAMTAP_PROBE_PORT": "\(port.number)", "STREAMTAP_SECRET_OTHER": "hunter2",
                    "DATABASE": "hunter2",
                ], port: port.number)
            try await server.create("cam")
            _ = try await server.snapshot("cam", "grey")
            let log = try await eventually("the intruder is done", evidence: { server.process.output }) {
                server.process.output.contains("intruder: own") ? server.process.output : nil
            }
            return Dictionary(
                log.matches(of: /intruder: (\w+) (\w+)/).map { (String($0.1), String($0.2)) }, uniquingKeysWith: { $1 })
        }

        @Test(
            "It reads no secrets, neither traces, reads nor signals the server, starts no program and does not reach the API"
        )
        func intruder() async throws {
            let found = try await attempts([])
            for what in ["secret", "plan", "shadow", "write", "temporary", "api"] {
                #expect(found[what] == "EACCES", "\(what): \(found)")
            }
            for what in ["environment", "memory"] {
                #expect(["EACCES", "EPERM"].contains(found[what]), "\(what): \(found)")
            }
            for what in ["trace", "vm", "signal", "program", "namespace"] {
                #expect(found[what] == "EPERM", "\(what): \(found)")
            }
            #expect(found["packets"] == "EAFNOSUPPORT")
            #expect(found["dumpable"] == "done" && found["privileges"] == "done" && found["own"] == "done")
            #expect(found["variable"] == nil)
        }

        @Test("--worker-sandbox off leaves files and programs to plugins that need them")
        func off() async throws {
            let found = try await attempts(["--worker-sandbox", "off"])
            #expect(found["secret"] == "done" && found["temporary"] == "done" && found["api"] == "done", "\(found)")
            #expect(found["program"] == "done", "\(found)")
            #expect(found["dumpable"] == "done" && found["variable"] == nil)
            unlink("/tmp/intruder")
        }
    }
}
