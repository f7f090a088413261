// outbound - loaded before a program (LD_PRELOAD), appends a line to $BENCH_OUTBOUND for every attempt to reach another
// machine: connecting or sending to an address beyond loopback, or asking for the address of a name. Nothing is stopped.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void note(const char *what, const char *where) {
  const char *file = getenv("BENCH_OUTBOUND");
  int fd = file ? open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
  if (fd < 0) return;
  dprintf(fd, "%s %s\n", what, where);
  close(fd);
}

static bool stays(const struct sockaddr *to) {
  if (!to || (to->sa_family != AF_INET && to->sa_family != AF_INET6)) return true;
  if (to->sa_family == AF_INET) return ntohl(((const struct sockaddr_in *)to)->sin_addr.s_addr) >> 24 == 127;
  const struct in6_addr *six = &((const struct sockaddr_in6 *)to)->sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(six) || (IN6_IS_ADDR_V4MAPPED(six) && six->s6_addr[12] == 127);
}

static void look(const char *what, const struct sockaddr *to) {
  if (stays(to)) return;
  char where[INET6_ADDRSTRLEN] = "?";
  const void *address = to->sa_family == AF_INET ? (const void *)&((const struct sockaddr_in *)to)->sin_addr
                                                 : (const void *)&((const struct sockaddr_in6 *)to)->sin6_addr;
  inet_ntop(to->sa_family, address, where, sizeof where);
  note(what, where);
}

int connect(int fd, const struct sockaddr *to, socklen_t size) {
  int (*next)(int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "connect");
  look("connect", to);
  return next(fd, to, size);
}

ssize_t sendto(int fd, const void *bytes, size_t count, int flags, const struct sockaddr *to, socklen_t size) {
  ssize_t (*next)(int, const void *, size_t, int, const struct sockaddr *, socklen_t) = dlsym(RTLD_NEXT, "sendto");
  look("sendto", to);
  return next(fd, bytes, count, flags, to, size);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  ssize_t (*next)(int, const struct msghdr *, int) = dlsym(RTLD_NEXT, "sendmsg");
  look("sendmsg", message->msg_name);
  return next(fd, message, flags);
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = dlsym(RTLD_NEXT, "getaddrinfo");
  struct in6_addr six;
  struct in_addr four;
  bool plain = !name || !strcmp(name, "localhost") || inet_pton(AF_INET, name, &four) == 1 || inet_pton(AF_INET6, name, &six) == 1;
  if (!plain) note("getaddrinfo", name);
  return next(name, service, hints, found);
}
