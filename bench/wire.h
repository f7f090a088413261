// wire - reads what a server sends in whatever pieces it arrives: HTTP/1.1 responses, WebSocket frames, and the tokens
// of an answer inside either. No allocation; every reader keeps its place between two calls.
#ifndef MECUM_BENCH_WIRE_H
#define MECUM_BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef void (*Sink)(void *owner, const char *bytes, size_t count);

// --- HTTP/1.1 responses ------------------------------------------------------------------------------------------

typedef enum { HTTP_HEAD, HTTP_FIXED, HTTP_SIZE, HTTP_CHUNK, HTTP_AFTER_CHUNK, HTTP_TRAILER, HTTP_DONE } HttpState;

typedef struct {
  HttpState state;
  int status;
  uint64_t left;
  size_t head_size, line;
  char head[3072];
} Http;

static inline void http_reset(Http *http) {
  http->state = HTTP_HEAD;
  http->status = 0;
  http->head_size = http->line = 0;
}

static inline const char *http_header(const Http *http, const char *name) {
  size_t length = strlen(name);
  for (const char *line = strstr(http->head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
    if (!strncasecmp(line + 2, name, length) && line[2 + length] == ':') return line + 3 + length;
  return NULL;
}

static inline void http_head_complete(Http *http) {
  http->head[http->head_size] = 0;
  http->status = atoi(http->head + 9);
  const char *length = http_header(http, "content-length");
  http->left = length ? strtoull(length, NULL, 10) : 0;
  if (http_header(http, "transfer-encoding")) http->state = HTTP_SIZE, http->left = 0;
  else http->state = http->left ? HTTP_FIXED : HTTP_DONE;
}

static inline void http_head_byte(Http *http, char byte) {
  if (http->head_size + 1 < sizeof http->head) http->head[http->head_size++] = byte;
  if (http->head_size >= 4 && !memcmp(http->head + http->head_size - 4, "\r\n\r\n", 4)) http_head_complete(http);
}

static inline void http_size_byte(Http *http, char byte) {
  if (byte == '\n') {
    http->state = http->left ? HTTP_CHUNK : HTTP_TRAILER;
    http->line = 0;
  } else if (byte != '\r') {
    http->left = http->left * 16 + (uint64_t)(byte <= '9' ? byte - '0' : (byte | 32) - 'a' + 10);
  }
}

static inline void http_line_byte(Http *http, char byte) {
  if (byte != '\n') {
    http->line += byte != '\r';
    return;
  }
  if (http->state == HTTP_AFTER_CHUNK) http->state = HTTP_SIZE;
  else if (http->line == 0) http->state = HTTP_DONE;
  http->line = 0;
}

static inline size_t http_body(Http *http, const char *bytes, size_t count, Sink sink, void *owner) {
  size_t taken = count < http->left ? count : (size_t)http->left;
  sink(owner, bytes, taken);
  http->left -= taken;
  if (!http->left) http->state = http->state == HTTP_FIXED ? HTTP_DONE : HTTP_AFTER_CHUNK;
  return taken;
}

// Returns how many bytes belong to this response; fewer than `count` only when it is complete.
static inline size_t http_read(Http *http, const char *bytes, size_t count, Sink sink, void *owner) {
  size_t at = 0;
  while (at < count && http->state != HTTP_DONE) {
    switch (http->state) {
      case HTTP_HEAD: http_head_byte(http, bytes[at++]); break;
      case HTTP_SIZE: http_size_byte(http, bytes[at++]); break;
      case HTTP_AFTER_CHUNK:
      case HTTP_TRAILER: http_line_byte(http, bytes[at++]); break;
      default: at += http_body(http, bytes + at, count - at, sink, owner);
    }
  }
  return at;
}

// --- WebSocket frames of a server (never masked) -------------------------------------------------------------------

typedef enum { WS_FIRST, WS_LENGTH, WS_EXTENDED, WS_PAYLOAD } WsState;
enum { WS_TEXT = 1, WS_CLOSE = 8, WS_PING = 9 };

typedef struct {
  WsState state;
  int opcode, extended;
  uint64_t left;
  size_t control_size;
  char control[125];
} Ws;

typedef struct {
  Sink text;                  // a piece of a text message
  void (*begins)(void *owner); // a text message begins
  Sink control;               // a whole control frame; its opcode is still in Ws
} WsSinks;

static inline void ws_frame_done(Ws *ws, const WsSinks *sinks, void *owner) {
  if (ws->opcode >= WS_CLOSE) sinks->control(owner, ws->control, ws->control_size);
  ws->state = WS_FIRST;
}

static inline void ws_length_known(Ws *ws, const WsSinks *sinks, void *owner) {
  ws->state = WS_PAYLOAD;
  if (!ws->left) ws_frame_done(ws, sinks, owner);
}

static inline void ws_first_byte(Ws *ws, unsigned char byte, const WsSinks *sinks, void *owner) {
  ws->opcode = byte & 15;
  ws->control_size = 0;
  ws->state = WS_LENGTH;
  if (ws->opcode == WS_TEXT) sinks->begins(owner);
}

static inline void ws_length_byte(Ws *ws, unsigned char byte, const WsSinks *sinks, void *owner) {
  ws->left = byte & 127;
  ws->extended = ws->left == 126 ? 2 : ws->left == 127 ? 8 : 0;
  if (ws->extended) ws->left = 0, ws->state = WS_EXTENDED;
  else ws_length_known(ws, sinks, owner);
}

static inline size_t ws_payload(Ws *ws, const char *bytes, size_t count, const WsSinks *sinks, void *owner) {
  size_t taken = count < ws->left ? count : (size_t)ws->left;
  if (ws->opcode < WS_CLOSE) {
    sinks->text(owner, bytes, taken);
  } else {
    size_t room = sizeof ws->control - ws->control_size, kept = taken < room ? taken : room;
    memcpy(ws->control + ws->control_size, bytes, kept);
    ws->control_size += kept;
  }
  ws->left -= taken;
  if (!ws->left) ws_frame_done(ws, sinks, owner);
  return taken;
}

static inline void ws_read(Ws *ws, const char *bytes, size_t count, const WsSinks *sinks, void *owner) {
  for (size_t at = 0; at < count;) {
    unsigned char byte = (unsigned char)bytes[at];
    switch (ws->state) {
      case WS_FIRST: ws_first_byte(ws, byte, sinks, owner), at++; break;
      case WS_LENGTH: ws_length_byte(ws, byte, sinks, owner), at++; break;
      case WS_EXTENDED:
        ws->left = ws->left << 8 | byte, at++;
        if (!--ws->extended) ws_length_known(ws, sinks, owner);
        break;
      default: at += ws_payload(ws, bytes + at, count - at, sinks, owner);
    }
  }
}

// --- tokens in an answer: each token of the fake upstream holds one space or is a full stop -------------------------

typedef enum { SEEK_TYPE, IN_TYPE, SEEK_OFFSET, IN_OFFSET, SEEK_TEXT, IN_TEXT, REST } ScanState;

typedef struct {
  ScanState state;
  bool chunks;           // OpenAI chunks, not envelopes
  int match;
  size_t type_size;
  uint64_t offset, bytes; // of the delta as announced; of the text so far
  unsigned long gaps;     // deltas that did not begin where the text ended
  bool completed;         // the terminal event said so
  char type[24];
} Scan;

typedef struct {
  void (*token)(void *owner);
  void (*terminal)(void *owner);
} ScanSinks;

// A line or a message begins.
static inline void scan_reset(Scan *scan) {
  scan->state = scan->chunks ? SEEK_TEXT : SEEK_TYPE;
  scan->match = 0;
}

static inline bool scan_found(Scan *scan, const char *pattern, char byte) {
  if (byte != pattern[scan->match]) scan->match = byte == pattern[0];
  else if (!pattern[++scan->match]) return scan->match = 0, true;
  return false;
}

static inline void scan_type_byte(Scan *scan, char byte, const ScanSinks *sinks, void *owner) {
  if (byte != '"') {
    if (scan->type_size + 1 < sizeof scan->type) scan->type[scan->type_size++] = byte;
    return;
  }
  scan->type[scan->type_size] = 0;
  scan->state = strcmp(scan->type, "part.delta") ? REST : SEEK_OFFSET;
  if (strncmp(scan->type, "run.", 4) || !strcmp(scan->type, "run.started") || !strcmp(scan->type, "run.status")) return;
  scan->completed = !strcmp(scan->type, "run.completed");
  sinks->terminal(owner);
}

static inline void scan_text_byte(Scan *scan, char byte, const ScanSinks *sinks, void *owner) {
  if (byte == '"') {
    scan->state = scan->chunks ? SEEK_TEXT : REST;
    return;
  }
  scan->bytes++;
  if (byte == ' ' || byte == '.') sinks->token(owner);
}

static inline void scan_offset_byte(Scan *scan, char byte) {
  if (byte >= '0' && byte <= '9') {
    scan->offset = scan->offset * 10 + (uint64_t)(byte - '0');
    return;
  }
  scan->gaps += scan->offset != scan->bytes;
  scan->state = SEEK_TEXT;
}

static inline void scan_byte(Scan *scan, char byte, const ScanSinks *sinks, void *owner) {
  switch (scan->state) {
    case SEEK_TYPE:
      if (scan_found(scan, "\"type\":\"", byte)) scan->state = IN_TYPE, scan->type_size = 0;
      break;
    case IN_TYPE: scan_type_byte(scan, byte, sinks, owner); break;
    case SEEK_OFFSET:
      if (scan_found(scan, "\"offset\":", byte)) scan->state = IN_OFFSET, scan->offset = 0;
      break;
    case IN_OFFSET: scan_offset_byte(scan, byte); break;
    case SEEK_TEXT:
      if (scan_found(scan, scan->chunks ? "\"content\":\"" : "\"text\":\"", byte)) scan->state = IN_TEXT;
      break;
    case IN_TEXT: scan_text_byte(scan, byte, sinks, owner); break;
    case REST: break;
  }
}

#endif
