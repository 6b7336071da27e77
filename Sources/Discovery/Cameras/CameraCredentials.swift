/// Who a camera is asked as.
package struct CameraCredentials: Sendable, Hashable, CustomStringConvertible {
    package var user: String
    package var password: String

    package init(user: String, password: String) {
        self.user = user
        self.password = password
    }

    /// Without the password, wherever it is printed.
    package var description: String { "\(user):***" }
}
