import Foundation

/// What becomes of the server, as its stream of events says it.
public enum WatchedEvent: Sendable {
    /// Everything, at the beginning.
    case snapshot([InstanceAnswer], taps: [String: [String: TapsAnswer.Tap]])
    /// An instance, and its taps, as they are now.
    case changed(InstanceAnswer, taps: [String: TapsAnswer.Tap])
    /// There is no such instance any more.
    case removed(id: String)
    /// Something else: plans, devices, or what this program does not know yet.
    case other

    private struct Message: Decodable {
        var type: String
        var instances: [InstanceAnswer]?
        var instance: InstanceAnswer?
        var id: String?
    }

    private struct EveryTap: Decodable { var taps: [String: [String: TapsAnswer.Tap]] }
    private struct OwnTaps: Decodable { var taps: [String: TapsAnswer.Tap] }

    /// - Throws: `ClientError.incomprehensible`.
    public init(_ event: ServerSentEvent) throws(ClientError) {
        let data = Data(event.data.utf8)
        let decoder = JSONDecoder()
        do {
            let message = try decoder.decode(Message.self, from: data)
            switch (message.type, message.instance, message.id) {
            case ("snapshot", _, _):
                let taps = try? decoder.decode(EveryTap.self, from: data)
                self = .snapshot(message.instances ?? [], taps: taps?.taps ?? [:])
            case ("changed", let instance?, _):
                self = .changed(instance, taps: (try? decoder.decode(OwnTaps.self, from: data))?.taps ?? [:])
            case ("removed", _, let id?): self = .removed(id: id)
            default: self = .other
            }
        } catch {
            throw .incomprehensible("the server sends events that are none of StreamTap's")
        }
    }
}
