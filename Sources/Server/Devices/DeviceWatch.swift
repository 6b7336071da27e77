import Logging
import VideoDevices

/// Hears of cameras that come and go, and tells those whom it concerns: who watches, the log of events, and instances that wait.
final class DeviceWatch: Sendable {
    private let monitor: DeviceMonitor?
    private let task: Task<Void, Never>

    /// Something that was heard: of which node, nil: of any.
    private struct Word: Sendable {
        var path: String?
        var isGone: Bool
    }

    /// - Parameters:
    ///   - nodes: those that there are.
    ///   - appeared: a node is there, or has been told anew; also more than once.
    init(
        _ catalog: DeviceCatalog, events: StateEvents, log: EventLog, logger: Logger,
        nodes: @escaping @Sendable () -> [VideoNode] = VideoNode.all,
        appeared: @escaping @Sendable (VideoNode, [VideoNode]) async -> Void
    ) {
        let (words, heard) = AsyncStream.makeStream(of: Word.self, bufferingPolicy: .bufferingNewest(256))
        monitor = DeviceMonitor { change, path in heard.yield(Word(path: path, isGone: change == .removed)) }
        if monitor == nil { logger.warning("cameras that come and go are not heard of: the kernel tells nobody here") }
        let known = nodes()
        task = Task {
            var known = known
            for await word in words {
                let now = word.isGone ? await Self.nodes(without: word.path, nodes) : nodes()
                await catalog.changed()
                if now != known {
                    events.publish(.devicesChanged, of: "devices")
                    for change in DeviceListChange.between(known, now) {
                        logger.info("\(change.words)")
                        log.append(LoggedEvent(change.isGone ? .deviceRemoved : .deviceAdded, message: change.words))
                    }
                }
                known = now
                guard !word.isGone else { continue }
                for node in now where word.path == nil || word.path == node.path { await appeared(node, now) }
            }
        }
    }

    deinit { task.cancel() }

    /// The kernel tells of an end before what has ended is gone from /sys (`device_del`), which takes milliseconds.
    ///
    /// - Returns: the nodes there are once that one is gone, or after a moment: one that is there still has come back.
    private static func nodes(without path: String?, _ nodes: () -> [VideoNode]) async -> [VideoNode] {
        var now = nodes()
        for pause in [20, 40, 80, 160, 320, 640] where now.contains(where: { $0.path == path }) {
            guard (try? await Task.sleep(for: .milliseconds(pause))) != nil else { break }
            now = nodes()
        }
        return now
    }
}

/// A camera that came or went.
struct DeviceListChange: Sendable, Hashable {
    var isGone: Bool
    var words: String

    /// What is different between two lists. Of a camera with several nodes the one that gives pictures counts.
    static func between(_ before: [VideoNode], _ now: [VideoNode]) -> [DeviceListChange] {
        func cameras(_ nodes: [VideoNode]) -> [VideoNode] { nodes.filter { $0.captures ?? ($0.index == 0) } }
        func key(_ node: VideoNode) -> [String] { [node.path, node.device] }
        let (old, new) = (Set(cameras(before).map(key)), Set(cameras(now).map(key)))
        let gone = cameras(before).filter { !new.contains(key($0)) }.map {
            DeviceListChange(isGone: true, words: "\($0.name) was unplugged (\(naming($0, before)))")
        }
        return gone
            + cameras(now).filter { !old.contains(key($0)) }.map {
                DeviceListChange(isGone: false, words: "\($0.name) was plugged in (\(naming($0, now)))")
            }
    }

    private static func naming(_ node: VideoNode, _ nodes: [VideoNode]) -> String {
        let address = node.bestAddress(among: nodes)
        return address == node.path ? address : "\(address), \(node.path)"
    }
}
