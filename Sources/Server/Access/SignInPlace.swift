/// Where somebody signs in.
struct SignInPlace: Sendable, Hashable {
    /// For people.
    var address: String
    /// Tries from here are counted together.
    var counted: String
    /// The network around it, whose tries are counted together as well: many addresses are cheap, many networks are not.
    var network: String
    /// What the browser or program says that it is.
    var agent: String
}

extension SignInPlace {
    /// Who comes by no network, or by loopback.
    static let thisMachine = "this machine"
}
