"""Lines of another program: read whole in whatever pieces they come, and nothing of a line that was taken stays in the buffer."""

from __future__ import annotations

import os
import threading
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from terminal.headless_person import Pipe

LINES = st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b" ")), max_size=8)


@given(lines=LINES, cuts=st.lists(st.integers(0, 250), max_size=8), torn=st.binary(max_size=5).map(lambda rest: rest.replace(b"\n", b"")))
@example(lines=[b'{"do": "sale"}', b"246813", b""], cuts=[16, 19], torn=b"")
@example(lines=[b'{"do": "sale"}', b"246813"], cuts=[], torn=b"24")
@example(lines=[b"x" * 140_000, b"246813"], cuts=[], torn=b"")
def test_lines_come_out_as_they_went_in(lines: list[bytes], cuts: list[int], torn: bytes) -> None:
    """Cut anywhere: the same lines, then the end; what has no end of line is no line. Behind what is still to come there are zeros."""
    read_fd, write_fd = os.pipe2(os.O_DIRECT)  # each piece is read by itself
    written = b"".join(line + b"\n" for line in lines) + torn
    places = sorted({0, *(min(cut, len(written)) for cut in cuts), len(written)})

    def write() -> None:
        for start, end in pairwise(places):
            piece = written[start:end]
            while piece:
                piece = piece[os.write(write_fd, piece) :]
        os.close(write_fd)

    writer = threading.Thread(target=write)
    writer.start()
    pipe = Pipe(read_fd, -1)
    taken = []
    while (line := pipe.line()) is not None:
        taken.append(bytes(line))
        assert not any(pipe._buffer[pipe._held :])
    writer.join()
    os.close(read_fd)

    assert lines == taken
