# SPDX-License-Identifier: Apache-2.0
# What the library is built on. OpenBLAS is linked statically, so that a host's own BLAS (R's, Julia's) can neither replace
# nor be replaced by it; it must be the OpenMP flavour, since one thread pool serves everything.
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(ZLIB REQUIRED)
find_path(CERMET_NLOHMANN_INCLUDE nlohmann/json.hpp REQUIRED)

find_library(CERMET_OPENBLAS libopenblas.a PATH_SUFFIXES openblas-openmp REQUIRED)
find_path(CERMET_OPENBLAS_INCLUDE cblas.h PATH_SUFFIXES ${CMAKE_LIBRARY_ARCHITECTURE}/openblas-openmp openblas-openmp openblas REQUIRED)

# CERMET_ONEDNN_ROOT: another oneDNN than the system's (2.6 or newer).
set(CERMET_ONEDNN_ROOT "" CACHE PATH "Folder of a oneDNN installation")
find_path(CERMET_ONEDNN_INCLUDE oneapi/dnnl/dnnl.hpp HINTS ${CERMET_ONEDNN_ROOT} PATH_SUFFIXES include REQUIRED)
find_library(CERMET_ONEDNN NAMES dnnl HINTS ${CERMET_ONEDNN_ROOT} PATH_SUFFIXES lib REQUIRED)
