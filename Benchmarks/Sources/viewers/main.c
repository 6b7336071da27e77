// Viewers in great numbers, in a process of their own, and the floor that a server of theirs is held against.
//
//   viewers watch PORT KIND COUNT SECONDS [PATH]   KIND: binary, json, channel, mjpeg, video, state, raw, stalled
//   viewers floor PORT COUNT BYTES FPS SECONDS     a bare loop of send(2): the same bytes, the same sockets
//   viewers health PORT SECONDS                    GET /healthz every 50 ms
//
// Each prints one line of tab-separated numbers, which the functions below explain.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum kind { BINARY, SIZED, JSON, CHANNEL, MJPEG, VIDEO, STATE, RAW, STALLED };
static const char *const kinds[] = {"binary", "sized", "json", "channel", "mjpeg", "video", "state", "raw", "stalled"};

static int64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void raise_descriptors(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int connect_to(int port, int receive_buffer) {
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) fail("socket");
    if (receive_buffer) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    return fd;
}

static void send_all(int fd, const void *bytes, size_t count) {
    if (send(fd, bytes, count, MSG_NOSIGNAL) != (ssize_t)count) fail("send");
}

// ---------------------------------------------------------------------------------------------------- watching

struct viewer {
    int fd;
    int64_t frames, bytes;
    // Of WebSocket messages whose heads are read: bytes of the message still to come, and what is known of its head.
    int64_t left;
    uint8_t head[48];
    int known;
    int unacknowledged;
    int64_t since;
    uint8_t newest[8];
};

// Ages in tenths of a millisecond; the last class holds all that are older.
#define CLASSES 100000
static uint32_t sending_ages[CLASSES], receiving_ages[CLASSES];

static void count_age(uint32_t *ages, int64_t microseconds) {
    int64_t place = microseconds / 100;
    ages[place < 0 ? 0 : place >= CLASSES ? CLASSES - 1 : place]++;
}

static double percentile(const uint32_t *ages, double share) {
    int64_t total = 0, sum = 0;
    for (int i = 0; i < CLASSES; i++) total += ages[i];
    for (int i = 0; i < CLASSES; i++) {
        sum += ages[i];
        if (total && sum >= share * total) return i / 10.0;
    }
    return 0;
}

static void read_answer_head(int fd) {
    char text[4096] = "";
    size_t length = 0;
    while (length + 1 < sizeof text && !strstr(text, "\r\n\r\n")) {
        if (recv(fd, text + length, 1, 0) != 1) fail("no answer");
        text[++length] = 0;
    }
    if (!strstr(text, " 101 ") && !strstr(text, " 200 ")) {
        fprintf(stderr, "%s", text);
        exit(1);
    }
}

// Where viewers have to say who they are.
static const char *authorization(void) {
    static char line[256];
    const char *token = getenv("VIEWERS_TOKEN");
    if (token) snprintf(line, sizeof line, "Authorization: Bearer %s\r\n", token);
    return line;
}

