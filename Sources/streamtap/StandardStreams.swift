import Glibc

/// Standard input and outputs that are there.
///
/// Whoever starts a program may have closed them. The next file or socket that is opened would then be one of them, and
/// what is printed would end in it.
enum StandardStreams {
    /// Opens `/dev/null` in the place of those that are closed; to be called before anything else is opened.
    static func openMissing() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is taken: this one, since those below it are open.
            guard open("/dev/null", O_RDWR) == descriptor else { return }
        }
    }
}
