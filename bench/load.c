// load - an open-loop load generator that knows when every token is due.
//
//   load --mode sse|ws|oai --port P --key K --streams N --tokens T --gap MS --first MS --ramp MS --grace MS [--prefix up/]
//       begins N answers evenly over the ramp, however slow the server is, and reports how late each token was.
//       sse: POST /api/v1/runs, the answer in the response. ws: POST /api/v1/runs on kept connections, the answer on a
//       WebSocket per client. oai: POST /v1/chat/completions.
//   load --mode turn --port P --key K --path /v1/… --body JSON --clients C --warm W --count N
//       closed loop on kept connections, not streamed; reports latencies.
//   load --mode hold --port P --key K --streams N --hold MS
//       opens N WebSockets and keeps them, answering pings.
//
// Prints "S" and "E" around the steady time and then one line of JSON; times are milliseconds. turn and hold wait for a
// line on stdin after each letter, so that whoever measures the server does it while nothing happens.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

typedef enum { OAI, SSE, WS, TURN, HOLD } Mode;
typedef enum { OPENING, FREE, BUSY, CLOSED } ConnState;

typedef struct Stream Stream;

typedef struct Conn {
  int fd;
  ConnState state;
  bool socket; // a WebSocket, once it is upgraded
  Stream *stream;
  Http http;
  Ws ws;
  double asked;
  size_t body_size;
  char body[1024]; // the beginning of an answer that is not streamed
} Conn;

struct Stream {
  Conn *conn;
  double began;
  int got;
  bool failed, ended;
  Scan scan;
};

typedef struct {
  double *at;
  size_t count, room;
} Times;

static struct {
  Mode mode;
  int port, streams, tokens, gap, first, ramp, grace, clients, warm, count, hold;
  const char *key, *prefix, *path, *body;
} ask = {.streams = 1, .tokens = 50, .gap = 20, .first = 50, .ramp = 1, .grace = 4000, .clients = 1, .count = 100,
         .key = "", .prefix = "", .path = "/", .body = "{}"};

static int poller;
static double now;
static Stream *streams;
static Conn *pool[4096];
static int pooled, upgraded, finished, asked, answered;
static long tokens, in_window, errors;
static bool steady, over;
static Times late, first_late, end_late, latency;
static char receive_buffer[262144], request[8192];

static double clock_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void fail(const char *why) {
  errors++;
  if (errors <= 5) fprintf(stderr, "load: %s\n", why);
}

