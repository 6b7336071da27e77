// Viewers of one tap over TLS: tls-viewers PORT COUNT SECONDS PATH; prints a line when all have had a picture, and then, of the time
// after that, the pictures and bytes that came. WebSocket messages are counted, not looked at.
//
//     cc -O2 tls-viewers.c -lssl -lcrypto
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <unistd.h>

struct viewer {
    SSL *tls;
    unsigned char head[10];
    unsigned filled;
    unsigned long left;
    int begun;
};

static double now(void) {
    struct timeval time;
    gettimeofday(&time, NULL);
    return time.tv_sec + time.tv_usec / 1e6;
}

// Messages that end in so many bytes. A server's frames have no mask (RFC 6455, 5.2).
static unsigned take(struct viewer *viewer, const unsigned char *bytes, unsigned long count) {
    unsigned messages = 0;
    while (count > 0) {
        if (viewer->left > 0) {
            unsigned long part = count < viewer->left ? count : viewer->left;
            viewer->left -= part, bytes += part, count -= part;
            if (viewer->left == 0 && (viewer->head[0] & 15) == 2) messages++;
            if (viewer->left == 0) viewer->filled = 0;
            continue;
        }
        viewer->head[viewer->filled++] = *bytes++, count--;
        if (viewer->filled < 2) continue;
        unsigned length = viewer->head[1] & 127, more = length == 127 ? 8 : length == 126 ? 2 : 0;
        if (viewer->filled < 2 + more) continue;
        viewer->left = more ? 0 : length;
        for (unsigned index = 0; index < more; index++) viewer->left = viewer->left << 8 | viewer->head[2 + index];
        if (viewer->left == 0) viewer->filled = 0;
    }
    return messages;
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    int port = atoi(argv[1]), count = atoi(argv[2]);
    double seconds = atof(argv[3]);
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    struct viewer *viewers = calloc(count, sizeof *viewers);
    int poll = epoll_create1(0);
    static unsigned char bytes[1 << 18];
    for (int index = 0; index < count; index++) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        int descriptor = socket(AF_INET, SOCK_STREAM, 0);
        // Else each request waits until the server's kernel has acknowledged the handshake, 40 ms; who waits so long is taken for stalled.
        int promptly = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &promptly, sizeof promptly);
        if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) return perror("connect"), 1;
        SSL *tls = viewers[index].tls = SSL_new(context);
        SSL_set_fd(tls, descriptor);
        if (SSL_connect(tls) != 1) return fputs("no handshake\n", stderr), 1;
        char request[1024];
        int length = snprintf(request, sizeof request,
            "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", argv[4]);
        SSL_write(tls, request, length);
        // The answer's header, a byte at a time, so that nothing behind it is lost.
        char tail[5] = "";
        while (strcmp(tail, "\r\n\r\n") != 0) {
            memmove(tail, tail + 1, 3);
            if (SSL_read(tls, tail + 3, 1) != 1) return fputs("no answer\n", stderr), 1;
        }
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &viewers[index]};
        int flags = 1;
        ioctl(descriptor, 0x5421 /* FIONBIO */, &flags);
        epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
    }
    int begun = 0;
    unsigned long pictures = 0, total = 0;
    double end = 0, limit = now() + 30;
    while (end == 0 ? now() < limit : now() < end) {
        struct epoll_event events[256];
        int ready = epoll_wait(poll, events, 256, 100);
        for (int index = 0; index < ready; index++) {
            struct viewer *viewer = events[index].data.ptr;
            int got;
            while ((got = SSL_read(viewer->tls, bytes, sizeof bytes)) > 0) {
                unsigned messages = take(viewer, bytes, got);
                pictures += messages, total += got;
                if (messages && !viewer->begun) viewer->begun = 1, begun++;
            }
        }
        if (begun == count && end == 0) {
            end = now() + seconds;
            pictures = total = 0;
            puts("ready"), fflush(stdout);
        }
    }
    printf("%lu %lu\n", pictures, total);
}
