import Hummingbird

/// `/api/vp/devices`: cameras at this machine.
struct DeviceRoutes {
    let devices: DeviceCatalog

    func add(to router: Router<ServiceContext>) {
        struct Answer: Encodable { var devices: [FoundDevice] }
        router.endpoint(
            "/api/vp/devices", [.get: .read { [devices] _, _ in .json(Answer(devices: await devices.devices())) }])
    }
}
