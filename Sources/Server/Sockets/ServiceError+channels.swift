/// What can be wrong with a message of a socket of many taps.
extension ServiceError {
    static func unknownChannel(_ channel: UInt16) -> Self {
        Self(.channelUnknown, "channel \(channel) has no tap; subscribe first")
    }
    static func channelInUse(_ channel: UInt16) -> Self {
        Self(.channelInUse, "channel \(channel) has a tap already; unsubscribe first")
    }
    static let tooManyRequests = Self(.tooManyRequests, "slow down: 20 changes of channels a second are taken")
    static let tooManyChannels = Self(
        .tooManyChannels, "a socket has at most \(TapChannelsHandler.channelLimit) channels")
}
