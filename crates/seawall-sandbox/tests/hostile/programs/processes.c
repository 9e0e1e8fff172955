/* Processes that multiply, refuse to end, or reach for others. */
#include "hostile.h"
#include <pthread.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#define NOTHING (void)count, (void)words

static void bomb(int count, char **words) {
    NOTHING;
    for (;;) {
        fork();
    }
}

static void children(int count, char **words) {
    NOTHING;
    int made = 0;
    for (; made < 1000; made++) {
        int pid = fork();
        if (pid == 0) {
            pause();
        }
        if (pid < 0) {
            break;
        }
    }
    if (made > 12) {
        through("more processes than allowed");
    }
}

static void *sleeper(void *nothing) {
    pause();
    return nothing;
}

static void threads(int count, char **words) {
    NOTHING;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    int made = 0;
    for (; made < 1000; made++) {
        pthread_t one;
        if (pthread_create(&one, &attributes, sleeper, NULL) != 0) {
            break;
        }
    }
    if (made > 12) {
        through("more threads than allowed");
    }
}

/* Everybody: whoever is left must be the first process, which does not hear. */
static void everybody(int count, char **words) {
    NOTHING;
    for (int signal = 1; signal < 65; signal++) {
        kill(1, signal);
        kill(-1, signal == SIGSTOP ? SIGCONT : signal);
        kill(0, 0);
    }
    REFUSED(kill(2000000, SIGKILL));
}

static void refusing(int count, char **words) {
    NOTHING;
    for (int number = 1; number < 65; number++) {
        signal(number, SIG_IGN);
    }
    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            setsid();
        }
    }
    for (volatile long turns = 0;; turns++) {
    }
}

static void sleeping(int count, char **words) {
    NOTHING;
    for (int number = 1; number < 65; number++) {
        signal(number, SIG_IGN);
    }
    close(0), close(1), close(2);
    for (;;) {
        sleep(1000);
    }
}

/* Leaves others behind in sessions of their own and ends well. */
static void leaving(int count, char **words) {
    NOTHING;
    for (int i = 0; i < 3; i++) {
        if (fork() == 0) {
            setsid();
            if (fork() == 0) {
                for (int number = 1; number < 65; number++) {
                    signal(number, SIG_IGN);
                }
                for (;;) {
                    pause();
                }
            }
            _exit(0);
        }
    }
    while (wait(NULL) > 0) {
    }
}

static void tracing(int count, char **words) {
    NOTHING;
    int sibling = fork();
    if (sibling == 0) {
        pause();
    }
    int others[] = {1, getppid(), sibling};
    for (int i = 0; i < 3; i++) {
        TOLD(EPERM, ptrace(PTRACE_ATTACH, others[i], NULL, NULL));
        TOLD(EPERM, ptrace(PTRACE_SEIZE, others[i], NULL, NULL));
    }
    TOLD(EPERM, ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    kill(sibling, SIGKILL);
}

static void hungry(int count, char **words) {
    NOTHING;
    for (;;) {
        char *more = malloc(1 << 20);
        if (more) {
            memset(more, 1, 1 << 20);
        }
    }
}

/* Many small ones, none of which is large. */
static void hungry_family(int count, char **words) {
    NOTHING;
    for (int i = 0; i < 10; i++) {
        if (fork() == 0) {
            for (int j = 0; j < 40; j++) {
                char *more = malloc(1 << 20);
                memset(more, 1, 1 << 20);
            }
            pause();
        }
    }
    while (wait(NULL) > 0) {
    }
    pause();
}

static void flood(int count, char **words) {
    static char block[1 << 16];
    memset(block, 'x', sizeof block);
    int stream = count > 0 ? atoi(words[0]) : 1;
    for (;;) {
        if (write(stream, block, sizeof block) < 0) {
            _exit(3);
        }
    }
}

/* Pipes hold memory that belongs to no process and no file system. */
static void pipes(int count, char **words) {
    NOTHING;
    static char block[4096];
    int ends[2];
    for (int i = 0; i < 2000 && pipe(ends) == 0; i++) {
        fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
        fcntl(ends[1], F_SETFL, O_NONBLOCK);
        while (write(ends[1], block, sizeof block) > 0) {
        }
    }
}

static const struct program programs[] = {
    {"bomb", bomb},         {"children", children}, {"threads", threads}, {"everybody", everybody},
    {"refusing", refusing}, {"sleeping", sleeping}, {"leaving", leaving}, {"tracing", tracing},
    {"hungry", hungry},     {"family", hungry_family}, {"flood", flood},  {"pipes", pipes},
    {NULL, NULL},
};

int main(int count, char **words) { return choose(programs, count, words); }
