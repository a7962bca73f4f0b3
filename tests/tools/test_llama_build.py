from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_build import NO_AMX, Plan, Processor, WheelCache, build_command, cache_key, plans, this_processor
from setup_checks import Compiler

GCC = Compiler("c++", "gcc", "c++ (Debian 12.2.0-14) 12.2.0")
CLANG = Compiler("clang++", "clang", "clang version 17")
SAPPHIRE_RAPIDS = Processor(
    "x86_64", frozenset({"sse4_2", "avx", "avx2", "fma", "f16c", "bmi2", "avx512f", "amx_tile"})
)
LAPTOP = Processor("x86_64", frozenset({"sse4_2", "avx", "avx2", "fma", "f16c", "bmi2"}))
OLD = Processor("x86_64", frozenset({"sse4_2", "avx"}))
ARM = Processor("aarch64", frozenset({"asimd", "fp16"}))
MAC = Processor("arm64", frozenset())


@pytest.mark.parametrize(
    ("processor", "compiler", "compiler_flags"),
    [
        (SAPPHIRE_RAPIDS, GCC, NO_AMX),
        (SAPPHIRE_RAPIDS, CLANG, ""),
        (LAPTOP, GCC, ""),
        (LAPTOP, CLANG, ""),
        (OLD, GCC, ""),
        (ARM, GCC, ""),
        (MAC, CLANG, ""),
    ],
)
def test_amx_is_switched_off_only_where_gcc_meets_it(
    processor: Processor, compiler: Compiler, compiler_flags: str
) -> None:
    first, _ = plans(processor, compiler)

    assert first.compiler_flags == compiler_flags
    assert {"-DGGML_NATIVE=ON", "-DLLAVA_BUILD=OFF"} <= set(first.cmake)


@pytest.mark.parametrize(
    ("processor", "on", "off"),
    [
        (SAPPHIRE_RAPIDS, {"AVX", "AVX2", "FMA", "F16C", "BMI2", "SSE42"}, set()),
        (OLD, {"AVX", "SSE42"}, {"AVX2", "FMA", "F16C", "BMI2"}),
        (Processor("x86_64", frozenset()), {"AVX", "AVX2", "FMA", "F16C", "BMI2", "SSE42"}, set()),
        (ARM, set(), set()),
        (MAC, set(), set()),
    ],
)
def test_the_second_try_is_not_native_and_uses_only_what_the_processor_has(
    processor: Processor, on: set[str], off: set[str]
) -> None:
    _, second = plans(processor, GCC)

    switches = {argument for argument in second.cmake if "GGML" in argument}
    assert switches == (
        {"-DGGML_NATIVE=OFF"} | {f"-DGGML_{name}=ON" for name in on} | {f"-DGGML_{name}=OFF" for name in off}
    )
    assert second.compiler_flags == ""


def test_what_the_user_set_comes_last_and_so_wins() -> None:
    plan = Plan(("-DGGML_NATIVE=ON",), NO_AMX)

    environ = plan.environment({"CMAKE_ARGS": "-DGGML_NATIVE=OFF", "CFLAGS": "-O1", "PATH": "/bin"})

    arguments = shlex.split(environ["CMAKE_ARGS"])
    assert arguments[0] == "-DGGML_NATIVE=ON"
    assert arguments[-1] == "-DGGML_NATIVE=OFF"
    assert environ["CFLAGS"] == f"{NO_AMX} -O1"
    assert environ["CXXFLAGS"] == NO_AMX
    assert environ["PATH"] == "/bin"


def test_the_build_leaves_out_the_library_that_python_never_loads() -> None:
    (argument,) = [
        part
        for part in shlex.split(Plan((), "").environment({})["CMAKE_ARGS"])
        if part.startswith("-DCMAKE_PROJECT_llama_cpp_INCLUDE=")
    ]

    assert "set(LLAMA_BUILD_COMMON OFF)" in Path(argument.partition("=")[2]).read_text(encoding="utf-8")


def test_the_processor_is_read_as_linux_writes_it(tmp_path: Path) -> None:
    intel, arm = tmp_path / "intel", tmp_path / "arm"
    intel.write_text("processor\t: 0\nflags\t\t: fpu avx2 amx_tile\nbugs\t: x\n\nflags\t: other\n", encoding="ascii")
    arm.write_text("processor\t: 0\nFeatures\t: fp asimd\n", encoding="ascii")

    assert this_processor(intel, "x86_64").flags == {"fpu", "avx2", "amx_tile"}
    assert this_processor(arm, "aarch64") == Processor("aarch64", frozenset({"fp", "asimd"}))
    assert this_processor(tmp_path / "missing", "arm64") == MAC


def test_the_key_changes_with_all_that_could_change_the_code() -> None:
    first, second = plans(LAPTOP, GCC)
    keys = {
        cache_key("0.3.36", first, GCC, LAPTOP, {}),
        cache_key("0.3.37", first, GCC, LAPTOP, {}),
        cache_key("0.3.36", second, GCC, LAPTOP, {}),
        cache_key("0.3.36", first, CLANG, LAPTOP, {}),
        cache_key("0.3.36", first, GCC, OLD, {}),
        cache_key("0.3.36", first, GCC, LAPTOP, {"CMAKE_ARGS": "-DGGML_CUDA=ON"}),
    }

    assert len(keys) == 6
    assert cache_key("0.3.36", first, GCC, LAPTOP, {"HOME": "/root"}) == cache_key("0.3.36", first, GCC, LAPTOP, {})


@given(st.frozensets(st.sampled_from(["avx", "avx2", "amx_tile", "sse4_2", "fma"])))
def test_the_key_does_not_depend_on_the_order_of_flags(flags: frozenset[str]) -> None:
    there, back = (Processor("x86_64", frozenset(order)) for order in (sorted(flags), sorted(flags, reverse=True)))

    assert cache_key("1", plans(there, GCC)[0], GCC, there, {}) == cache_key("1", plans(back, GCC)[0], GCC, back, {})


def test_a_wheel_is_built_once_and_found_by_the_next_clone(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "llama_cpp_python-0.3.36-py3-none-any.whl").write_bytes(b"wheel")

    built = WheelCache(tmp_path).build("abc", make)

    assert WheelCache(tmp_path).find("abc") == built
    assert built.read_bytes() == b"wheel"
    assert WheelCache(tmp_path).find("def") is None


def test_a_build_that_breaks_off_leaves_no_wheel(tmp_path: Path) -> None:
    cache = WheelCache(tmp_path)

    def make(folder: Path) -> None:
        (folder / "half.whl").write_bytes(b"ha")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.build("abc", make)

    assert cache.find("abc") is None
    assert list((tmp_path / "wheels").iterdir()) == []


def test_a_build_that_does_not_work_is_remembered(tmp_path: Path) -> None:
    WheelCache(tmp_path).refuse("abc")

    assert WheelCache(tmp_path).refused("abc")
    assert not WheelCache(tmp_path).refused("def")


def test_pip_neither_reuses_a_wheel_of_its_own_nor_takes_a_ready_made_one(tmp_path: Path) -> None:
    command = build_command(tmp_path / "python", "0.3.36", tmp_path)

    assert "--no-cache-dir" in command
    assert command[command.index("--no-binary") + 1] == "llama-cpp-python"
    assert command[-1] == "llama-cpp-python==0.3.36"
