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
// Prints "S" and "E" around the steady time and then one line of JSON; times are milliseconds. Answers have "O" before
// and "F" after all of them as well, while every connection is open. A line on stdin is waited for after each letter, so
// that whoever measures the server does it while nothing happens; not after the "S" and "E" of answers, which go on.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "exchange.h"

// --- the three ways to load ------------------------------------------------------------------------------------------

static void mark(const char *letter, bool wait) {
  char line[16];
  puts(letter);
  fflush(stdout);
  if (wait && !fgets(line, sizeof line, stdin)) exit(1);
  load.now = clock_ms();
}

static void make_streams(void) {
  load.streams = calloc((size_t)ask.streams, sizeof *load.streams);
  if (!load.streams) abort();
  for (int i = 0; i < ask.streams; i++) {
    load.streams[i].scan.chunks = ask.mode == OAI;
    scan_reset(&load.streams[i].scan);
  }
}

static void open_sockets(void) { // not all at once: a listening socket's queue is short
  double limit = clock_ms() + 60000;
  for (int made = 0; load.upgraded + (int)load.errors < ask.streams && clock_ms() < limit;) {
    for (; made < ask.streams && made - load.upgraded - (int)load.errors < 100; made++) {
      load.streams[made].conn = dial(&load.streams[made]);
      if (load.streams[made].conn->state == CLOSED) give_up(&load.streams[made], "no connection");
      else upgrade(load.streams[made].conn);
    }
    poll_once(5);
  }
}

static void open_pool(void) { // what a client asks on, beside its socket; one that asks much later finds a free one
  for (int i = 0; i < ask.streams && i < 16; i++) load.pool[load.pooled++] = dial(NULL);
}

static void open_streams(void) {
  if (ask.mode == WS) open_sockets(), open_pool();
  else
    for (int i = 0; i < ask.streams; i++) load.streams[i].conn = dial(&load.streams[i]);
  for (double until = clock_ms() + 300; clock_ms() < until;) poll_once(5);
}

static double stream_all(void) { // returns the seconds of the steady window, or 0
  double start = clock_ms(), length = ask.first + (double)ask.tokens * ask.gap;
  double from = start + ask.ramp + ask.first + 400, to = start + length - ask.gap, limit = start + ask.ramp + length + ask.grace;
  double began = 0, ended = 0;
  for (int started = 0; load.finished < ask.streams || (load.steady && !load.over);) {
    load.now = clock_ms();
    while (started < ask.streams && load.now >= start + (double)ask.ramp * started / ask.streams) begin(&load.streams[started++]);
    if (!load.steady && to > from && load.now >= from) load.steady = true, began = load.now, mark("S", false);
    if (load.steady && !load.over && load.now >= to) load.over = true, ended = load.now, mark("E", false);
    if (load.now > limit) break;
    poll_once(started < ask.streams ? 1 : 5);
  }
  return (ended - began) / 1e3;
}

static void report_streams(double window) {
  long missing = 0, extra = 0, gaps = 0, unfinished = 0;
  for (int i = 0; i < ask.streams; i++) {
    int got = load.streams[i].got;
    missing += got < ask.tokens ? ask.tokens - got : 0;
    extra += got > ask.tokens ? got - ask.tokens : 0;
    gaps += (long)load.streams[i].scan.gaps;
    unfinished += !load.streams[i].ended || (ask.mode != OAI && !load.streams[i].scan.completed);
  }
  double ideal = window * ask.streams * 1e3 / (ask.gap ? ask.gap : 1);
  printf("{\"streams\":%d,\"tokens\":%ld,\"window_s\":%.3f,\"share\":%.4f,\"errors\":%ld,\"missing\":%ld,\"extra\":%ld,\"gaps\":%ld,\"unfinished\":%ld",
         ask.streams, load.tokens, window, window > 0 ? (double)load.in_window / ideal : -1, load.errors, missing, extra, gaps, unfinished);
  print_times("late", &load.late);
  print_times("first", &load.first_late);
  print_times("end", &load.end_late);
  puts("}");
}

static void run_streams(void) {
  make_streams();
  open_streams();
  mark("O", true);
  double window = stream_all();
  mark("F", true);
  report_streams(window);
}

static void run_turns(void) {
  for (int i = 0; i < ask.clients; i++) {
    Conn *conn = load.pool[load.pooled++] = dial(NULL);
    if (conn->state == FREE) ask_turn(conn);
  }
  double limit = clock_ms() + 60000;
  while (load.answered < ask.warm && clock_ms() < limit) poll_once(100);
  mark("S", true);
  double began = load.now;
  load.steady = true;
  for (int i = 0; i < load.pooled; i++)
    if (load.pool[i]->state == FREE) ask_turn(load.pool[i]);
  limit = clock_ms() + 120000;
  while (load.answered < load.asked && clock_ms() < limit) poll_once(100);
  double seconds = (clock_ms() - began) / 1e3;
  mark("E", true);
  printf("{\"answered\":%zu,\"errors\":%ld,\"unanswered\":%d,\"seconds\":%.3f", load.latency.count, load.errors, load.asked - load.answered, seconds);
  print_times("latency", &load.latency);
  puts("}");
}

static void run_hold(void) {
  make_streams();
  mark("S", true);
  open_sockets();
  int opened = load.upgraded;
  for (double until = clock_ms() + ask.hold; clock_ms() < until;) poll_once(50);
  int held = 0;
  for (int i = 0; i < ask.streams; i++) held += load.streams[i].conn && load.streams[i].conn->socket && load.streams[i].conn->state != CLOSED;
  mark("E", true);
  printf("{\"opened\":%d,\"held\":%d,\"errors\":%ld}\n", opened, held, load.errors);
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
  load.poller = epoll_create1(EPOLL_CLOEXEC);
  if (ask.mode == TURN) run_turns();
  else if (ask.mode == HOLD) run_hold();
  else run_streams();
  return 0;
}
