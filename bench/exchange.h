// exchange - asks a server over kept connections and hears its answers: what was said how late, and what went wrong.
#ifndef MECUM_BENCH_EXCHANGE_H
#define MECUM_BENCH_EXCHANGE_H

#include "times.h"
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
  Mode mode;
  int port, streams, tokens, gap, first, ramp, grace, clients, warm, count, hold;
  const char *key, *prefix, *path, *body;
} Ask;

// What the command line asks for, what goes on, and what was counted. One thread, one load.
extern Ask ask;
typedef struct {
  int poller;
  double now; // the moment of what is being handled
  Stream *streams;
  Conn *pool[4096];
  int pooled, upgraded, finished, asked, answered;
  long tokens, in_window, errors;
  bool steady, over; // the window in which tokens count: begun, ended
  Times late, first_late, end_late, latency;
} Load;
extern Load load;

void fail(const char *why); // counts an error; the first few are told
Conn *dial(Stream *stream); // opens a connection; CLOSED when it failed
void upgrade(Conn *conn); // asks for a WebSocket
void begin(Stream *stream); // asks for an answer, in the way of the mode
void ask_turn(Conn *conn); // asks for the next whole answer, if there is one left to ask
void give_up(Stream *stream, const char *why); // counts a stream as failed, once
void poll_once(int wait_ms); // hears what came, and waits for it at most so long

#endif
