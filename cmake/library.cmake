# SPDX-License-Identifier: Apache-2.0
# The shared library: all of core/ and c_api/src, found by globbing; definitions register themselves by what their files say.
file(GLOB_RECURSE sources CONFIGURE_DEPENDS core/*.cc c_api/src/*.cc)
if(CERMET_CUDA)
  list(FILTER sources EXCLUDE REGEX "/device/no_cuda/")
else()
  list(FILTER sources EXCLUDE REGEX "/device/cuda/")
endif()

# Files called *.simd.cc are compiled once for each instruction set; the right one is chosen at run time (base/isa.h).
set(simd_sources ${sources})
list(FILTER simd_sources INCLUDE REGEX "\\.simd\\.cc$")
list(FILTER sources EXCLUDE REGEX "\\.simd\\.cc$")

# One list of calls to register_<stem> for every CERMET_REGISTER(stem) in the sources.
set(registrations ${CMAKE_BINARY_DIR}/generated/registrations.cc)
add_custom_command(
  OUTPUT ${registrations}
  COMMAND ${CMAKE_COMMAND} -DOUTPUT=${registrations} -DROOT=${CMAKE_SOURCE_DIR}/core -P ${CMAKE_SOURCE_DIR}/cmake/write_registrations.cmake
  DEPENDS ${sources} ${CMAKE_SOURCE_DIR}/cmake/write_registrations.cmake
  COMMENT "Collecting registrations")

add_library(cermet SHARED ${sources} ${registrations})
set(isa_flags_baseline "")
set(isa_flags_avx2 -mavx2 -mfma -mf16c)
set(isa_flags_avx512 -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx2 -mfma -mf16c -mprefer-vector-width=512)
if(simd_sources)
  # Where one multiplication or another may be fused with a sum, the compiler chooses anew for the rest of each loop:
  # values would depend on where threads divide the work.
  set_source_files_properties(core/ops/optimizer/update.simd.cc core/ops/quantization/integer_kernels.simd.cc PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
  foreach(isa baseline avx2 avx512)
    add_library(cermet_${isa} OBJECT ${simd_sources})
    target_compile_options(cermet_${isa} PRIVATE ${isa_flags_${isa}} -fno-math-errno -fno-trapping-math)
    target_compile_definitions(cermet_${isa} PRIVATE CERMET_ISA=${isa})
    target_include_directories(cermet_${isa} PRIVATE core)
    target_sources(cermet PRIVATE $<TARGET_OBJECTS:cermet_${isa}>)
  endforeach()
endif()

target_include_directories(cermet
  PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/c_api/include> $<INSTALL_INTERFACE:include>
  PRIVATE core c_api/src)
target_include_directories(cermet SYSTEM PRIVATE ${CERMET_NLOHMANN_INCLUDE} ${CERMET_OPENBLAS_INCLUDE})
# Only its adapter sees oneDNN, so that another version compiles little anew.
if(NOT CERMET_ONEDNN_INCLUDE IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
  file(GLOB onednn_sources core/ops/onednn/*.cc)
  set_source_files_properties(${onednn_sources} PROPERTIES COMPILE_OPTIONS "-isystem;${CERMET_ONEDNN_INCLUDE}")
endif()
target_compile_definitions(cermet PRIVATE CERMET_BUILD)
target_link_libraries(cermet PRIVATE ${CERMET_OPENBLAS} ${CERMET_ONEDNN} ZLIB::ZLIB OpenMP::OpenMP_CXX)

# Only cermet_* leaves the library, and it carries its own C++ runtime, so that any R, JVM or Julia process can load it.
# It stays loaded: threads call into it when they end.
set(exports ${CMAKE_SOURCE_DIR}/c_api/abi/exports.map)
target_link_options(cermet PRIVATE -Wl,--version-script=${exports} -Wl,--exclude-libs,ALL -Wl,-z,relro,-z,now,-z,nodelete
  -Wl,--gc-sections)
if(NOT CERMET_SANITIZE)
  target_link_options(cermet PRIVATE -static-libstdc++ -static-libgcc -Wl,--no-undefined)
endif()
set_target_properties(cermet PROPERTIES
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LINK_DEPENDS ${exports})
