"""A wire between two TUN devices, named by the arguments, that loses and delays packets.

Every line of stdin sets the share of packets to lose and the delay in milliseconds from then on, and is answered by the
count of packets lost so far. The devices are there while stdin is open.
"""

import fcntl
import heapq
import os
import random
import selectors
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
LARGEST_PACKET = 65536


def open_tun(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def main():
    ends = [open_tun(name) for name in sys.argv[1:3]]
    other = dict(zip(ends, reversed(ends)))
    chance = random.Random(4)
    loss, delay, lost = 0.0, 0.0, 0
    # What is under way: when it arrives, where, and what it is. The count keeps the order of equals.
    under_way, count = [], 0
    waiting = selectors.DefaultSelector()
    for source in (*ends, sys.stdin.fileno()):
        waiting.register(source, selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        until = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
        for key, _ in waiting.select(until):
            if key.fd in other:
                packet = os.read(key.fd, LARGEST_PACKET)
                if chance.random() < loss:
                    lost += 1
                else:
                    count += 1
                    heapq.heappush(under_way, (time.monotonic() + delay, count, other[key.fd], packet))
                continue
            line = os.read(key.fd, LARGEST_PACKET).decode()
            if line == "":
                return
            share, milliseconds = line.split()
            loss, delay = float(share), float(milliseconds) / 1000
            print(lost, flush=True)
        while under_way and under_way[0][0] <= time.monotonic():
            _, _, end, packet = heapq.heappop(under_way)
            try:
                os.write(end, packet)
            except OSError:
                lost += 1  # The device is down.


main()
