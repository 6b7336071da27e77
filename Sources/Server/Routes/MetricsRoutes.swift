import Hummingbird
import NIOCore

/// `/metrics`: the same numbers as the API's, in Prometheus' text format.
struct MetricsRoutes {
    let manager: InstanceManager
    let registry: StreamTapRegistry
    let connections: ConnectionCount
    let events: StateEvents

    func add(to router: Router<ServiceContext>) {
        router.endpoint(
            "/metrics",
            [
                .get: { [manager, registry, connections, events] _, _ in
                    let text = MetricsText(
                        instances: await manager.instances(),
                        taps: registry.all().mapValues { $0.mapValues(TapNumbers.init) },
                        connections: connections.current, watchers: events.watchers)
                    return Response(
                        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                        body: .init(byteBuffer: ByteBuffer(string: text.rendered)))
                }
            ])
    }
}
