# Leaves llama.cpp's `common` library (command-line tools' code, 4.8 MB) out of the build: the Python package
# loads only libllama and libggml. llama-cpp-python forces the option on in the cache; a normal variable hides a
# cached one (CMake policies CMP0077 and CMP0126). Halves the time to compile.
set(LLAMA_BUILD_COMMON OFF)
