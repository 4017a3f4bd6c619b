"""What a hostile build may try, as lines of Python, each of which must fail.

Names in braces are places of a ``Victim``: what a build must not touch, read or reach.
"""

from __future__ import annotations

PRELUDE = """\
import contextlib, ctypes, fcntl, mmap, os, resource, signal, socket, stat, struct, subprocess, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def call(number, *words):
    found = libc.syscall(number, *[ctypes.c_long(w) if isinstance(w, int) else w for w in words])
    if found < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return found
ARM = os.uname().machine == 'aarch64'
PARENT = os.getppid()
"""

EACH = """\
import json, traceback
told = {}
for name, code in json.load(open('codes.json')).items():
    os.mkdir('folder')
    child = os.fork()
    if not child:
        os.chdir('folder')
        try:
            exec(code)
            text = 'THROUGH'
        except BaseException as error:
            text = repr(error)
        open('../told', 'w').write(text)
        os._exit(0)
    os.waitpid(child, 0)
    told[name] = open('told').read() if os.path.exists('told') else 'it died'
    os.path.exists('told') and os.unlink('told')
    os.rename('folder', f'folder-{len(told)}')
json.dump(told, open('told.json', 'w'))
"""
"""Try codes one after the other, each in a process and a folder of its own, and tell how each ended."""

WRITES = {
    "a new file": "open('{outside}/new', 'w').write('x')",
    "another content": "open('{outside}/precious', 'w').write('x')",
    "more content": "open('{outside}/precious', 'a').write('x')",
    "a truncated file": "os.truncate('{outside}/precious', 0)",
    "a file opened to be read and truncated": "os.open('{outside}/precious', os.O_RDONLY | os.O_TRUNC)",
    "a readable file truncated": "os.truncate('{readable}/tool', 0)",
    "a readable file opened to be read and truncated": "os.open('{readable}/tool', os.O_RDONLY | os.O_TRUNC)",
    "a removed file": "os.unlink('{outside}/precious')",
    "a renamed file": "os.rename('{outside}/precious', '{outside}/taken')",
    "a file that is moved in": "os.rename('{outside}/precious', 'mine')",
    "a file that is moved over one": "open('f', 'w').close(); os.rename('f', '{outside}/precious')",
    "a hard link that is changed": "os.link('{outside}/precious', 'mine'); os.chmod('mine', 0o777)",
    "a hard link to what may be read": "os.link('{readable}/tool', 'mine'); os.chmod('mine', 0o777)",
    "a file behind a link": "os.symlink('{outside}', 'way'); open('way/new', 'w').write('x')",
    "a folder": "os.mkdir('{outside}/folder')",
    "a removed folder": "os.rmdir('{outside}/empty')",
    "a link": "os.symlink('x', '{outside}/link')",
    "a pipe": "os.mkfifo('{outside}/pipe')",
    "a file behind /proc/self/root": "open('/proc/self/root{outside}/new', 'w').write('x')",
    "a file behind the root of the first process": "open('/proc/1/root{outside}/new', 'w').write('x')",
    "a file behind the folder of its parent": "open(f'/proc/{{PARENT}}/root{outside}/new', 'w').write('x')",
    "a mode": "os.chmod('{outside}/precious', 0o777)",
    "a mode of what may be read": "os.chmod('{readable}/tool', 0o777)",
    "a mode by descriptor": "os.fchmod(os.open('{readable}/tool', os.O_RDONLY), 0o777)",
    "a mode behind a link": "os.symlink('{readable}/tool', 'way'); os.chmod('way', 0o777)",
    "a mode behind a link of folders": "os.symlink('{readable}', 'way'); os.chmod('way/tool', 0o777)",
    "a mode by a descriptor of its path": (
        "at = os.open('{readable}', os.O_PATH); os.chmod('tool', 0o777, dir_fd=at)"
    ),
    "a mode up and down again": "os.chmod(os.path.relpath('{readable}/tool'), 0o777)",
    "a mode through /proc": ("at = os.open('{readable}/tool', os.O_PATH); os.chmod(f'/proc/self/fd/{{at}}', 0o777)"),
    "a set-user-id bit": "open('mine', 'w').close(); os.chmod('mine', 0o4755)",
    "an owner": "os.chown('{readable}/tool', 1234, 1234)",
    "an owner of a link": "os.lchown('{readable}/tool', 1234, 1234)",
    "an owner by descriptor": "os.fchown(os.open('{readable}/tool', os.O_RDONLY), 1234, 1234)",
    "times": "os.utime('{outside}/precious', (1, 1))",
    "times of what may be read": "os.utime('{readable}/tool', (1, 1))",
    "times by descriptor": "os.utime(os.open('{readable}/tool', os.O_RDONLY), (1, 1))",
    "times of now": "os.utime('{readable}/tool')",
    "an attribute": "os.setxattr('{readable}/tool', 'user.odd', b'x')",
    "an attribute less": "os.removexattr('{readable}/tool', 'user.kept')",
    "flags": "fcntl.ioctl(os.open('{readable}/tool', os.O_RDONLY), 0x40086602, struct.pack('L', 0x10))",
    "a file through io_uring": "call(425, 8, ctypes.create_string_buffer(200))",
    "a handle": "call(264 if ARM else 303, -100, b'{outside}', ctypes.create_string_buffer(200), 0, 0, 0)",
    "a mount": "call(40 if ARM else 165, b'none', b'{work}', b'tmpfs', 0, None)",
    "a mount by descriptor": "call(430, b'tmpfs', 0)",
    "a root of its own": "os.chroot('.')",
    "a world of its own": "call(97 if ARM else 272, 0x10020000)",
    "a child in a world of its own": "call(220 if ARM else 56, 0x10020000 | 17, 0, 0, 0, 0) or os._exit(9)",
    "a call of tomorrow": "call(900)",
}

