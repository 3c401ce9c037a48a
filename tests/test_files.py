"""JSON Lines as they are read: plain or packed, and what is wrong with a line or a file."""

from __future__ import annotations

import gzip
import json
import lzma
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.files import read_jsonl, to_line

Pack = Callable[[bytes], bytes]
PACKED: list[tuple[str, Pack]] = [(".jsonl", bytes), (".jsonl.gz", gzip.compress), (".jsonl.xz", lzma.compress)]
LONG = "".join(json.dumps({"n": n, "text": f"{n * n} caf\u00e9"}) + "\n" for n in range(5000)).encode()


@pytest.mark.parametrize(("suffix", "pack"), PACKED)
@given(records=st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), max_size=4))
def test_what_was_written_is_read_whatever_it_is_packed_with(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, pack: Pack, records: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.mktemp("lines") / f"mine{suffix}"
    path.write_bytes(pack(b"\xef\xbb\xbf\n \r\n" + "".join(to_line(r) + "\r\n" for r in records).encode()))
    assert list(read_jsonl(path)) == records


@pytest.mark.parametrize(("suffix", "pack"), PACKED)
@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{bad", "not valid JSON"),
        (b"[" * 100_000, "not valid JSON"),
        (b"[1]", "should be a JSON object"),
        ('{"a": "caf\u00e9"}'.encode("latin-1"), "not UTF-8 text (byte 0xe9 at offset 10)"),
    ],
)
def test_a_line_that_is_no_object_is_named(tmp_path: Path, suffix: str, pack: Pack, line: bytes, told: str) -> None:
    path = tmp_path / f"mine{suffix}"
    path.write_bytes(pack(b'{"a": 1}\n\n' + line + b"\n"))
    lines = read_jsonl(path)
    assert next(lines) == {"a": 1}
    with pytest.raises(InputError) as caught:
        next(lines)
    assert str(caught.value).startswith(f"{path}:3: {told}")


@pytest.mark.parametrize(("suffix", "pack"), PACKED[1:])
def test_a_damaged_file_is_named_with_the_first_line_that_is_lost(tmp_path: Path, suffix: str, pack: Pack) -> None:
    whole = pack(LONG)
    middle = len(whole) // 2
    # what gzip makes of spoilt bytes may well be JSON, until the sum at the end
    spoilt = whole[:middle] + bytes(40) + whole[middle + 40 :]
    for data, told in ((whole[:middle], "the file is damaged: "), (spoilt, ""), (LONG, "the file is damaged: ")):
        path = tmp_path / f"mine{suffix}"
        path.write_bytes(data)
        read: list[int] = []
        with pytest.raises(InputError) as caught:
            read.extend(record["n"] for record in read_jsonl(path))
        assert read == list(range(len(read))) or data is spoilt
        assert str(caught.value).startswith(f"{path}:{len(read) + 1}: {told}")


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    for suffix, _ in PACKED:
        with pytest.raises(FileNotFoundError):
            next(read_jsonl(tmp_path / f"none{suffix}"))


def test_nothing_is_loaded_for_unpacking_before_something_is_read() -> None:
    code = "import sys\nimport pipeline.files\nprint(sorted({'gzip', 'lzma'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
