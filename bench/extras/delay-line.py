#!/usr/bin/env python3
"""Two TUN devices, one of them in a network namespace, and a wire between them that takes its time.

delay-line.py <namespace> <own address> <other address>: answers "ready", then reads the delay of one direction in
milliseconds from each line of its input, and ends with it. Kernels without netem have no other way to a slow link over
which their own TCP runs.
"""

import collections
import fcntl
import os
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
MTU = 9000


def open_tun(name):
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22s", name.encode(), IFF_TUN | IFF_NO_PI, b""))
    return tun


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def configure(name, own, other, prefix):
    ip(*prefix, "address", "add", own, "peer", other, "dev", name)
    ip(*prefix, "link", "set", name, "mtu", str(MTU), "txqueuelen", "10000", "up")


def main():
    namespace, own, other = sys.argv[1:4]
    near_name, far_name = f"cvn{os.getpid() % 100000}", f"cvf{os.getpid() % 100000}"
    near, far = open_tun(near_name), open_tun(far_name)
    ip("link", "set", far_name, "netns", namespace)
    configure(near_name, own, other, [])
    configure(far_name, other, own, ["-n", namespace])
    print("ready", flush=True)
    relay(near, far)


def relay(near, far):
    delay = 0.0
    ends = {near: far, far: near}
    queues = {near: collections.deque(), far: collections.deque()}
    poll = select.epoll()
    for one in (near, far, 0):
        poll.register(one, select.EPOLLIN)
    while True:
        heads = [queue[0][0] for queue in queues.values() if queue]
        wait = max(0.0, min(heads) - time.monotonic()) if heads else -1
        # epoll counts in milliseconds and rounds up
        for number, _ in poll.poll(wait if wait != 0 else 0):
            if number == 0:
                line = sys.stdin.readline()
                if not line:
                    return
                delay = float(line) / 1000
                continue
            due = time.monotonic() + delay
            for packet in packets(number):
                queues[ends[number]].append((due, packet))
        now = time.monotonic()
        for end, queue in queues.items():
            while queue and queue[0][0] <= now:
                send(end, queue.popleft()[1])


def packets(tun):
    for _ in range(64):
        try:
            yield os.read(tun, MTU + 64)
        except BlockingIOError:
            return


def send(tun, packet):
    try:
        os.write(tun, packet)
    except OSError:
        pass  # as on a wire, a packet may be lost; TCP sends it again


main()