/// `number`: which of the viewers; where each wants another size, that decides which.
static void open_viewer(struct viewer *viewer, int port, enum kind kind, const char *path, int number) {
    viewer->fd = connect_to(port, kind == STALLED ? 4096 : 0);
    if (kind == RAW) return;
    char request[1024];
    char query[64] = "";
    if (kind == BINARY || kind == STALLED) strcpy(query, "?format=binary");
    if (kind == VIDEO) strcpy(query, "?format=h264");
    if (kind == SIZED) snprintf(query, sizeof query, "?format=binary&width=%d", 16 + 2 * number);
    int length =
        kind == MJPEG
            // Others' servers have other paths.
            ? snprintf(
                  request, sizeof request, "GET %s%s%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n",
                  *path == '/' ? "" : "/api/vp/taps/", path, *path == '/' ? "" : "/stream.mjpeg", authorization())
            : snprintf(
                  request, sizeof request,
                  "GET /ws/vp%s%s%s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n%s\r\n",
                  kind == CHANNEL || kind == STATE ? "" : "/tap/", kind == CHANNEL || kind == STATE ? "" : path, query,
                  authorization());
    send_all(viewer->fd, request, (size_t)length);
    if (kind == STALLED) return;
    read_answer_head(viewer->fd);
    if (kind != CHANNEL && kind != STATE) return;
    // Masked by zeros: the bytes as they are.
    const char *tap = strchr(path, '/');
    char text[256];
    int size =
        kind == STATE
            ? snprintf(text, sizeof text, "{\"type\":\"watch\"}")
            : snprintf(
                  text, sizeof text,
                  "{\"type\":\"subscribe\",\"channel\":1,\"instance_id\":\"%.*s\",\"tap_id\":\"%s\"}", (int)(tap - path),
                  path, tap + 1);
    uint8_t message[300] = {0x81};
    int at = 2;
    if (size < 126) {
        message[1] = (uint8_t)(0x80 | size);
    } else {
        message[1] = 0x80 | 126, message[2] = (uint8_t)(size >> 8), message[3] = (uint8_t)size, at = 4;
    }
    memcpy(message + at + 4, text, (size_t)size);
    send_all(viewer->fd, message, (size_t)(at + 4 + size));
}

// Every fourth picture is acknowledged, and with it those before, or after a tenth of a second.
#define TOGETHER 4
#define PATIENCE 100000000

