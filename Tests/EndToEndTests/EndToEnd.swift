import Testing

/// Tests from the outside: real cameras, the real executables, real viewers.
///
/// One at a time: each measures a program that shares two cores with whatever else runs.
@Suite("End to end", .serialized)
enum EndToEnd {}
