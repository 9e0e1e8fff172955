/* Doors of the kernel: what foreign code never needs, and every way out tends to. */
#include "hostile.h"
#include <grp.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

#define NOTHING (void)count, (void)words

static void keyrings(int count, char **words) {
    NOTHING;
    TOLD(ENOSYS, syscall(SYS_add_key, "user", "x", "y", 1, -3));
    TOLD(ENOSYS, syscall(SYS_keyctl, 0, -3, 0));
    TOLD(ENOSYS, syscall(SYS_request_key, "user", "x", NULL, 0));
}

static void uring(int count, char **words) {
    NOTHING;
    struct io_uring_params params = {0};
    TOLD(ENOSYS, syscall(SYS_io_uring_setup, 8, &params));
    TOLD(ENOSYS, syscall(SYS_io_uring_register, 0, 0, NULL, 0));
    TOLD(ENOSYS, syscall(SYS_io_uring_enter, 0, 1, 0, 0, NULL, 0));
}

static void bpf(int count, char **words) {
    NOTHING;
    char attributes[128] = {0};
    for (int command = 0; command < 8; command++) {
        TOLD(ENOSYS, syscall(SYS_bpf, command, attributes, sizeof attributes));
    }
}

static void faults(int count, char **words) {
    NOTHING;
    TOLD(ENOSYS, syscall(SYS_userfaultfd, 0));
    TOLD(ENOSYS, syscall(SYS_userfaultfd, 1));
    absent("/dev/userfaultfd");
}

static void perf(int count, char **words) {
    NOTHING;
    struct perf_event_attr wanted = {.type = PERF_TYPE_SOFTWARE, .size = sizeof wanted};
    TOLD(ENOSYS, syscall(SYS_perf_event_open, &wanted, 0, -1, -1, 0));
    TOLD(ENOSYS, syscall(SYS_perf_event_open, &wanted, -1, 0, -1, 0));
}

static void namespaces(int count, char **words) {
    NOTHING;
    int kinds[] = {CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,    CLONE_NEWNET,
                   CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP, CLONE_NEWUSER | CLONE_NEWNS};
    for (int i = 0; i < 8; i++) {
        REFUSED(unshare(kinds[i]));
        long pid = syscall(SYS_clone, kinds[i] | SIGCHLD, 0, 0, 0, 0);
        if (pid == 0) {
            _exit(0);
        }
        REFUSED(pid);
    }
    struct {
        unsigned long long flags, rest[10];
    } wanted = {.flags = CLONE_NEWUSER};
    TOLD(ENOSYS, syscall(SYS_clone3, &wanted, sizeof wanted));
}

static void entering(int count, char **words) {
    NOTHING;
    const char *kinds[] = {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup"};
    char path[64];
    for (int i = 0; i < 7; i++) {
        snprintf(path, sizeof path, "/proc/1/ns/%s", kinds[i]);
        REFUSED(open(path, O_RDONLY));
        snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i]);
        int own = open(path, O_RDONLY);
        REFUSED(setns(own, 0));
        REFUSED(ioctl(own, 0xb701 /* NS_GET_USERNS */));
        REFUSED(ioctl(own, 0xb702 /* NS_GET_PARENT */));
    }
    int init = syscall(SYS_pidfd_open, 1, 0);
    REFUSED(setns(init, CLONE_NEWNS | CLONE_NEWPID));
}

static void clocks(int count, char **words) {
    NOTHING;
    struct timespec then = {.tv_sec = 1};
    struct timeval before = {.tv_sec = 1};
    struct timex adjust = {.modes = ADJ_OFFSET | ADJ_FREQUENCY, .freq = 1};
    TOLD(EPERM, clock_settime(CLOCK_REALTIME, &then));
    TOLD(EPERM, settimeofday(&before, NULL));
    TOLD(EPERM, adjtimex(&adjust));
    TOLD(EPERM, clock_adjtime(CLOCK_REALTIME, &adjust));
    REFUSED(open("/dev/rtc0", O_RDONLY));
}

static void machine(int count, char **words) {
    NOTHING;
    TOLD(ENOSYS, syscall(SYS_init_module, "", 0, ""));
    TOLD(ENOSYS, syscall(SYS_finit_module, 0, "", 0));
    TOLD(ENOSYS, syscall(SYS_delete_module, "loop", 0));
    TOLD(ENOSYS, syscall(SYS_kexec_load, 0, 0, NULL, 0));
    TOLD(ENOSYS, syscall(SYS_reboot, 0xfee1dead, 672274793, 0, NULL));
    TOLD(ENOSYS, syscall(SYS_syslog, 3, "", 0));
    TOLD(ENOSYS, syscall(SYS_acct, "/tmp/x"));
    TOLD(ENOSYS, syscall(SYS_swapon, "/tmp/x", 0));
    TOLD(ENOSYS, syscall(SYS_quotactl, 0, "", 0, NULL));
    TOLD(EPERM, sethostname("x", 1));
    TOLD(EPERM, syscall(SYS_setdomainname, "x", 1));
}

/* The same calls by the numbers of another convention. */
static void doubles(int count, char **words) {
    NOTHING;
#ifdef __x86_64__
    TOLD(ENOSYS, syscall(0x40000000 + 272, CLONE_NEWUSER));
    TOLD(ENOSYS, syscall(0x40000000 + 39));
    TOLD(ENOSYS, syscall(0x40000000 + 521, 0, 0, 0, 0));
#endif
}

