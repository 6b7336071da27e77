import Hummingbird
import NIOCore

#if canImport(Glibc)
import Glibc
#endif

/// `/metrics`: the same numbers as the API's, in Prometheus' text format.
struct MetricsRoutes {
    let manager: InstanceManager
    let memory: ServerMemory
    let registry: StreamTapRegistry
    let admission: Admission
    let events: StateEvents
    let unsent: UnsentMessages
    let lag: LoopLag
    let lostLogLines: @Sendable () -> Int

    func add(to router: Router<ServiceContext>) {
        router.endpoint("/metrics", [.get: .measure(respond)])
    }

    @Sendable private func respond(_ request: Request, _ context: ServiceContext) async -> Response {
        var text = MetricsText()
        text.write(server)
        text.write(await manager.instances(), workers: await manager.workerNumbers())
        text.write(taps: registry.all().mapValues { $0.mapValues(TapNumbers.init) })
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text.rendered)))
    }

    private var server: ServerNumbers {
        ServerNumbers(
            connections: admission.connections, viewers: admission.viewers, watchers: events.watchers,
            unsentBytes: unsent.bytes, loopLag: lag.histogram, process: ProcessNumbers(pid: getpid()),
            openDescriptors: ProcessNumbers.openDescriptors, lostLogLines: lostLogLines(),
            isKept: memory.store?.isKeeping)
    }
}