static void note(Times *times, double value) {
  if (times->count == times->room) {
    times->room = times->room ? times->room * 2 : 4096;
    times->at = realloc(times->at, times->room * sizeof *times->at);
    if (!times->at) abort();
  }
  times->at[times->count++] = value < 0 ? 0 : value;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double quantile(Times *times, double share) { // sorted already
  if (!times->count) return -1;
  size_t at = (size_t)(share * (double)times->count);
  return times->at[at < times->count ? at : times->count - 1];
}

// --- connections -----------------------------------------------------------------------------------------------------

static Conn *dial(Stream *stream) {
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
  epoll_ctl(poller, EPOLL_CTL_ADD, conn->fd, &event);
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
  conn->asked = now;
  send_all(conn, request, (size_t)size);
}

static void upgrade(Conn *conn) {
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
  double lateness = now - (stream->began + ask.first + (double)stream->got * ask.gap);
  note(&late, lateness);
  if (!stream->got) note(&first_late, lateness);
  stream->got++;
  tokens++;
  in_window += steady && !over;
}

static void on_terminal(void *owner) {
  Stream *stream = owner;
  if (stream->ended || stream->failed) return;
  stream->ended = true;
  finished++;
  note(&end_late, now - ideal_end(stream));
}

static const ScanSinks scanned = {on_token, on_terminal};

static void give_up(Stream *stream, const char *why) {
  if (stream->ended || stream->failed) return;
  stream->failed = true;
  finished++;
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
  for (int i = 0; i < pooled; i++)
    if (pool[i]->state == FREE) return pool[i]->stream = stream, pool[i];
  if (pooled == (int)(sizeof pool / sizeof *pool)) abort();
  return pool[pooled++] = dial(stream);
}

static void begin(Stream *stream) {
  char body[512];
  const char *text = "Say something short about foxes.";
  now = stream->began = clock_ms();
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

static void ask_turn(Conn *conn) {
  if (asked >= ask.warm + ask.count || (asked >= ask.warm && !steady)) {
    conn->state = FREE;
    return;
  }
  asked++;
  post(conn, ask.path, "application/json", ask.body);
}

static void turn_done(Conn *conn) {
  answered++;
  if (conn->http.status != 200) refused(conn);
  else if (steady) note(&latency, now - conn->asked);
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
  upgraded++;
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
  epoll_ctl(poller, EPOLL_CTL_DEL, conn->fd, NULL);
  close(conn->fd);
  bool waited = conn->state != FREE || conn->socket;
  conn->state = CLOSED;
  if (waited && conn->stream) give_up(conn->stream, "a connection was lost");
  else if (waited) fail("a connection was lost");
}

static void poll_once(int wait_ms) {
  struct epoll_event events[512];
  int count = epoll_wait(poller, events, 512, wait_ms);
  now = clock_ms();
  for (int i = 0; i < count; i++) {
    Conn *conn = events[i].data.ptr;
    ssize_t got = recv(conn->fd, receive_buffer, sizeof receive_buffer, 0);
    if (got > 0) take(conn, receive_buffer, (size_t)got);
    else if (got == 0 || (errno != EAGAIN && errno != EINTR)) lost(conn);
  }
}

// --- the three ways to load ------------------------------------------------------------------------------------------

static void mark(const char *letter, bool wait) {
  char line[16];
  puts(letter);
  fflush(stdout);
  if (wait && !fgets(line, sizeof line, stdin)) exit(1);
  now = clock_ms();
}

static void make_streams(void) {
  streams = calloc((size_t)ask.streams, sizeof *streams);
  if (!streams) abort();
  for (int i = 0; i < ask.streams; i++) {
    streams[i].scan.chunks = ask.mode == OAI;
    scan_reset(&streams[i].scan);
  }
}

static void open_sockets(void) { // not all at once: a listening socket's queue is short
  double limit = clock_ms() + 60000;
  for (int made = 0; upgraded + (int)errors < ask.streams && clock_ms() < limit;) {
    for (; made < ask.streams && made - upgraded - (int)errors < 100; made++) {
      streams[made].conn = dial(&streams[made]);
      if (streams[made].conn->state == CLOSED) give_up(&streams[made], "no connection");
      else upgrade(streams[made].conn);
    }
    poll_once(5);
  }
}

static void open_streams(void) {
  if (ask.mode == WS) open_sockets();
  else
    for (int i = 0; i < ask.streams; i++) streams[i].conn = dial(&streams[i]);
  for (double until = clock_ms() + 300; clock_ms() < until;) poll_once(5);
}

static double stream_all(void) { // returns the seconds of the steady window, or 0
  double start = clock_ms(), length = ask.first + (double)ask.tokens * ask.gap;
  double from = start + ask.ramp + ask.first + 400, to = start + length - ask.gap, limit = start + ask.ramp + length + ask.grace;
  double began = 0, ended = 0;
  for (int started = 0; finished < ask.streams || (steady && !over);) {
    now = clock_ms();
    while (started < ask.streams && now >= start + (double)ask.ramp * started / ask.streams) begin(&streams[started++]);
    if (!steady && to > from && now >= from) steady = true, began = now, mark("S", false);
    if (steady && !over && now >= to) over = true, ended = now, mark("E", false);
    if (now > limit) break;
    poll_once(started < ask.streams ? 1 : 5);
  }
  return (ended - began) / 1e3;
}

static void print_times(const char *name, Times *times) {
  qsort(times->at, times->count, sizeof *times->at, ascending);
  printf(",\"%s_p50\":%.2f,\"%s_p95\":%.2f,\"%s_p99\":%.2f,\"%s_max\":%.2f", name, quantile(times, .5), name,
         quantile(times, .95), name, quantile(times, .99), name, quantile(times, 1));
}

static void report_streams(double window) {
  long missing = 0, extra = 0, gaps = 0, unfinished = 0;
  for (int i = 0; i < ask.streams; i++) {
    int got = streams[i].got;
    missing += got < ask.tokens ? ask.tokens - got : 0;
    extra += got > ask.tokens ? got - ask.tokens : 0;
    gaps += (long)streams[i].scan.gaps;
    unfinished += !streams[i].ended || (ask.mode != OAI && !streams[i].scan.completed);
  }
  double ideal = window * ask.streams * 1e3 / (ask.gap ? ask.gap : 1);
  printf("{\"streams\":%d,\"tokens\":%ld,\"window_s\":%.3f,\"share\":%.4f,\"errors\":%ld,\"missing\":%ld,\"extra\":%ld,\"gaps\":%ld,\"unfinished\":%ld",
         ask.streams, tokens, window, window > 0 ? (double)in_window / ideal : -1, errors, missing, extra, gaps, unfinished);
  print_times("late", &late);
  print_times("first", &first_late);
  print_times("end", &end_late);
  puts("}");
}

static void run_streams(void) {
  make_streams();
  open_streams();
  report_streams(stream_all());
}

static void run_turns(void) {
  for (int i = 0; i < ask.clients; i++) {
    Conn *conn = pool[pooled++] = dial(NULL);
    if (conn->state == FREE) ask_turn(conn);
  }
  double limit = clock_ms() + 60000;
  while (answered < ask.warm && clock_ms() < limit) poll_once(100);
  mark("S", true);
  double began = now;
  steady = true;
  for (int i = 0; i < pooled; i++)
    if (pool[i]->state == FREE) ask_turn(pool[i]);
  limit = clock_ms() + 120000;
  while (answered < asked && clock_ms() < limit) poll_once(100);
  double seconds = (clock_ms() - began) / 1e3;
  mark("E", true);
  printf("{\"answered\":%zu,\"errors\":%ld,\"unanswered\":%d,\"seconds\":%.3f", latency.count, errors, asked - answered, seconds);
  print_times("latency", &latency);
  puts("}");
}

static void run_hold(void) {
  make_streams();
  mark("S", true);
  open_sockets();
  int opened = upgraded;
  for (double until = clock_ms() + ask.hold; clock_ms() < until;) poll_once(50);
  int held = 0;
  for (int i = 0; i < ask.streams; i++) held += streams[i].conn && streams[i].conn->socket && streams[i].conn->state != CLOSED;
  mark("E", true);
  printf("{\"opened\":%d,\"held\":%d,\"errors\":%ld}\n", opened, held, errors);
}

static void read_arguments(int count, char **given) {
  const struct { const char *name; int *to; } numbers[] = {
      {"--port", &ask.port}, {"--streams", &ask.streams}, {"--tokens", &ask.tokens}, {"--gap", &ask.gap}, {"--first", &ask.first},
      {"--ramp", &ask.ramp}, {"--grace", &ask.grace}, {"--clients", &ask.clients}, {"--warm", &ask.warm}, {"--count", &ask.count},
      {"--hold", &ask.hold}};
  const struct { const char *name; const char **to; } texts[] = {
      {"--key", &ask.key}, {"--prefix", &ask.prefix}, {"--path", &ask.path}, {"--body", &ask.body}};
  const char *modes[] = {"oai", "sse", "ws", "turn", "hold"};
  for (int i = 1; i + 1 < count; i += 2) {
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
      if (!strcmp(given[i], numbers[k].name)) *numbers[k].to = atoi(given[i + 1]);
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
      if (!strcmp(given[i], texts[k].name)) *texts[k].to = given[i + 1];
    for (int k = 0; k < 5; k++)
      if (!strcmp(given[i], "--mode") && !strcmp(given[i + 1], modes[k])) ask.mode = (Mode)k;
  }
}

int main(int count, char **given) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  signal(SIGPIPE, SIG_IGN);
  read_arguments(count, given);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (ask.mode == TURN) run_turns();
  else if (ask.mode == HOLD) run_hold();
  else run_streams();
  return 0;
}
