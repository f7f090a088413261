// See exchange.h.
#define _GNU_SOURCE
#include "exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

Ask ask = {.streams = 1, .tokens = 50, .gap = 20, .first = 50, .ramp = 1, .grace = 4000, .clients = 1, .count = 100,
           .key = "", .prefix = "", .path = "/", .body = "{}"};

Load load;
static char receive_buffer[262144], request[8192];

void fail(const char *why) {
  load.errors++;
  if (load.errors <= 5) fprintf(stderr, "load: %s\n", why);
}

// --- connections -----------------------------------------------------------------------------------------------------

Conn *dial(Stream *stream) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)ask.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  Conn *conn = calloc(1, sizeof *conn);
  if (!conn) abort();
  conn->stream = stream;
  conn->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (conn->fd < 0 || connect(conn->fd, (struct sockaddr *)&to, sizeof to)) {
    fail(strerror(errno));
    conn->state = CLOSED;
    return conn;
  }
  int one = 1;
  setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(conn->fd, F_SETFL, O_NONBLOCK);
  conn->state = FREE;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = conn};
  epoll_ctl(load.poller, EPOLL_CTL_ADD, conn->fd, &event);
  return conn;
}

static void send_all(Conn *conn, const char *bytes, size_t count) {
  if (send(conn->fd, bytes, count, MSG_NOSIGNAL) != (ssize_t)count) fail("a request could not be sent at once");
}

