/* Ways out of the sandbox's view of files, and ways to fill what is below it. */
#include "hostile.h"
#include <dirent.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define NOTHING (void)count, (void)words

static void mounts(int count, char **words) {
    NOTHING;
    REFUSED(mount("none", "/tmp", "tmpfs", 0, NULL));
    REFUSED(mount("/", "/tmp", NULL, MS_BIND | MS_REC, NULL));
    REFUSED(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
    REFUSED(mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL));
    REFUSED(mount("proc", "/tmp", "proc", 0, NULL));
    REFUSED(mount("none", "/tmp", "overlay", 0, "lowerdir=/usr:/etc"));
    REFUSED(syscall(SYS_open_tree, AT_FDCWD, "/", 1));
    REFUSED(syscall(SYS_move_mount, AT_FDCWD, "/usr", AT_FDCWD, "/tmp", 0));
    REFUSED(syscall(SYS_fsopen, "tmpfs", 0));
    REFUSED(syscall(SYS_mount_setattr, AT_FDCWD, "/usr", 0, NULL, 32));
}

static void unmounts(int count, char **words) {
    NOTHING;
    const char *places[] = {"/", "/usr", "/proc", "/dev", "/dev/null", "/tmp", "/target", "/etc"};
    for (int i = 0; i < 8; i++) {
        REFUSED(umount2(places[i], 0));
        REFUSED(umount2(places[i], MNT_DETACH));
    }
}

static void pivots(int count, char **words) {
    NOTHING;
    mkdir("/tmp/old", 0777);
    REFUSED(syscall(SYS_pivot_root, "/tmp", "/tmp/old"));
    REFUSED(syscall(SYS_pivot_root, ".", "."));
}

/* The classic: a folder held open from outside of a new root. */
static void chroots(int count, char **words) {
    NOTHING;
    int root = open("/", O_RDONLY | O_DIRECTORY);
    mkdir("/tmp/cell", 0777);
    REFUSED(chroot("/tmp/cell"));
    fchdir(root);
    for (int i = 0; i < 64; i++) {
        if (chdir("..") != 0) {
            break;
        }
    }
    REFUSED(chroot("."));
    absent("etc/shadow");
    absent("root");
    absent("home");
}

static void host(int count, char **words) {
    const char *paths[] = {"/etc/shadow", "/etc/passwd",  "/etc/hosts",   "/etc/resolv.conf",
                           "/etc/ssl",    "/etc/hostname", "/etc/machine-id", "/root",
                           "/home",       "/var",         "/run",         "/srv",
                           "/mnt",        "/boot",        "/lost+found",  "/media"};
    for (int i = 0; i < 16; i++) {
        absent(paths[i]);
    }
    for (int i = 0; i < count; i++) {
        absent(words[i]);
    }
}

static void facts(int count, char **words) {
    NOTHING;
    const char *gone[] = {"/sys",           "/proc/sys",     "/proc/cpuinfo", "/proc/meminfo",
                          "/proc/kallsyms", "/proc/modules", "/proc/kcore",   "/proc/cmdline",
                          "/proc/version",  "/proc/keys",    "/proc/config.gz", "/proc/iomem",
                          "/proc/interrupts", "/proc/sysrq-trigger", "/proc/acpi", "/proc/scsi",
                          "/proc/partitions", "/proc/timer_list", "/proc/sched_debug",
                          "/proc/uptime",   "/proc/loadavg", "/proc/stat",    "/proc/swaps"};
    for (unsigned i = 0; i < sizeof gone / sizeof *gone; i++) {
        absent(gone[i]);
    }
    int seen = 0;
    DIR *all = opendir("/proc");
    struct dirent *entry;
    while (all && (entry = readdir(all))) {
        int pid = atoi(entry->d_name);
        seen += pid != 0 && pid != getpid();
    }
    if (seen) {
        through("a process of somebody else");
    }
}

static void first(int count, char **words) {
    NOTHING;
    const char *paths[] = {"/proc/1/environ", "/proc/1/mem", "/proc/1/maps", "/proc/1/cmdline",
                           "/proc/1/root/etc/shadow", "/proc/1/cwd/.", "/proc/1/fd/3",
                           "/proc/1/exe", "/proc/1/auxv", "/proc/1/stack"};
    for (int i = 0; i < 10; i++) {
        unreadable(paths[i]);
    }
    unwritable("/proc/1/mem");
    unwritable("/proc/1/oom_score_adj");
}

