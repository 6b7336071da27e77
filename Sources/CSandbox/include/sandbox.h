/// What a process may give up for good: prctl(2), Landlock and seccomp, none of which Swift can call (variadic functions, numbers
/// that the C library's headers of older systems lack). Every function returns 0 or a value, else -errno.

#ifndef STREAMTAP_SANDBOX_H
#define STREAMTAP_SANDBOX_H

#include <stdint.h>

#pragma clang assume_nonnull begin

/// No program that this process starts gains rights by being set-user-ID; needed by the two below.
int sandbox_no_new_privileges(void);
/// Other processes of the same user may neither trace this one nor read its memory or environment.
int sandbox_not_dumpable(void);

/// Rights of root that no pipeline needs, for the calling thread and those that it starts: those to files, to low ports and to
/// priorities are kept.
int sandbox_drop_capabilities(void);

/// Landlock's version in this kernel; below 1: it has none, or it is switched off.
int sandbox_landlock_version(void);

/// A set of rules: all that is not allowed below will be forbidden. To be closed.
///
/// Forbidden are reading, writing and making files; with `limits_tcp` (from version 4 on) connecting by TCP; from version 6 on
/// signals to processes outside and abstract sockets of theirs.
int sandbox_rules(int version, int limits_tcp);

/// What is to be allowed beneath a path, or of the file that it is.
enum sandbox_access {
    SANDBOX_READ = 0,
    /// Read and write to what is there: devices.
    SANDBOX_USE = 1,
    /// Read, write, make and remove.
    SANDBOX_CHANGE = 2,
};

/// -ENOENT and its like where there is nothing at `path`.
int sandbox_allow_path(int rules, int version, const char *path, enum sandbox_access access);
/// Connections by TCP to a port, whatever the address.
int sandbox_allow_port(int rules, uint16_t port);
/// For the calling thread and those that it starts.
int sandbox_enforce(int rules);

/// Whether filters for system calls are to be had.
int sandbox_has_filters(void);
/// Forbids all threads what no pipeline needs: tracing others, other programs, mounts, namespaces, keys, BPF and io_uring among it.
int sandbox_filter_calls(void);

#pragma clang assume_nonnull end

#endif
