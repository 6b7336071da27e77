import NIOCore
import NIOPosix
import Subprocess
import SystemPackage
import WorkerLink

/// One `streamtap-worker run`, from its spawning to its reaping.
struct Worker: Sendable {
    var executable: WorkerExecutable
    /// RLIMIT_DATA, bytes, where the operator has not said otherwise.
    var memoryLimit = WorkerExecutable.defaultMemoryLimit
    var request: RunRequest
    /// Hears the link.
    var listener: any WorkerListener
    var log: WorkerLog
    var control: WorkerControl
    /// The link lives here.
    var eventLoop: any EventLoop

    /// Runs the worker and returns when it is gone and everything it said has been heard.
    ///
    /// Not meant to be cancelled: `control` ends it.
    func run() async -> WorkerExit {
        log.attemptStarted()
        do {
            let message = ByteBuffer(bytes: try ControlCodec.encode(ServerMessage.run(request)))
            let sockets = try SocketPair()
            let channel: any Channel
            do {
                channel = try await link(sockets.ours)
            } catch {
                try? sockets.theirs.close()
                throw error
            }
            channel.writeAndFlush(message, promise: nil)
            control.linked(WorkerLinkOutput(channel: channel))
            return WorkerExit(
                cause: await spawn(sockets.theirs, channel), lastLine: log.lastLine, lastLines: log.lastLines)
        } catch {
            return WorkerExit(cause: .notStarted("\(error)"))
        }
    }

    private func link(_ socket: SystemPackage.FileDescriptor) async throws -> any Channel {
        try await ClientBootstrap(group: eventLoop)
            // Frames are large: few big reads instead of many small ones.
            .channelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 65536, maximum: 1 << 20)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(WorkerLinkHandler(listener: listener))
                    // A worker without a link has nothing to do any more.
                    channel.closeFuture.whenComplete { [control] _ in control.stop() }
                }
            }
            .withConnectedSocket(socket.rawValue)
            .get()
    }

    /// - Parameter socket: becomes the worker's standard input; closed here in every case.
    private func spawn(_ socket: SystemPackage.FileDescriptor, _ channel: any Channel) async -> WorkerExit.Cause {
        let socket = ClosedOnce(socket)
        let cause: WorkerExit.Cause
        do {
            let outcome = try await Subprocess.run(
                configuration,
                input: .fileDescriptor(socket.descriptor, closeAfterSpawningProcess: false),
                output: .sequence,
                error: .combinedWithOutput
            ) { execution in
                // Only the worker may hold its end, or its death would not close the link.
                socket.close()
                control.started { try? execution.send(signal: $0, toProcessGroup: true) }
                await readLog(execution.standardOutput)
                // The log ends with the worker, or earlier if it closes its output; the link ends with it, too.
                try? await channel.closeFuture.get()
                // Signal 0 only asks; it leaves a worker that is on its way out the time to go by itself.
                await execution.teardown(using: [
                    .send(signal: Signal(rawValue: 0), toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
                    .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500)),
                ])
                // Whatever the worker had started goes with it.
                try? execution.send(signal: .kill, toProcessGroup: true)
                control.ended()
            }
            cause =
                switch outcome.terminationStatus {
                case .exited(let status): .exited(status)
                case .signaled(let signal): .signaled(signal)
                }
        } catch {
            cause = .notStarted("\(error)")
        }
        control.ended()
        socket.close()
        channel.close(promise: nil)
        try? await channel.closeFuture.get()
        return cause
    }

    private var configuration: Configuration {
        var options = PlatformOptions()
        // 0: a group of its own, so that Ctrl-C in a terminal reaches the server alone.
        options.processGroupID = 0
        return Configuration(
            executable: .path(FilePath(executable.path)),
            arguments: Arguments(["run"] + executable.limits(memory: memoryLimit)),
            environment: .ofWorkers.updating([
                // An arena a thread would let a worker of thirty threads keep many times what it uses.
                "MALLOC_ARENA_MAX": "2",
                // Swift's own backtracer would hold a crashed worker for seconds, and let it survive a signal that
                // another process sent.
                "SWIFT_BACKTRACE": "enable=no",
            ]),
            platformOptions: options)
    }

    private func readLog(_ output: SubprocessOutputSequence) async {
        var lines = LogLines()
        do {
            for try await buffer in output {
                let complete = buffer.withUnsafeBytes { lines.append($0) }
                for line in complete { log.append(line) }
            }
        } catch {
            // The worker is gone; there is nothing more to read.
        }
        if let line = lines.finish() { log.append(line) }
    }
}