static void writing(int count, char **words) {
    NOTHING;
    const char *paths[] = {"/x",       "/usr/x",  "/usr/bin/x", "/etc/x",   "/opt/x",
                           "/dev/x",   "/proc/x", "/target/x",  "/usr/bin/env", "/bin/sh",
                           "/etc/ld.so.cache", "/etc/ld.so.preload", "/target/files"};
    for (int i = 0; i < 13; i++) {
        unwritable(paths[i]);
    }
    REFUSED(unlink("/target/files"));
    REFUSED(rename("/target/files", "/target/other"));
    REFUSED(chmod("/target/files", 0777));
    REFUSED(truncate("/target/files", 0));
    REFUSED(link("/target/files", "/tmp/linked"));
    REFUSED(mkdir("/target/made", 0777));
}

/* The program that runs, and the one that started it, opened by the kernel's own links. */
static void itself(int count, char **words) {
    NOTHING;
    int own = open("/proc/self/exe", O_PATH);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", own);
    unwritable(path);
    unwritable("/proc/self/exe");
    unwritable("/proc/1/exe");
    unwritable("/proc/thread-self/exe");
    absent("/proc/self/root/etc/shadow");
    absent("/proc/self/cwd/../etc/shadow");
    for (int i = 3; i < 64; i++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", i);
        if (i != own) {
            absent(path);
        }
    }
}

static void inherited(int count, char **words) {
    NOTHING;
    for (int file = 3; file < 4096; file++) {
        if (fcntl(file, F_GETFD) != -1) {
            through("an open file");
        }
    }
    char byte;
    if (read(0, &byte, 1) != 0) {
        through("something on the input");
    }
}

static void setuid_programs(int count, char **words) {
    NOTHING;
    const char *known[] = {"/usr/bin/su", "/usr/bin/mount", "/usr/bin/passwd", "/usr/bin/sudo"};
    struct statvfs file_system;
    for (int i = 0; i < 4; i++) {
        if (statvfs(known[i], &file_system) == 0 && !(file_system.f_flag & ST_NOSUID)) {
            through(known[i]);
        }
    }
    const char *folders[] = {"/", "/tmp", "/build", "/scratch", "/dev/shm", "/target", "/dev", "/proc"};
    for (int i = 0; i < 8; i++) {
        if (statvfs(folders[i], &file_system) != 0 || !(file_system.f_flag & ST_NOSUID)) {
            through(folders[i]);
        }
    }
    int copy = open("/tmp/own", O_CREAT | O_RDWR, 0777);
    REFUSED(fchown(copy, 0, 0));
    fchmod(copy, 06777);
    const unsigned char all[20] = {1, 0, 0, 2, 255, 255, 255, 255};
    REFUSED(fsetxattr(copy, "security.capability", all, sizeof all, 0));
}

static void nodes(int count, char **words) {
    NOTHING;
    const char *places[] = {"/tmp/node", "/scratch/node", "/build/node", "/dev/shm/node", "/dev/node"};
    for (int i = 0; i < 5; i++) {
        REFUSED(mknod(places[i], S_IFCHR | 0666, makedev(1, 1)));
        REFUSED(mknod(places[i], S_IFBLK | 0666, makedev(254, 0)));
        REFUSED(mknodat(AT_FDCWD, places[i], S_IFCHR | 0666, makedev(5, 1)));
    }
    DIR *all = opendir("/dev");
    struct dirent *entry;
    const char *known = " . .. null zero full random urandom shm fd stdin stdout stderr ";
    char name[300];
    while (all && (entry = readdir(all))) {
        snprintf(name, sizeof name, " %s ", entry->d_name);
        if (!strstr(known, name)) {
            through(entry->d_name);
        }
    }
    if (mkfifo("/tmp/pipe", 0666) != 0) {
        through("not even a pipe can be made");
    }
}

