import Hummingbird
import Logging

extension ServiceContext {
    /// Tells the log of something that whoever asks has had done to who may come in.
    func tell(_ words: String) {
        logger.notice("\(words)", metadata: ["by": "\(caller.identity?.initiator ?? "nobody")"])
    }
}