/* And of another architecture: this must end the process. */
static void other(int count, char **words) {
    NOTHING;
#ifdef __x86_64__
    long result = 20;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    through("int 0x80");
#else
    raise(SIGSYS);
#endif
}

static void messages(int count, char **words) {
    NOTHING;
    TOLD(ENOSYS, syscall(SYS_shmget, 1, 4096, 01666));
    TOLD(ENOSYS, syscall(SYS_msgget, 1, 01666));
    TOLD(ENOSYS, syscall(SYS_semget, 1, 1, 01666));
    TOLD(ENOSYS, syscall(SYS_mq_open, "x", O_CREAT, 0666, NULL));
    absent("/proc/sysvipc");
    absent("/dev/mqueue");
}

static void terminals(int count, char **words) {
    NOTHING;
    char byte = 'x';
    for (int file = 0; file < 3; file++) {
        REFUSED(ioctl(file, TIOCSTI, &byte));
        REFUSED(ioctl(file, TIOCSCTTY, 1));
        REFUSED(ioctl(file, TIOCLINUX, &byte));
        if (isatty(file)) {
            through("a terminal");
        }
    }
    absent("/dev/tty");
    absent("/dev/ptmx");
    absent("/dev/console");
    absent("/dev/tty0");
}

static void rights(int count, char **words) {
    NOTHING;
    struct {
        unsigned version;
        int pid;
    } head = {0x20080522, 0};
    unsigned all[6] = {~0u, ~0u, ~0u, ~0u, ~0u, ~0u};
    REFUSED(syscall(SYS_capset, &head, all));
    REFUSED(prctl(47 /* PR_CAP_AMBIENT */, 2, 21, 0, 0));
    REFUSED(prctl(PR_SET_SECUREBITS, 0));
    REFUSED(prctl(PR_SET_MM, 1, 0, 0, 0));
    REFUSED(prctl(PR_SET_SECCOMP, 2, NULL, 0, 0));
    REFUSED(setuid(0));
    REFUSED(setresuid(0, 0, 0));
    REFUSED(setgid(0));
    REFUSED(setgroups(0, NULL));
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) {
        through("new privileges");
    }
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) {
        if (strncmp(line, "Cap", 3) == 0 && !strstr(line, "\t0000000000000000")) {
            through(line);
        }
    }
    for (int right = 0; right < 41; right++) {
        if (prctl(PR_CAPBSET_READ, right, 0, 0, 0) == 1) {
            through("a right in the bounding set");
        }
    }
    unwritable("/proc/self/uid_map");
    unwritable("/proc/self/gid_map");
}

static void limits(int count, char **words) {
    NOTHING;
    int all[] = {RLIMIT_NPROC, RLIMIT_FSIZE,  RLIMIT_NOFILE,   RLIMIT_CPU,
                 RLIMIT_CORE,  RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE, RLIMIT_RTPRIO};
    for (int i = 0; i < 8; i++) {
        struct rlimit old, more;
        getrlimit(all[i], &old);
        more.rlim_cur = more.rlim_max = old.rlim_max + 4096;
        setrlimit(all[i], &more);
        getrlimit(all[i], &more);
        if (more.rlim_max > old.rlim_max) {
            through("a higher limit");
        }
    }
    struct sched_param first = {.sched_priority = 1};
    REFUSED(sched_setscheduler(0, SCHED_FIFO, &first));
    REFUSED(setpriority(PRIO_PROCESS, 0, -5));
}

/* A crash must not start the host's handler of core dumps, also not after asking for it. */
static void core(int count, char **words) {
    NOTHING;
    struct rlimit none = {0, 0}, now;
    setrlimit(RLIMIT_CORE, &none);
    getrlimit(RLIMIT_CORE, &now);
    if (now.rlim_cur != 1 || now.rlim_max != 1) {
        through("another limit of core dumps");
        return;
    }
    absent("/proc/sys/kernel/core_pattern");
    fflush(stdout);
    abort();
}

static void reading(int count, char **words) {
    NOTHING;
    char room[16];
    struct {
        void *base;
        size_t length;
    } to = {room, 16}, from = {(void *)0x400000, 16};
    TOLD(ENOSYS, syscall(SYS_process_vm_readv, getppid(), &to, 1, &from, 1, 0));
    TOLD(ENOSYS, syscall(SYS_process_vm_writev, getppid(), &to, 1, &from, 1, 0));
    TOLD(ENOSYS, syscall(SYS_process_vm_readv, 1, &to, 1, &from, 1, 0));
    TOLD(ENOSYS, syscall(SYS_kcmp, 1, getpid(), 0, 0, 0));
    int init = syscall(SYS_pidfd_open, 1, 0);
    TOLD(ENOSYS, syscall(SYS_pidfd_getfd, init, 3, 0));
    TOLD(ENOSYS, syscall(SYS_vmsplice, 1, &to, 1, 0));
    TOLD(ENOSYS, syscall(SYS_memfd_secret, 0));
}

static const struct program programs[] = {
    {"keyrings", keyrings}, {"uring", uring},           {"bpf", bpf},
    {"faults", faults},     {"perf", perf},             {"namespaces", namespaces},
    {"entering", entering}, {"clocks", clocks},         {"machine", machine},
    {"doubles", doubles},   {"other", other},           {"messages", messages},
    {"rights", rights},     {"terminals", terminals},   {"limits", limits},
    {"core", core},         {"reading", reading},       {NULL, NULL},
};

int main(int count, char **words) { return choose(programs, count, words); }
