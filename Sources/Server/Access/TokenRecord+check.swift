extension TokenRecord {
    /// What every token begins with, so that one which has got into the wrong hands is known for what it is.
    static let prefix = "streamtap_"

    /// - Throws: `ServiceError` `token_invalid`.
    func check() throws(ServiceError) {
        guard (1...100).contains(name.count), name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }),
            Int64(name) == nil
        else {
            throw .invalidToken("a token's name says what it is for, in 1 to 100 characters; a number alone is its id")
        }
        guard rights.role != nil || rights.metrics || !rights.views.isEmpty else {
            throw .invalidToken("a token that allows nothing is good for nothing")
        }
        guard rights.views.count <= 100 else { throw .invalidToken("a token has at most 100 rights") }
        guard expires.map({ $0 > created }) ?? true else { throw .invalidToken("this token would be over already") }
    }
}
