import Foundation
package import NIOCore
package import Plans

/// Looks for cameras on the networks of this machine, and learns what plans need to know of each.
package struct NetworkSearch: Sendable {
    /// Cameras that one search tells of.
    package static let highestCount = 64
    /// Cameras at one address: a recorder tells of all that it holds.
    package static let highestCountOfOne = 8
    /// Cameras that are asked at a time.
    private static let width = 8

    /// Where cameras may be.
    package var policy: AddressPolicy
    /// The ways that are searched.
    package var interfaces: [NetworkInterface]
    /// What a camera is asked with, by its address; nil: with nothing. It decides who is told what depends on a password.
    package var credentials: @Sendable (NetworkAddress) -> CameraCredentials?
    /// All of it takes so long at most.
    package var limit: TimeAmount

    package init(
        policy: AddressPolicy, interfaces: [NetworkInterface], limit: TimeAmount = .seconds(5),
        credentials: @escaping @Sendable (NetworkAddress) -> CameraCredentials? = { _ in nil }
    ) {
        self.policy = policy
        self.interfaces = interfaces
        self.limit = limit
        self.credentials = credentials
    }

    /// What was found.
    package struct Outcome: Sendable, Codable {
        /// By their addresses.
        package var cameras: [NetworkCamera] = []
        /// Those that were asked.
        package var interfaces: [String] = []
        /// What people ought to know: an interface that could not be asked, a list that was cut.
        package var notes: [String] = []
    }

    /// The interfaces of this machine that are searched where nobody names one: those on whose networks cameras may be.
    package static func interfaces(under policy: AddressPolicy) -> [NetworkInterface] {
        NetworkInterface.all().filter { interface in
            (!interface.isLoopback || policy.admits(interface.address))
                && (interface.network.map { policy.admits(someOf: $0) } ?? true)
        }
    }

    /// Asks all who are there, and then each who has answered.
    package func run() async -> Outcome {
        let begin = NIODeadline.now()
        let deadline = begin + limit
        let rule = PlaceRule(policy: policy)
        var outcome = Outcome()
        // Half of the time for them to answer, half to ask them.
        let found = await probe(until: begin + .nanoseconds(limit.nanoseconds / 2), into: &outcome)
        outcome.cameras = await complete(found, deadline, rule)
        return outcome
    }

    /// Asks one camera that somebody has named, whether or not it answers to groups.
    package func ask(_ address: ServiceAddress) async -> Outcome {
        let camera = NetworkCamera(address: address.text, host: "\(address.host)")
        let found = [Found(camera: camera, service: address)]
        return Outcome(cameras: await complete(found, .now() + limit, PlaceRule(policy: policy)))
    }

    private struct Found: Sendable {
        var camera: NetworkCamera
        /// Nil for one that is not asked.
        var service: ServiceAddress?
    }

    private func probe(until deadline: NIODeadline, into outcome: inout Outcome) async -> [Found] {
        let ids = ProbeMatch.types.map { (id: "urn:uuid:\(UUID().uuidString.lowercased())", type: $0) }
        let messages = ids.map { ProbeMatch.probe(id: $0.id, type: $0.type) }
        let results = await withTaskGroup { group in
            for (index, interface) in interfaces.enumerated() {
                group.addTask { () -> (Int, Result<[MulticastProbe.Answer], CameraProblem>) in
                    do throws(CameraProblem) {
                        let probe = MulticastProbe(interface: interface, messages: messages)
                        return (index, .success(try await probe.answers(until: deadline)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }
        }
        var found: [String: Found] = [:]
        for (index, result) in results {
            let interface = interfaces[index]
            switch result {
            case .failure(let problem): outcome.notes.append(problem.message)
            case .success(let answers):
                outcome.interfaces.append(interface.name)
                for answer in answers {
                    for match in ProbeMatch.matches(in: answer.bytes, to: Set(ids.map(\.id))) {
                        let one = camera(match, from: answer.sender, by: interface)
                        if found[one.camera.address] == nil { found[one.camera.address] = one }
                    }
                }
            }
        }
        var counts: [String: Int] = [:]
        let sorted = found.values.sorted { one, other in
            let (first, second) = (
                NetworkAddress(one.camera.host)?.bytes ?? [], NetworkAddress(other.camera.host)?.bytes ?? []
            )
            return first == second ? one.camera.address < other.camera.address : first.lexicographicallyPrecedes(second)
        }.filter { one in
            counts[one.camera.host, default: 0] += 1
            return counts[one.camera.host, default: 0] <= Self.highestCountOfOne
        }
        if sorted.count > Self.highestCount || found.count > sorted.count {
            outcome.notes.append(
                "\(found.count) answered, of which \(min(sorted.count, Self.highestCount)) are told: at most "
                    + "\(Self.highestCount), and \(Self.highestCountOfOne) of one address")
        }
        return Array(sorted.prefix(Self.highestCount))
    }

    private func camera(
        _ match: ProbeMatch, from sender: NetworkAddress, by interface: NetworkInterface
    ) -> Found {
        var camera = NetworkCamera(address: "", host: "\(sender)")
        camera.endpoint = match.endpoint.isEmpty ? nil : match.endpoint
        camera.interface = interface.name
        camera.name = match.name
        camera.hardware = match.hardware
        camera.location = match.location
        do throws(CameraProblem) {
            guard policy.admits(sender) else {
                throw CameraProblem(
                    .notAllowed, "\(sender) is no address that a camera may have here (--camera-network)")
            }
            let service = try match.service(from: sender)
            camera.address = service.text
            return Found(camera: camera, service: service)
        } catch {
            camera.address = ServiceAddress(host: sender).text
            camera.problem = error
            return Found(camera: camera)
        }
    }

    /// What each says of itself, in the same order.
    private func complete(_ found: [Found], _ deadline: NIODeadline, _ rule: PlaceRule) async -> [NetworkCamera] {
        var cameras = found.map(\.camera)
        await withTaskGroup(of: (Int, NetworkCamera).self) { group in
            func take(_ result: (Int, NetworkCamera)?) {
                if let (index, camera) = result { cameras[index] = camera }
            }
            for (index, one) in found.enumerated() {
                guard let service = one.service else { continue }
                if index >= Self.width { take(await group.next()) }
                group.addTask {
                    var camera = one.camera
                    var inquiry = CameraInquiry(
                        CameraService(service, credentials: credentials(service.host), deadline: deadline), rule: rule)
                    await inquiry.complete(&camera)
                    return (index, camera)
                }
            }
            while let result = await group.next() { take(result) }
        }
        return cameras
    }
}
