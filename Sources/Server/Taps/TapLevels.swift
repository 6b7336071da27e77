/// What is done for a tap just now, from the camera to the picture, each of it because of something. Keys are a contract.
package struct TapLevels: Sendable, Hashable, Codable {
    /// The camera is asked for its video.
    package var capture: Level
    /// Its video is decoded.
    package var decode: Level
    /// Pictures are made of it.
    package var encode: Level

    /// One of them.
    package struct Level: Sendable, Hashable, Codable {
        /// It is done just now.
        package var on: Bool
        /// Because of what it is, or is not.
        package var why: Reason
    }

    /// Why something is done, or not.
    package enum Reason: String, Sendable, Hashable, Codable {
        /// The plan says so.
        case plan
        /// Somebody looks.
        case viewers
        /// Somebody has looked until a moment ago.
        case lately
        /// Nobody looks.
        case nobody
        /// The instance does not run.
        case instance
    }

    /// - Parameters:
    ///   - isOnDemand: the camera is left alone while nobody looks.
    ///   - isWatched: anything of the tap is wanted, video as its camera sends it among that.
    ///   - isDecoding: of video that is decoded while somebody looks; nil: the plan decodes.
    ///   - isWanted: anything of its frames is, and whether pictures are among that.
    init(
        _ state: InstanceState, isOnDemand: Bool, isWatched: Bool, isDecoding: Bool?,
        isWanted: (anything: Bool, pictures: Bool)
    ) {
        guard state.isAlive, state != .idle else {
            let none = Level(on: false, why: state == .idle ? .nobody : .instance)
            (capture, decode, encode) = (none, none, none)
            return
        }
        capture = Level(on: true, why: isOnDemand ? (isWatched ? .viewers : .lately) : .plan)
        decode =
            switch isDecoding {
            case nil: Level(on: true, why: .plan)
            case true?: Level(on: true, why: isWanted.anything ? .viewers : .lately)
            case false?: Level(on: false, why: .nobody)
            }
        encode = Level(on: isWanted.pictures, why: isWanted.pictures ? .viewers : .nobody)
    }
}