static void post(Conn *conn, const char *path, const char *accept, const char *body) {
  int size = snprintf(request, sizeof request,
                      "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\nAccept: %s\r\n"
                      "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                      path, ask.port, ask.key, accept, strlen(body), body);
  if (size < 0 || (size_t)size >= sizeof request) abort();
  http_reset(&conn->http);
  conn->body_size = 0;
  conn->state = BUSY;
  conn->asked = load.now;
  send_all(conn, request, (size_t)size);
}

void upgrade(Conn *conn) {
  int size = snprintf(request, sizeof request,
                      "GET /api/v1/ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\nUpgrade: websocket\r\n"
                      "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: bWVjdW0tYmVuY2gtbG9hZA==\r\n\r\n",
                      ask.port, ask.key);
  http_reset(&conn->http);
  conn->state = OPENING;
  send_all(conn, request, (size_t)size);
}

static void send_frame(Conn *conn, int opcode, const char *bytes, size_t count) { // masked with zeros: the bytes as they are
  char frame[256];
  if (count > 125) abort();
  memcpy(frame, (char[]){(char)(0x80 | opcode), (char)(0x80 | count), 0, 0, 0, 0}, 6);
  memcpy(frame + 6, bytes, count);
  send_all(conn, frame, count + 6);
}

// --- answers ---------------------------------------------------------------------------------------------------------

static double ideal_end(const Stream *s) { return s->began + ask.first + (double)(ask.tokens - 1) * ask.gap; }

static void on_token(void *owner) {
  Stream *stream = owner;
  double lateness = load.now - (stream->began + ask.first + (double)stream->got * ask.gap);
  note(&load.late, lateness);
  if (!stream->got) note(&load.first_late, lateness);
  stream->got++;
  load.tokens++;
  load.in_window += load.steady && !load.over;
}

static void on_terminal(void *owner) {
  Stream *stream = owner;
  if (stream->ended || stream->failed) return;
  stream->ended = true;
  load.finished++;
  note(&load.end_late, load.now - ideal_end(stream));
}

static const ScanSinks scanned = {on_token, on_terminal};

void give_up(Stream *stream, const char *why) {
  if (stream->ended || stream->failed) return;
  stream->failed = true;
  load.finished++;
  fail(why);
}

static void on_events(void *owner, const char *bytes, size_t count) { // a piece of an SSE body
  Stream *stream = owner;
  for (size_t i = 0; i < count; i++) {
    if (bytes[i] == '\n') scan_reset(&stream->scan);
    else scan_byte(&stream->scan, bytes[i], &scanned, stream);
  }
}

static void on_message(void *owner) { scan_reset(&((Conn *)owner)->stream->scan); }

static void on_text(void *owner, const char *bytes, size_t count) { // a piece of a WebSocket message
  Stream *stream = ((Conn *)owner)->stream;
  for (size_t i = 0; i < count; i++) scan_byte(&stream->scan, bytes[i], &scanned, stream);
}

static void on_control(void *owner, const char *bytes, size_t count) {
  Conn *conn = owner;
  if (conn->ws.opcode == WS_PING) send_frame(conn, 10, bytes, count);
  else if (conn->ws.opcode == WS_CLOSE) give_up(conn->stream, "the server closed a socket");
}

static const WsSinks framed = {on_text, on_message, on_control};

static void keep_body(void *owner, const char *bytes, size_t count) {
  Conn *conn = owner;
  size_t room = sizeof conn->body - 1 - conn->body_size, kept = count < room ? count : room;
  memcpy(conn->body + conn->body_size, bytes, kept);
  conn->body_size += kept;
  conn->body[conn->body_size] = 0;
}

static void refused(Conn *conn) {
  char why[200];
  snprintf(why, sizeof why, "status %d %.150s", conn->http.status, conn->body);
  if (conn->stream) give_up(conn->stream, why);
  else fail(why);
}

// --- what is asked ---------------------------------------------------------------------------------------------------

static Conn *free_conn(Stream *stream) {
  for (int i = 0; i < load.pooled; i++)
    if (load.pool[i]->state == FREE) return load.pool[i]->stream = stream, load.pool[i];
  if (load.pooled == (int)(sizeof load.pool / sizeof *load.pool)) abort();
  return load.pool[load.pooled++] = dial(stream);
}

void begin(Stream *stream) {
  char body[512];
  const char *text = "Say something short about foxes.";
  load.now = stream->began = clock_ms();
  if (ask.mode == OAI)
    snprintf(body, sizeof body, "{\"model\":\"%sfake-ttft%d-n%d-itl%d\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}",
             ask.prefix, ask.first, ask.tokens, ask.gap, text);
  else
    snprintf(body, sizeof body, "{\"model\":\"%sfake-ttft%d-n%d-itl%d\",\"text\":\"%s\"}", ask.prefix, ask.first, ask.tokens, ask.gap, text);
  if (stream->failed) return;
  if (ask.mode == OAI) post(stream->conn, "/v1/chat/completions", "text/event-stream", body);
  else if (ask.mode == SSE) post(stream->conn, "/api/v1/runs", "text/event-stream", body);
  else post(free_conn(stream), "/api/v1/runs", "application/json", body);
}

static void follow(Conn *conn) { // the run was made: read it on the stream's own socket
  char frame[125], *id = strstr(conn->body, "\"id\":\"run_");
  if (!id || !strchr(id + 6, '"')) return refused(conn);
  int size = snprintf(frame, sizeof frame, "{\"type\":\"subscribe\",\"channel\":\"run:%.*s\",\"after\":0}",
                      (int)(strchr(id + 6, '"') - id - 6), id + 6);
  send_frame(conn->stream->conn, WS_TEXT, frame, (size_t)size);
}

void ask_turn(Conn *conn) {
  if (load.asked >= ask.warm + ask.count || (load.asked >= ask.warm && !load.steady)) {
    conn->state = FREE;
    return;
  }
  load.asked++;
  post(conn, ask.path, "application/json", ask.body);
}

static void turn_done(Conn *conn) {
  load.answered++;
  if (conn->http.status != 200) refused(conn);
  else if (load.steady) note(&load.latency, load.now - conn->asked);
  ask_turn(conn);
}

// --- what comes ------------------------------------------------------------------------------------------------------

static void response_done(Conn *conn) {
  if (ask.mode == TURN) return turn_done(conn);
  conn->state = FREE;
  if (conn->http.status / 100 != 2) return refused(conn);
  if (ask.mode == WS) follow(conn);
  else if (ask.mode == OAI && conn->stream->got) on_terminal(conn->stream);
  else if (!conn->stream->ended) give_up(conn->stream, "an answer ended without its terminal event");
}

static void on_upgrade(Conn *conn) {
  if (conn->http.status != 101) return refused(conn);
  conn->socket = true;
  load.upgraded++;
}

static void take(Conn *conn, const char *bytes, size_t count) {
  bool streamed = ask.mode == SSE || ask.mode == OAI;
  while (count && !conn->socket && conn->state != FREE) {
    bool good = streamed && (conn->http.state == HTTP_HEAD || conn->http.status == 200);
    size_t taken = http_read(&conn->http, bytes, count, good ? on_events : keep_body, good ? (void *)conn->stream : conn);
    bytes += taken, count -= taken;
    if (conn->http.state != HTTP_DONE) continue;
    if (conn->state == OPENING) on_upgrade(conn);
    else response_done(conn);
  }
  if (count && conn->socket) ws_read(&conn->ws, bytes, count, &framed, conn);
}

static void lost(Conn *conn) {
  epoll_ctl(load.poller, EPOLL_CTL_DEL, conn->fd, NULL);
  close(conn->fd);
  bool waited = conn->state != FREE || conn->socket;
  conn->state = CLOSED;
  if (waited && conn->stream) give_up(conn->stream, "a connection was lost");
  else if (waited) fail("a connection was lost");
}

void poll_once(int wait_ms) {
  struct epoll_event events[512];
  int count = epoll_wait(load.poller, events, 512, wait_ms);
  load.now = clock_ms();
  for (int i = 0; i < count; i++) {
    Conn *conn = events[i].data.ptr;
    ssize_t got = recv(conn->fd, receive_buffer, sizeof receive_buffer, 0);
    if (got > 0) take(conn, receive_buffer, (size_t)got);
    else if (got == 0 || (errno != EAGAIN && errno != EINTR)) lost(conn);
  }
}
