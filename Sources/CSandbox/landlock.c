#define _GNU_SOURCE

#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// By hand: linux/landlock.h of Debian 12 is older than what kernels offer. The numbers are the same on all architectures.
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { RULE_PATH_BENEATH = 1, RULE_NET_PORT = 2 };

enum {
    EXECUTE = 1 << 0, WRITE_FILE = 1 << 1, READ_FILE = 1 << 2, READ_DIR = 1 << 3, REMOVE_DIR = 1 << 4,
    REMOVE_FILE = 1 << 5, MAKE_CHAR = 1 << 6, MAKE_DIR = 1 << 7, MAKE_REG = 1 << 8, MAKE_SOCK = 1 << 9,
    MAKE_FIFO = 1 << 10, MAKE_BLOCK = 1 << 11, MAKE_SYM = 1 << 12, REFER = 1 << 13, TRUNCATE = 1 << 14,
};
enum { CONNECT_TCP = 1 << 1 };
enum { SCOPE_ABSTRACT_SOCKETS = 1 << 0, SCOPE_SIGNALS = 1 << 1 };

struct ruleset {
    uint64_t files, network, scoped;
};
struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));
struct port_rule {
    uint64_t allowed, port;
};

static int result(long value) { return value < 0 ? -errno : (int)value; }

int sandbox_no_new_privileges(void) { return result(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); }

int sandbox_not_dumpable(void) { return result(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)); }

int sandbox_drop_capabilities(void) {
    const uint64_t kept = 1ull << CAP_CHOWN | 1ull << CAP_DAC_OVERRIDE | 1ull << CAP_DAC_READ_SEARCH
        | 1ull << CAP_FOWNER | 1ull << CAP_FSETID | 1ull << CAP_NET_BIND_SERVICE | 1ull << CAP_SYS_NICE;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) != 0) return -errno;
    for (int half = 0; half < 2; half++) {
        uint32_t mask = (uint32_t)(kept >> (32 * half));
        data[half].effective &= mask;
        data[half].permitted &= mask;
        data[half].inheritable = 0;
    }
    return result(syscall(SYS_capset, &header, data));
}

int sandbox_landlock_version(void) { return result(syscall(CREATE_RULESET, NULL, 0, 1)); }

/// All that this version knows of files.
static uint64_t handled(int version) {
    uint64_t all = MAKE_SYM * 2 - 1;
    if (version >= 2) all |= REFER;
    if (version >= 3) all |= TRUNCATE;
    return all;
}

int sandbox_rules(int version, int limits_tcp) {
    struct ruleset set = {.files = handled(version)};
    size_t size = sizeof set.files;
    if (version >= 4) {
        size = offsetof(struct ruleset, scoped);
        if (limits_tcp) set.network = CONNECT_TCP;
    }
    if (version >= 6) {
        size = sizeof set;
        set.scoped = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
    }
    return result(syscall(CREATE_RULESET, &set, size, 0));
}

int sandbox_allow_path(int rules, int version, const char *path, enum sandbox_access access) {
    int file = open(path, O_PATH | O_CLOEXEC);
    if (file < 0) return -errno;
    struct stat status;
    if (fstat(file, &status) != 0) {
        int problem = errno;
        close(file);
        return -problem;
    }
    uint64_t allowed = READ_FILE | READ_DIR;
    if (access == SANDBOX_READ) allowed |= EXECUTE;
    if (access == SANDBOX_USE) allowed |= WRITE_FILE | TRUNCATE;
    if (access == SANDBOX_CHANGE)
        allowed |= WRITE_FILE | TRUNCATE | REFER | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK
            | MAKE_FIFO | MAKE_SYM;
    allowed &= handled(version);
    // What concerns what is in a directory is refused for what is none.
    if (!S_ISDIR(status.st_mode)) allowed &= EXECUTE | READ_FILE | WRITE_FILE | TRUNCATE;
    struct path_rule rule = {.allowed = allowed, .parent = file};
    int added = result(syscall(ADD_RULE, rules, RULE_PATH_BENEATH, &rule, 0));
    close(file);
    return added;
}

int sandbox_allow_port(int rules, uint16_t port) {
    struct port_rule rule = {.allowed = CONNECT_TCP, .port = port};
    return result(syscall(ADD_RULE, rules, RULE_NET_PORT, &rule, 0));
}

int sandbox_enforce(int rules) {
    // What a rule says of /proc/self is lost when the kernel forgets the directory, which it does not while it is open.
    (void)open("/proc/self", O_PATH | O_CLOEXEC);
    return result(syscall(RESTRICT_SELF, rules, 0));
}