READS = {
    "a secret": "print(open('{secret}').read())",
    "a secret behind a link": "os.symlink('{secret}', 'way'); print(open('way').read())",
    "the names beside it": "print(os.listdir(os.path.dirname('{secret}')))",
    "a secret behind /proc": "print(open(f'/proc/{{PARENT}}/root{secret}').read())",
    "the shadow file": "print(open('/etc/shadow').read())",
    "variables of the parent": "print(open(f'/proc/{{PARENT}}/environ').read() or 1 / 0)",
    "variables of a process": "print(open('/proc/{bystander}/environ').read())",
    "arguments of a process": "print(open('/proc/{bystander}/cmdline').read())",
    "memory of the parent": "open(f'/proc/{{PARENT}}/mem', 'rb').seek(1)",
    "memory of a process": "open('/proc/{bystander}/mem', 'rb')",
    "memory of a process by call": (
        "part = ctypes.create_string_buffer(8); call(270 if ARM else 310, {bystander}, part, 0, part, 0, 0)"
    ),
    "a traced parent": "call(117 if ARM else 101, 16, PARENT, 0, 0)",
    "a traced process": "call(117 if ARM else 101, 16, {bystander}, 0, 0)",
    "a descriptor of its parent": "call(438, os.pidfd_open(PARENT), 0, 0)",
    "an inherited descriptor": (
        "f = []\nfor n in range(3, 256):\n    with contextlib.suppress(OSError): os.fstat(n); f.append(n)\nf[0]"
    ),
    "a keyring": "call(219 if ARM else 250, 0, -3, 1)",
    "a new key": "call(217 if ARM else 248, b'user', b'odd', b'x', 1, -3)",
    "what the kernel told": "call(116 if ARM else 103, 3, ctypes.create_string_buffer(99), 99)",
    "a variable of mixlock's": "os.environ['ODD_TOKEN']",
    "the home of its user": "print(os.listdir(os.path.dirname(os.path.dirname('{secret}'))) or 1 / 0)",
    "the log of the build": "print(open('{work}/../policy.json').read())",
}

NETWORK = {
    "TCP": "socket.create_connection(('127.0.0.1', {tcp}), 2).sendall(b'x')",
    "TCP on IPv6": "socket.socket(socket.AF_INET6).connect(('::1', {tcp}))",
    "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {udp}))",
    "a UNIX socket": "socket.socket(socket.AF_UNIX).connect('{unix}')",
    "a UNIX datagram": "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '{datagram}')",
    "an abstract socket": "socket.socket(socket.AF_UNIX).connect('\\0{abstract}')",
    "a pair of datagram sockets": (
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', '{datagram}')"
    ),
    "a pair of sockets connected again": "socket.socketpair()[0].connect('{unix}')",
    "a pair of sockets that sends elsewhere": "socket.socketpair()[0].sendto(b'x', '{datagram}')",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)",
    "raw packets": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "a virtual machine's host": "socket.socket(40, socket.SOCK_STREAM)",
    "the kernel's ciphers": "socket.socket(38, socket.SOCK_SEQPACKET)",
    "Bluetooth": "socket.socket(31, socket.SOCK_RAW, 1)",
    "a name": "socket.getaddrinfo('localhost.example', 80)",
    "a server": "socket.socket().bind(('127.0.0.1', 0))",
    "shared memory of the system": "call(194 if ARM else 29, 12345, 4096, 0o1666)",
    "a message queue of the system": "call(186 if ARM else 68, 12345, 0o1666)",
    "a message queue": "call(180 if ARM else 240, b'odd', 0o102, 0o666, 0)",
    "a semaphore of the system": "call(190 if ARM else 64, 12345, 1, 0o1666)",
}