static void acknowledge(struct viewer *viewer) {
    if (viewer->unacknowledged == 0) return;
    viewer->unacknowledged = 0;
    // Masked by zeros.
    uint8_t message[18] = {0x82, 0x80 | 12, 0, 0, 0, 0, 1, 0, 1, 0};
    memcpy(message + 10, viewer->newest, 8);
    send(viewer->fd, message, sizeof message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void shown(struct viewer *viewer, const uint8_t *sequence) {
    memcpy(viewer->newest, sequence, 8);
    if (viewer->unacknowledged++ == 0) viewer->since = now(CLOCK_MONOTONIC);
    if (viewer->unacknowledged >= TOGETHER) acknowledge(viewer);
}

// Bytes of a message's head in front of its payload, by its first two bytes.
static int head_length(const uint8_t *head) { return (head[1] & 127) == 126 ? 4 : (head[1] & 127) == 127 ? 10 : 2; }

// Reads what is there, parsing heads of messages and dropping the rest unread.
static int read_messages(struct viewer *viewer) {
    for (;;) {
        if (viewer->left > 0) {
            ssize_t got = recv(viewer->fd, NULL, (size_t)viewer->left, MSG_TRUNC | MSG_DONTWAIT);
            if (got <= 0) return got < 0 && errno == EAGAIN;
            viewer->left -= got;
            viewer->bytes += got;
            continue;
        }
        int wanted = viewer->known < 2 ? 2 : head_length(viewer->head);
        int is_picture = viewer->known >= 2 && (viewer->head[0] & 15) == 2;
        if (is_picture) wanted += 32;
        if (viewer->known < wanted) {
            ssize_t got = recv(viewer->fd, viewer->head + viewer->known, (size_t)(wanted - viewer->known), MSG_DONTWAIT);
            if (got <= 0) return got < 0 && errno == EAGAIN;
            viewer->known += (int)got;
            viewer->bytes += got;
            continue;
        }
        const uint8_t *head = viewer->head;
        int length = head_length(head);
        int64_t payload = head[1] & 127;
        if (length > 2) {
            payload = 0;
            for (int i = 2; i < length; i++) payload = payload << 8 | head[i];
        }
        if (is_picture) {
            // Prefix of 16 bytes with the time of sending at 8; number and time of capture of the frame.
            int64_t sent, captured;
            memcpy(&sent, head + length + 8, 8);
            memcpy(&captured, head + length + 24, 8);
            viewer->frames++;
            count_age(sending_ages, sent - captured);
            count_age(receiving_ages, now(CLOCK_REALTIME) / 1000 - captured);
            shown(viewer, head + length + 16);
            payload -= 32;
        }
        viewer->known = 0;
        viewer->left = payload;
    }
}

static int discard(struct viewer *viewer) {
    for (;;) {
        ssize_t got = recv(viewer->fd, NULL, 1 << 20, MSG_TRUNC | MSG_DONTWAIT);
        if (got <= 0) return got < 0 && errno == EAGAIN;
        viewer->bytes += got;
    }
}

// Prints: frames (0 where bytes alone are counted), bytes, its own processor nanoseconds, then of channels the ages at
// sending and at receiving, ms: p50 p99 p50 p99; then the fewest and most bytes of a viewer.
static void watch(int port, enum kind kind, int count, double seconds, const char *path) {
    struct viewer *viewers = calloc((size_t)count, sizeof *viewers);
    int poll = epoll_create1(0);
    for (int i = 0; i < count; i++) {
        open_viewer(&viewers[i], port, kind, path, i);
        struct epoll_event event = {.events = kind == STALLED ? 0 : EPOLLIN, .data.ptr = &viewers[i]};
        epoll_ctl(poll, EPOLL_CTL_ADD, viewers[i].fd, &event);
    }
    printf("ready\n");
    fflush(stdout);
    // Whoever started this says when what is measured begins; until then all is as it will be.
    struct epoll_event word = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poll, EPOLL_CTL_ADD, 0, &word);
    int64_t end = INT64_MAX, processor = 0, next = 0;
    while (now(CLOCK_MONOTONIC) < end) {
        struct epoll_event events[256];
        int ready = epoll_wait(poll, events, 256, 20);
        for (int i = 0; i < ready; i++) {
            struct viewer *viewer = events[i].data.ptr;
            if (!viewer) {
                epoll_ctl(poll, EPOLL_CTL_DEL, 0, NULL);
                end = now(CLOCK_MONOTONIC) + (int64_t)(seconds * 1e9);
                processor = now(CLOCK_PROCESS_CPUTIME_ID);
                for (int k = 0; k < count; k++) viewers[k].frames = viewers[k].bytes = 0;
                memset(sending_ages, 0, sizeof sending_ages);
                memset(receiving_ages, 0, sizeof receiving_ages);
                continue;
            }
            int alive = kind == CHANNEL ? read_messages(viewer) : discard(viewer);
            if (!alive) epoll_ctl(poll, EPOLL_CTL_DEL, viewer->fd, NULL);
        }
        int64_t time = now(CLOCK_MONOTONIC);
        if (kind != CHANNEL || time < next) continue;
        next = time + PATIENCE / 4;
        for (int i = 0; i < count; i++)
            if (viewers[i].unacknowledged && time - viewers[i].since > PATIENCE) acknowledge(&viewers[i]);
    }
    int64_t frames = 0, bytes = 0, fewest = INT64_MAX, most = 0;
    for (int i = 0; i < count; i++) {
        frames += viewers[i].frames;
        bytes += viewers[i].bytes;
        if (viewers[i].bytes < fewest) fewest = viewers[i].bytes;
        if (viewers[i].bytes > most) most = viewers[i].bytes;
    }
    printf(
        "%lld\t%lld\t%lld\t%.1f\t%.1f\t%.1f\t%.1f\t%lld\t%lld\n", (long long)frames, (long long)bytes,
        (long long)(now(CLOCK_PROCESS_CPUTIME_ID) - processor), percentile(sending_ages, 0.5),
        percentile(sending_ages, 0.99), percentile(receiving_ages, 0.5), percentile(receiving_ages, 0.99),
        (long long)fewest, (long long)most);
}

// ------------------------------------------------------------------------------------------------------- the floor

// Prints: messages sent whole, bytes, its own processor nanoseconds. Sends to those that take it, and sleeps till the next.
static void floor_of_sending(int port, int count, int bytes, double fps, double seconds) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1, low_water = 128 << 10;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in address = loopback(port);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1024) != 0) fail("listen");
    printf("ready\n");
    fflush(stdout);
    int *sockets = calloc((size_t)count, sizeof *sockets);
    for (int i = 0; i < count; i++) {
        sockets[i] = accept(listener, NULL, NULL);
        if (sockets[i] < 0) fail("accept");
        setsockopt(sockets[i], IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        setsockopt(sockets[i], IPPROTO_TCP, TCP_NOTSENT_LOWAT, &low_water, sizeof low_water);
    }
    uint8_t *message = malloc((size_t)bytes);
    for (int i = 0; i < bytes; i++) message[i] = (uint8_t)(i * 31 >> 3);
    int64_t begin = now(CLOCK_MONOTONIC), processor = now(CLOCK_PROCESS_CPUTIME_ID), sent = 0, total = 0;
    // What a socket has not taken of its message goes first, the next time.
    int *left = calloc((size_t)count, sizeof *left);
    for (int64_t round = 0; now(CLOCK_MONOTONIC) - begin < (int64_t)(seconds * 1e9); round++) {
        int64_t due = begin + (int64_t)(round * 1e9 / fps), time = now(CLOCK_MONOTONIC);
        if (due > time) {
            struct timespec rest = {.tv_sec = (due - time) / 1000000000, .tv_nsec = (due - time) % 1000000000};
            nanosleep(&rest, NULL);
        }
        for (int i = 0; i < count; i++) {
            int wanted = left[i] ? left[i] : bytes;
            ssize_t taken = send(sockets[i], message, (size_t)wanted, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (taken < 0) continue;
            total += taken;
            left[i] = wanted - (int)taken;
            sent += left[i] == 0;
        }
    }
    printf(
        "%lld\t%lld\t%lld\n", (long long)sent, (long long)total, (long long)(now(CLOCK_PROCESS_CPUTIME_ID) - processor));
}

// ------------------------------------------------------------------------------------------------------- requests

// Prints: requests answered, p50 and p99 and longest time from connecting to the answer's last byte, ms.
static void health(int port, double seconds) {
    static uint32_t times[CLASSES];
    int64_t end = now(CLOCK_MONOTONIC) + (int64_t)(seconds * 1e9), answered = 0, longest = 0;
    const char *request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    while (now(CLOCK_MONOTONIC) < end) {
        int64_t begin = now(CLOCK_MONOTONIC);
        int fd = connect_to(port, 0);
        send_all(fd, request, strlen(request));
        char answer[2048];
        while (recv(fd, answer, sizeof answer, 0) > 0) {}
        close(fd);
        int64_t time = now(CLOCK_MONOTONIC) - begin;
        count_age(times, time / 1000);
        if (time > longest) longest = time;
        answered++;
        usleep(50000);
    }
    printf(
        "%lld\t%.1f\t%.1f\t%.1f\n", (long long)answered, percentile(times, 0.5), percentile(times, 0.99),
        longest / 1e6);
}

int main(int count, char **words) {
    raise_descriptors();
    if (count >= 6 && !strcmp(words[1], "watch")) {
        for (int kind = BINARY; kind <= STALLED; kind++) {
            if (strcmp(words[3], kinds[kind])) continue;
            watch(atoi(words[2]), (enum kind)kind, atoi(words[4]), atof(words[5]), count > 6 ? words[6] : "");
            return 0;
        }
    }
    if (count == 7 && !strcmp(words[1], "floor")) {
        floor_of_sending(atoi(words[2]), atoi(words[3]), atoi(words[4]), atof(words[5]), atof(words[6]));
        return 0;
    }
    if (count == 4 && !strcmp(words[1], "health")) {
        health(atoi(words[2]), atof(words[3]));
        return 0;
    }
    fprintf(stderr, "viewers watch PORT KIND COUNT SECONDS [INSTANCE/TAP] | floor PORT COUNT BYTES FPS SECONDS | health PORT SECONDS\n");
    return 2;
}
