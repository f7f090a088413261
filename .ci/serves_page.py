"""Starts an installed `mecum serve` on an empty data folder and fetches the page and what the page loads first."""

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

LIMIT_S = 30


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def fetch(url: str) -> bytes:
    """Return the body of a 200."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
        return answer.read()


def wait_for(url: str, server: subprocess.Popen[bytes]) -> bytes:
    """Return the first answer; give up when the server ended or took too long."""
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            return fetch(url)
        except urllib.error.URLError:
            time.sleep(0.1)
    sys.exit(f"no answer from {url}; the server's exit code: {server.poll()}")


def main(mecum: str, data: str) -> None:
    """Check the command, the page, its script, its licences and the health of the server."""
    subprocess.run([mecum, "--version"], check=True)  # noqa: S603
    url = f"http://127.0.0.1:{(port := free_port())}"
    server = subprocess.Popen([mecum, "serve", "--port", str(port), "--data", data])  # noqa: S603
    try:
        page = wait_for(f"{url}/", server).decode()
        scripts = re.findall(r'src="(/[^"]+\.js)"', page)
        if not scripts or not all(fetch(url + script) for script in scripts):
            sys.exit(f"the page loads no script: {page[:300]}")
        fetch(f"{url}/licences.txt")
        fetch(f"{url}/api/v1/health")
    finally:
        server.terminate()
    code = server.wait(LIMIT_S)
    sys.stdout.write(f"The wheel serves its page ({len(page)} bytes, {len(scripts)} scripts); stopped with {code}.\n")
    sys.exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
