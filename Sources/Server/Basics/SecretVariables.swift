/// The environment's variables that hold the operator's secrets, or say where they are.
enum SecretVariables {
    /// The secret `front-door` is `STREAMTAP_SECRET_FRONT_DOOR`.
    static let prefix = "STREAMTAP_SECRET_"
    /// The directory with one file a secret, as systemd names it.
    static let directory = "CREDENTIALS_DIRECTORY"
    /// What stands before the names of those that it loads from a directory: `LoadCredential=secrets:DIRECTORY`.
    static let credentialPrefix = "secrets_"
}