PROCESSES = {
    "SIGKILL to a process": "os.kill({bystander}, 9)",
    "SIGSTOP to a process": "os.kill({bystander}, 19)",
    "SIGKILL to a thread": "call(131 if ARM else 234, {bystander}, {bystander}, 9)",
    "SIGKILL to a group": "os.killpg({bystander}, 9)",
    "a queued signal": "call(138 if ARM else 129, {bystander}, 9, ctypes.create_string_buffer(128))",
    "a signal by descriptor": "signal.pidfd_send_signal(os.pidfd_open({bystander}), 9)",
    "SIGIO to a process": "fcntl.fcntl(0, fcntl.F_SETOWN, {bystander})",
    "another signal for SIGIO": "fcntl.fcntl(0, 10, 9)",
    "limits of a process": "resource.prlimit({bystander}, resource.RLIMIT_CPU, (1, 1))",
    "priority of a process": "os.setpriority(os.PRIO_PROCESS, {bystander}, 19)",
    "processors of a process": "os.sched_setaffinity({bystander}, {{0}})",
    "another user": "os.setuid(1234)",
    "another group": "os.setgid(1234)",
    "capabilities": "call(91 if ARM else 126, struct.pack('Ii', 0x20080522, 0), b'\\xff' * 24)",
    "typed input": "fcntl.ioctl(0, 0x5412, b'x')",
    "a module": "call(105 if ARM else 175, b'x', 1, b'')",
    "a program in the kernel": "call(280 if ARM else 321, 5, ctypes.create_string_buffer(128), 128)",
    "performance counters": "call(241 if ARM else 298, ctypes.create_string_buffer(128), 0, -1, -1, 0)",
    "page faults": "call(282 if ARM else 323, 0)",
    "a name of the machine": "socket.sethostname('odd')",
    "a new clock": "time.clock_settime(time.CLOCK_REALTIME, 0)",
    "a new kernel": "call(104 if ARM else 246, 0, 0, None, 0)",
    "a reboot": "call(142 if ARM else 169, 0xfee1dead, 672274793, 0, None)",
}

_UNSEEN = """\
kept = []
for n in range(40):
    kept.append(open('f', 'wb'))
    kept[-1].write(b'x' * 2**23)
    kept[-1].flush()
    os.unlink('f')
time.sleep(60)
"""
EXCESSES = {
    "a hang": ("time.sleep(600)", "seconds"),
    "a hang that hears no signal": (
        "[signal.signal(n, signal.SIG_IGN) for n in (1, 2, 15)]; time.sleep(600)",
        "seconds",
    ),
    "a build that stops itself": ("os.kill(os.getpid(), signal.SIGSTOP)", "seconds"),
    "a build that stops all": ("os.killpg(0, signal.SIGSTOP)", "seconds"),
    "a wait for a pipe": ("os.mkfifo('pipe'); open('pipe').read()", "seconds"),
    "a spin": (
        "[threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start() for _ in range(4)]",
        "seconds",
    ),
    "endless output": ("[print('x' * 10**6, flush=True) for _ in iter(int, 1)]", "output"),
    "endless errors": ("[os.write(2, b'x' * 10**6) for _ in iter(int, 1)]", "output"),
    "output of a program that is gone": ("os.write(1, b'x' * (2**20 + 1)); os._exit(0)", "output"),
    "errors of a program that is gone": ("os.write(2, b'x' * (2**20 + 1)); os._exit(1)", "output"),
    "a fork bomb": ("[os.fork() for _ in iter(int, 1)]", "processes|Resource temporarily"),
    "a bomb of sessions": (
        "[os.setsid() if os.fork() == 0 and not os.fork() else None for _ in iter(int, 1)]",
        "processes|Resource temporarily|not permitted",
    ),
    "memory": ("kept = [bytearray(os.urandom(1)) * 2**24 for _ in iter(int, 1)]", "memory|MemoryError"),
    "memory of many": (
        "[os.fork() for _ in range(3)]; kept = [bytearray(b'x' * 2**24) for _ in range(10)]; time.sleep(60)",
        "memory|MemoryError",
    ),
    "shared memory": (
        "kept = mmap.mmap(-1, 2**29); [kept.write(b'x' * 2**20) for _ in range(2**9)]; time.sleep(60)",
        "memory",
    ),
    "memory in a file of none": ("call(279 if ARM else 319, b'odd', 0)", "not implemented|Function"),
    "one large file": (
        "file = open('large', 'wb'); [file.write(b'x' * 2**20) for _ in iter(int, 1)]",
        "disk|large|-25|153",
    ),
    "many large files": (
        "[open(f'large{n}', 'wb').write(b'x' * 2**23) for n in range(10**6)]",
        "disk",
    ),
    "large files that nobody sees": (_UNSEEN, "disk"),
    "large files of a program that is gone": (
        "[open(f'large{n}', 'wb').write(b'x' * 2**24) for n in range(5)]; os._exit(0)",
        "disk",
    ),
    "files of a program that is gone": ("[open(f'f{n}', 'w').close() for n in range(2100)]; os._exit(0)", "files"),
    "files without end": ("[open(f'f{n}', 'w').close() for n in range(10**9)]", "files"),
    "folders without end": (
        "[(os.mkdir('d'), os.chdir('d')) for _ in iter(int, 1)]",
        "deep|seconds|too long|File name",
    ),
}
