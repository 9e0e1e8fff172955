/* What the hostile programs share: each tries something, and says `through` when it was let. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct program {
    const char *name;
    void (*run)(int count, char **words);
};

static int failures;

__attribute__((unused)) static void through(const char *what) {
    printf("through: %s\n", what);
    failures++;
}

/* The call must not succeed. */
#define REFUSED(call)                                                                             \
    do {                                                                                           \
        if ((long)(call) != -1) {                                                                  \
            through(#call);                                                                        \
        }                                                                                          \
    } while (0)

/* The call must not succeed, and this is what the caller is told. */
#define TOLD(number, call)                                                                        \
    do {                                                                                           \
        errno = 0;                                                                                 \
        if ((long)(call) != -1) {                                                                  \
            through(#call);                                                                        \
        } else if (errno != (number)) {                                                            \
            printf("through: %s told %d\n", #call, errno);                                         \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

__attribute__((unused)) static void absent(const char *path) {
    int file = open(path, O_RDONLY | O_NONBLOCK);
    struct stat data;
    if (file >= 0 || lstat(path, &data) == 0) {
        through(path);
    }
}

__attribute__((unused)) static void unreadable(const char *path) {
    char byte;
    int file = open(path, O_RDONLY | O_NONBLOCK);
    if (file >= 0 && read(file, &byte, 1) > 0) {
        through(path);
    }
}

__attribute__((unused)) static void unwritable(const char *path) {
    int file = open(path, O_WRONLY);
    if (file >= 0) {
        through(path);
    }
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file >= 0) {
        through(path);
    }
}

static int choose(const struct program *programs, int count, char **words) {
    signal(SIGPIPE, SIG_IGN);
    for (; programs->name && count > 1; programs++) {
        if (strcmp(programs->name, words[1]) == 0) {
            programs->run(count - 2, words + 2);
            if (!failures) {
                printf("held\n");
            }
            return failures != 0;
        }
    }
    printf("no such program\n");
    return 2;
}
