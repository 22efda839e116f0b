# What `cmake --install` puts down: the library, its public headers, a CMake package (find_package(gph)
# gives gph::gph) and a pkg-config file. Applications install themselves.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/gph)

install(TARGETS gph EXPORT gph_targets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/gph DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/gph)
foreach(folder docs examples configs slurm)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/gph
    USE_SOURCE_PERMISSIONS PATTERN Doxyfile EXCLUDE PATTERN __pycache__ EXCLUDE)
endforeach()

install(EXPORT gph_targets NAMESPACE gph:: DESTINATION ${package_folder})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/gphConfig.cmake.in gphConfig.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(gphConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/gphConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/gphConfigVersion.cmake DESTINATION ${package_folder})

# pkg-config: MPI is named by its folders and files, since its own .pc file differs between MPIs. A
# static libgph needs everything that it stands on at the final link.
file(RELATIVE_PATH GPH_PC_PREFIX
  /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p) # the file finds the prefix from where it lies
set(GPH_PC_CFLAGS)
foreach(folder ${MPI_C_INCLUDE_DIRS})
  string(APPEND GPH_PC_CFLAGS " -I${folder}")
endforeach()
string(REPLACE ";" " " GPH_PC_LIBS "${MPI_C_LIBRARIES}")
string(REPLACE ";" " " GPH_PC_STATIC_LIBS
  "${HDF5_C_LIBRARIES};${ZLIB_LIBRARIES};${EXPAT_LIBRARIES};${GPH_SCOTCH_LIBRARIES};${OpenMP_C_LIBRARIES};-pthread;-lm")
set(GPH_PC_REQUIRES "libutf8proc libxxhash")
if(BUILD_SHARED_LIBS)
  set(GPH_PC_STATIC_LIBS)
  set(GPH_PC_REQUIRES)
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/gph.pc.in gph.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/gph.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
