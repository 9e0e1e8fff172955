/* Ways to anybody else: the host's own listeners, the network, the kernel's other families. */
#include "hostile.h"
#include <arpa/inet.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/un.h>

static struct sockaddr_in four(const char *address, int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, address, &to.sin_addr);
    return to;
}

static struct sockaddr_in6 six(const char *address, int port) {
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    inet_pton(AF_INET6, address, &to.sin6_addr);
    return to;
}

static void reach(int family, int kind, const void *to, socklen_t length) {
    int one = socket(family, kind | SOCK_NONBLOCK, 0);
    if (one < 0) {
        return;
    }
    int done = connect(one, to, length);
    if (done == 0 && kind == SOCK_STREAM) {
        through("connect");
    }
    /* A datagram to its own loopback may leave the socket; nobody hears it. */
    sendto(one, "hello", 5, 0, to, length);
    close(one);
}

/* No interface but the loopback, and nothing was ever sent over another. */
static void counters(void) {
    char line[512], name[64];
    unsigned long long received, sent[9];
    FILE *file = fopen("/proc/self/net/dev", "r");
    if (!file) {
        return;
    }
    while (fgets(line, sizeof line, file)) {
        int read = sscanf(line, " %63[^:]: %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu", name,
                          &received, sent, sent + 1, sent + 2, sent + 3, sent + 4, sent + 5,
                          sent + 6, sent + 7, sent + 8);
        if (read == 11 && strcmp(name, "lo") != 0 && (received || sent[7] || sent[8])) {
            through(name);
        }
    }
    fclose(file);
}

static void tcp(int count, char **words) {
    struct sockaddr_in here = four("127.0.0.1", count > 0 ? atoi(words[0]) : 1);
    struct sockaddr_in there = four("192.0.2.1", 80);
    reach(AF_INET, SOCK_STREAM, &here, sizeof here);
    reach(AF_INET, SOCK_STREAM, &there, sizeof there);
    counters();
}

static void udp(int count, char **words) {
    struct sockaddr_in here = four("127.0.0.1", count > 0 ? atoi(words[0]) : 1);
    struct sockaddr_in there = four("192.0.2.1", 53), all = four("255.255.255.255", 9);
    reach(AF_INET, SOCK_DGRAM, &here, sizeof here);
    reach(AF_INET, SOCK_DGRAM, &there, sizeof there);
    reach(AF_INET, SOCK_DGRAM, &all, sizeof all);
    counters();
}

static void ipv6(int count, char **words) {
    struct sockaddr_in6 here = six("::1", count > 0 ? atoi(words[0]) : 1);
    struct sockaddr_in6 there = six("2001:db8::1", 80), all = six("ff02::1", 9);
    reach(AF_INET6, SOCK_STREAM, &here, sizeof here);
    reach(AF_INET6, SOCK_STREAM, &there, sizeof there);
    reach(AF_INET6, SOCK_DGRAM, &all, sizeof all);
    counters();
}

static void icmp(int count, char **words) {
    (void)count, (void)words;
    REFUSED(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
    REFUSED(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    REFUSED(socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6));
    counters();
}

static void raw(int count, char **words) {
    (void)count, (void)words;
    REFUSED(socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
    REFUSED(socket(AF_INET6, SOCK_RAW, IPPROTO_RAW));
    REFUSED(socket(AF_PACKET, SOCK_RAW, htons(3)));
    REFUSED(socket(AF_PACKET, SOCK_DGRAM, htons(3)));
    counters();
}

static void dns(int count, char **words) {
    (void)count, (void)words;
    struct addrinfo *found = NULL;
    if (getaddrinfo("example.invalid", "80", NULL, &found) == 0) {
        through("getaddrinfo");
    }
    struct sockaddr_in local = four("127.0.0.53", 53);
    reach(AF_INET, SOCK_DGRAM, &local, sizeof local);
    reach(AF_INET, SOCK_STREAM, &local, sizeof local);
    counters();
}

static void abstract(int count, char **words) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    const char *name = count > 0 ? words[0] : "x";
    strncpy(to.sun_path + 1, name, sizeof to.sun_path - 2);
    socklen_t length = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
    int one = socket(AF_UNIX, SOCK_STREAM, 0);
    REFUSED(connect(one, (struct sockaddr *)&to, length));
    const char *known[] = {"/org/freedesktop/systemd1/notify", "/tmp/.X11-unix/X0"};
    for (int i = 0; i < 2; i++) {
        strncpy(to.sun_path + 1, known[i], sizeof to.sun_path - 2);
        length = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(known[i]);
        REFUSED(connect(one, (struct sockaddr *)&to, length));
    }
}

static void named(int count, char **words) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    const char *known[] = {"/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/notify",
                           "/var/run/postgresql/.s.PGSQL.5432", count > 0 ? words[0] : "/x"};
    for (int i = 0; i < 5; i++) {
        int one = socket(AF_UNIX, SOCK_STREAM, 0);
        snprintf(to.sun_path, sizeof to.sun_path, "%s", known[i]);
        REFUSED(connect(one, (struct sockaddr *)&to, sizeof to));
        close(one);
    }
}

static void families(int count, char **words) {
    (void)count, (void)words;
    for (int family = 0; family < 64; family++) {
        if (family == AF_UNIX || family == AF_INET || family == AF_INET6) {
            continue;
        }
        for (int kind = 1; kind < 6; kind++) {
            TOLD(EAFNOSUPPORT, socket(family, kind, 0));
        }
    }
    /* Protocols for which the host would load a module: SCTP, DCCP, MPTCP, UDP-Lite. */
    TOLD(EAFNOSUPPORT, socket(AF_INET, SOCK_SEQPACKET, 132));
    TOLD(EAFNOSUPPORT, socket(AF_INET, 6, 33));
    TOLD(EAFNOSUPPORT, socket(AF_INET, SOCK_STREAM, 262));
    TOLD(EAFNOSUPPORT, socket(AF_INET, SOCK_DGRAM, 136));
}

static void interfaces(int count, char **words) {
    (void)count, (void)words;
    int one = socket(AF_INET, SOCK_DGRAM, 0), yes = 1;
    struct ifreq wanted = {0};
    strcpy(wanted.ifr_name, "lo");
    wanted.ifr_flags = 0;
    REFUSED(ioctl(one, SIOCSIFFLAGS, &wanted));
    struct sockaddr_in address = four("192.0.2.7", 0);
    memcpy(&wanted.ifr_addr, &address, sizeof address);
    REFUSED(ioctl(one, SIOCSIFADDR, &wanted));
    REFUSED(setsockopt(one, SOL_IP, 19 /* IP_TRANSPARENT */, &yes, sizeof yes));
    REFUSED(setsockopt(one, SOL_SOCKET, 33 /* SO_RCVBUFFORCE */, &yes, sizeof yes));
    REFUSED(open("/dev/net/tun", O_RDWR));
    counters();
}

static const struct program programs[] = {
    {"tcp", tcp},           {"udp", udp},     {"ipv6", ipv6},         {"icmp", icmp},
    {"raw", raw},           {"dns", dns},     {"abstract", abstract}, {"named", named},
    {"families", families}, {"interfaces", interfaces}, {NULL, NULL},
};

int main(int count, char **words) { return choose(programs, count, words); }
