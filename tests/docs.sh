#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs.sh PREFIX DATA: builds the C programs of docs/ outside the tree against the installed library, by pkg-config and by
# find_package(cermet), and runs them.
set -e
prefix=$1 data=$2 source=$(cd "$(dirname "$0")/../docs/c" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for notice in LICENSE NOTICE; do test -s "$prefix/share/doc/cermet/$notice"; done
config=$(find "$prefix" -name cermet.pc)
flags=$(PKG_CONFIG_PATH=$(dirname "$config") pkg-config --cflags --libs cermet)
library=$(dirname "$(find "$prefix" -name libcermet.so)")
# shellcheck disable=SC2086
cc -std=c11 -Wall -Wextra -pedantic -Werror "$source/digits.c" $flags -Wl,-rpath,"$library" -o digits
cc -std=c11 -Wall -Wextra -pedantic -Werror "$source/first.c" $flags -lm -Wl,-rpath,"$library" -o first
./first | tee output
grep -q 'add: rhs: got (4,), which does not broadcast with (3,)' output
grep -q 'at 3: 7.00' output
./digits "$data" | tee output
grep -q 'test accuracy: 0.9' output
cat > CMakeLists.txt <<CMAKE
cmake_minimum_required(VERSION 3.25)
project(outside C)
find_package(cermet REQUIRED)
add_executable(digits $source/digits.c)
target_link_libraries(digits cermet::cermet)
CMAKE
cmake -DCMAKE_PREFIX_PATH="$prefix" -B build . >/dev/null
cmake --build build >/dev/null
(build/digits 2>&1 || true) | grep -q usage
