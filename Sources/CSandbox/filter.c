#define _GNU_SOURCE

#include "sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define FORBIDDEN (SECCOMP_RET_ERRNO | EPERM)
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))
/// Of the call in the accumulator.
#define FORBID(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), RETURN(FORBIDDEN)

int sandbox_has_filters(void) {
    unsigned int action = SECCOMP_RET_ERRNO;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0 ? 0 : -errno;
}

int sandbox_filter_calls(void) {
#ifdef ARCHITECTURE
    struct sock_filter filter[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        RETURN(FORBIDDEN),
        LOAD(nr),
#if defined(__x86_64__)
        // Numbers of x32, which is another table of the same calls.
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
        RETURN(FORBIDDEN),
        FORBID(SYS_iopl), FORBID(SYS_ioperm),
#endif
        // Other processes.
        FORBID(SYS_ptrace), FORBID(SYS_process_vm_readv), FORBID(SYS_process_vm_writev), FORBID(SYS_kcmp),
        FORBID(438),  // pidfd_getfd
        // Other programs: GStreamer starts one at its own start alone, which is over by now.
        FORBID(SYS_execve), FORBID(SYS_execveat),
        // Mounts and namespaces.
        FORBID(SYS_mount), FORBID(SYS_umount2), FORBID(SYS_pivot_root), FORBID(SYS_chroot), FORBID(SYS_setns),
        FORBID(SYS_unshare), FORBID(428), FORBID(429), FORBID(430), FORBID(431), FORBID(432), FORBID(433), FORBID(442),
        FORBID(SYS_open_by_handle_at), FORBID(SYS_quotactl), FORBID(SYS_swapon), FORBID(SYS_swapoff),
        // The kernel itself.
        FORBID(SYS_bpf), FORBID(SYS_perf_event_open), FORBID(SYS_userfaultfd), FORBID(SYS_init_module),
        FORBID(SYS_finit_module), FORBID(SYS_delete_module), FORBID(SYS_kexec_load), FORBID(SYS_kexec_file_load),
        FORBID(SYS_reboot), FORBID(SYS_acct), FORBID(SYS_syslog), FORBID(SYS_keyctl), FORBID(SYS_add_key),
        FORBID(SYS_request_key), FORBID(425), FORBID(426), FORBID(427),  // io_uring
        FORBID(SYS_settimeofday), FORBID(SYS_clock_settime), FORBID(SYS_sethostname), FORBID(SYS_setdomainname),
        FORBID(SYS_vhangup),
        // Its argument lies in memory, where no filter looks; the C library takes the older call then.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 435, 0, 1), RETURN(SECCOMP_RET_ERRNO | ENOSYS),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
        LOAD(args[0]),
        BPF_JUMP(
            BPF_JMP | BPF_JSET | BPF_K,
            CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP,
            0, 1),
        RETURN(FORBIDDEN),
        RETURN(SECCOMP_RET_ALLOW),
        // Networks that cameras are not on; netlink tells what interfaces there are.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 6),
        LOAD(args[0]),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 1, 0),
        RETURN(SECCOMP_RET_ERRNO | EAFNOSUPPORT),
        RETURN(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};
    long done = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
    // A thread that could not be brought along is told by its number.
    return done == 0 ? 0 : done > 0 ? -EBUSY : -errno;
#else
    return -ENOSYS;
#endif
}
