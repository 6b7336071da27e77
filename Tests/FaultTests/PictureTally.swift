import TestSupport

/// Which of a camera's numbered pictures a viewer has got until its socket was closed.
struct PictureTally: Sendable {
    private(set) var received = 0
    /// Between the second and the last: the first may be one that was there before anybody looked.
    private(set) var missing = 0
    private(set) var largestGap = 0
    /// Came after a later one.
    private(set) var late = 0
    private var last: Int?

    init(of viewer: WebSocketClient) async throws {
        while true {
            switch try await viewer.next(within: .seconds(120)) {
            case .binary(let bytes):
                guard let number = NumberedPicture.number(of: try JPEGPicture(decoding: bytes)) else {
                    throw ProcessFailure("a picture without a number")
                }
                take(number)
            case .closed: return
            default: break
            }
        }
    }

    private mutating func take(_ number: Int) {
        // The newest is sent again where there is no newer one.
        if number == last { return }
        if let last {
            guard number > last else {
                late += 1
                return
            }
            if received > 1 {
                missing += number - last - 1
                largestGap = max(largestGap, number - last - 1)
            }
        }
        last = number
        received += 1
    }
}