static void handles(int count, char **words) {
    NOTHING;
    struct {
        struct file_handle head;
        unsigned char bytes[128];
    } handle = {.head = {.handle_bytes = 128}};
    int id;
    TOLD(ENOSYS, name_to_handle_at(AT_FDCWD, "/usr", &handle.head, &id, 0));
    handle.head.handle_bytes = 8;
    handle.head.handle_type = 1;
    handle.bytes[0] = 2;
    TOLD(ENOSYS, open_by_handle_at(AT_FDCWD, &handle.head, O_RDONLY));
}

static void fill(const char *folder) {
    static char block[1 << 16];
    char path[128];
    long long wrote = 0;
    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 64; i++) {
        snprintf(path, sizeof path, "%s/fill%d", folder, i);
        int file = open(path, O_CREAT | O_WRONLY, 0666);
        ssize_t more;
        while (file >= 0 && (more = write(file, block, sizeof block)) > 0) {
            wrote += more;
        }
        close(file);
    }
    if (wrote > 9 << 20) {
        through(folder);
    }
    for (int i = 0; i < 64; i++) {
        snprintf(path, sizeof path, "%s/fill%d", folder, i);
        unlink(path);
    }
}

static void disk(int count, char **words) {
    NOTHING;
    fill("/tmp");
    fill("/scratch");
    fill("/build");
    fill("/dev/shm");
    int huge = open("/tmp/huge", O_CREAT | O_RDWR, 0666);
    REFUSED(ftruncate(huge, 1LL << 40));
    REFUSED(fallocate(huge, 0, 0, 1LL << 40));
}

static void inodes(int count, char **words) {
    NOTHING;
    const char *folders[] = {"/tmp", "/scratch", "/build", "/dev/shm"};
    char path[128];
    for (int i = 0; i < 4; i++) {
        int made = 0;
        for (; made < 100000; made++) {
            snprintf(path, sizeof path, "%s/%d", folders[i], made);
            int file = open(path, O_CREAT | O_WRONLY, 0666);
            if (file < 0) {
                break;
            }
            close(file);
        }
        if (made > 4000) {
            through(folders[i]);
        }
    }
}

/* Memory that no file system shows and no process seems to hold. */
static void memory_files(int count, char **words) {
    NOTHING;
    static char block[1 << 20];
    memset(block, 1, sizeof block);
    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 900; i++) {
        int file = syscall(SYS_memfd_create, "x", 0);
        if (file < 0 && i == 0) {
            return;
        }
        for (int j = 0; j < 7 && file >= 0; j++) {
            if (write(file, block, sizeof block) < 0) {
                break;
            }
        }
    }
    through("six thousand MiB");
}

static void names(int count, char **words) {
    NOTHING;
    char longest[256];
    memset(longest, 'n', 255);
    longest[255] = 0;
    const char *odd[] = {"-rf",  "a\nb",       "\xff\xfe", "\x1b[2J\x1b]0;x\x07", "--checkpoint-action=exec=sh x",
                         " ",    "..\xc0\xaf", "$(id)",    "'\"`;&|",             "CON",
                         "a\tb", "\xe2\x80\xae" "gnp.exe", longest};
    chdir("/build");
    for (unsigned i = 0; i < sizeof odd / sizeof *odd; i++) {
        int file = open(odd[i], O_CREAT | O_WRONLY, 0666);
        if (file < 0 || write(file, "odd", 3) != 3) {
            through("a name that cannot be made");
        }
        close(file);
    }
}

/* Deeper than any path can say. */
static void depths(int count, char **words) {
    NOTHING;
    char name[201];
    memset(name, 'n', 200);
    name[200] = 0;
    chdir("/build");
    for (int i = 0; i < 40; i++) {
        if (mkdir(name, 0777) != 0 || chdir(name) != 0) {
            through("a depth that cannot be reached");
            break;
        }
    }
}

static const struct program programs[] = {
    {"mounts", mounts},   {"unmounts", unmounts},   {"pivots", pivots},
    {"chroots", chroots}, {"host", host},           {"facts", facts},
    {"first", first},     {"writing", writing},     {"itself", itself},
    {"nodes", nodes},     {"setuid", setuid_programs}, {"inherited", inherited},
    {"handles", handles}, {"disk", disk},           {"inodes", inodes},
    {"names", names},     {"memory-files", memory_files}, {"depths", depths},
    {NULL, NULL},
};

int main(int count, char **words) { return choose(programs, count, words); }
