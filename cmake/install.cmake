# SPDX-License-Identifier: Apache-2.0
# `cmake --install`: library, headers, a package for find_package(cermet) and a pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
install(TARGETS cermet EXPORT cermet-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY c_api/include/cermet DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT cermet-targets FILE cermet-config.cmake NAMESPACE cermet:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/cermet)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/cermet-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_BINARY_DIR}/cermet-config-version.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/cermet)
# From the folder of cermet.pc up to the prefix, so that the installation may be moved.
file(RELATIVE_PATH pc_to_prefix /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
configure_file(cmake/cermet.pc.in ${CMAKE_BINARY_DIR}/cermet.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/cermet.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES LICENSE NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
