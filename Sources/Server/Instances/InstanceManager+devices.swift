import VideoDevices

/// Cameras at this machine, as instances see them.
extension InstanceManager {
    /// What each instance has to do with them.
    func deviceUses() async -> [DeviceUse] {
        var uses: [DeviceUse] = []
        for (_, slot) in slots where !slot.instance.specification.devices.isEmpty {
            uses.append(await slot.instance.deviceUse)
        }
        return uses.sorted { $0.instance < $1.instance }
    }

    /// One is there, or is another: whoever waits for it waits no longer.
    func appeared(_ node: VideoNode, among nodes: [VideoNode]) {
        for slot in slots.values {
            let addresses = slot.instance.specification.devices.values
            if addresses.contains(where: { DeviceAddress($0).leads(to: node, among: nodes) }) { slot.instance.hint() }
        }
    }
}
