# SPDX-License-Identifier: Apache-2.0
# Runs SWIG over the headers, and stops the build if a declaration follows no idiom that the typemaps know.
execute_process(
  COMMAND ${PYTHON} ${SWIG_SOURCES}/idioms.py ${INCLUDE_DIR}
  OUTPUT_FILE ${WORK_DIR}/idioms.i COMMAND_ERROR_IS_FATAL ANY)
execute_process(
  COMMAND ${SWIG} -Wall -Werror -java -package org.cermet.raw -outdir ${RAW_DIR} -I${WORK_DIR} -I${SWIG_SOURCES}
          -I${INCLUDE_DIR} -o ${WORK_DIR}/wrapper.c ${SWIG_SOURCES}/cermet.i
  COMMAND_ERROR_IS_FATAL ANY)
file(GLOB proxies ${RAW_DIR}/SWIGTYPE_*.java)
if(proxies)
  file(REMOVE ${proxies})
  message(FATAL_ERROR "bindings/swig/typemaps.i knows no way to pass: ${proxies}")
endif()
