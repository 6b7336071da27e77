import NIOCore
package import Plans

/// A way into a network: an interface of this machine with one of its IPv4 addresses.
package struct NetworkInterface: Sendable, Hashable {
    package let name: String
    package let address: NetworkAddress
    /// Whose addresses are reached by it directly.
    package let network: Network?

    package init(name: String, address: NetworkAddress, network: Network? = nil) {
        self.name = name
        self.address = address
        self.network = network
    }

    package var isLoopback: Bool { address.bytes.first == 127 }

    /// Those that groups can be reached by, in the order of the system.
    package static func all() -> [NetworkInterface] {
        var seen: Set<NetworkInterface> = []
        return devices().compactMap { device, address in
            let mask = device.netmask?.ipAddress.flatMap { NetworkAddress($0) }
            let length = mask?.bytes.reduce(0) { $0 + $1.nonzeroBitCount }
            let interface = NetworkInterface(
                name: device.name, address: address, network: length.flatMap { Network("\(address)/\($0)") })
            guard address.bytes.count == 4, device.multicastSupported || interface.isLoopback,
                seen.insert(interface).inserted
            else { return nil }
            return interface
        }
    }

    /// Every address that this machine has.
    static func ownAddresses() -> Set<NetworkAddress> { Set(devices().map(\.1)) }

    private static func devices() -> [(NIONetworkDevice, NetworkAddress)] {
        // Without them nothing is found, which is what is said then.
        ((try? System.enumerateDevices()) ?? []).compactMap { device in
            guard let text = device.address?.ipAddress, let address = NetworkAddress(text.prefix { $0 != "%" }) else {
                return nil
            }
            return (device, address)
        }
    }
}
