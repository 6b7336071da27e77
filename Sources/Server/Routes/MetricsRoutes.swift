import Hummingbird
import NIOCore

/// `/metrics`: the same numbers as the API's, in Prometheus' text format.
struct MetricsRoutes {
    let manager: InstanceManager
    let registry: StreamTapRegistry
    let admission: Admission
    let events: StateEvents

    func add(to router: Router<ServiceContext>) {
        router.endpoint(
            "/metrics",
            [
                .get: { [manager, registry, admission, events] _, _ in
                    let text = MetricsText(
                        instances: await manager.instances(),
                        taps: registry.all().mapValues { $0.mapValues(TapNumbers.init) },
                        connections: admission.connections, watchers: events.watchers)
                    return Response(
                        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                        body: .init(byteBuffer: ByteBuffer(string: text.rendered)))
                }
            ])
    }
}
