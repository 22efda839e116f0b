# What comes with the command when it is installed: manual pages (where help2man is there), bash
# completion, an environment module; and the Debian package that `cpack` makes (preset `package`).
set(packaging ${CMAKE_CURRENT_LIST_DIR}/packaging)

find_program(HELP2MAN help2man)
if(HELP2MAN AND NOT CMAKE_CROSSCOMPILING)
  set(man_folder ${PROJECT_BINARY_DIR}/man)
  add_custom_command(OUTPUT ${man_folder}/gph.1.gz
    COMMAND ${packaging}/man.sh $<TARGET_FILE:gph_command> ${HELP2MAN} ${man_folder}
    DEPENDS gph_command ${packaging}/man.sh
    COMMENT "Writing manual pages" VERBATIM)
  add_custom_target(man ALL DEPENDS ${man_folder}/gph.1.gz)
  install(DIRECTORY ${man_folder}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
    FILES_MATCHING PATTERN "*.1.gz")
endif()

install(FILES ${packaging}/gph.bash RENAME gph
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)

set(module_folder ${CMAKE_INSTALL_DATADIR}/modulefiles/gph)
file(RELATIVE_PATH GPH_MODULE_PREFIX /p/${module_folder} /p)
configure_file(${packaging}/gph.modulefile.in ${PROJECT_BINARY_DIR}/${PROJECT_VERSION} @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/${PROJECT_VERSION} DESTINATION ${module_folder})

# A Debian package names its licence, its changes and those of its packaging in fixed places.
set(CPACK_PACKAGE_CONTACT "The grapheme-hpc authors <grapheme-hpc@users.noreply.example>")
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
install(FILES ${packaging}/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/gph)
string(TIMESTAMP GPH_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${packaging}/changelog.Debian.in ${PROJECT_BINARY_DIR}/package/changelog.Debian @ONLY)
configure_file(${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_BINARY_DIR}/package/changelog COPYONLY)
find_program(GZIP gzip)
if(GZIP)
  foreach(file changelog changelog.Debian)
    set(text ${PROJECT_BINARY_DIR}/package/${file})
    add_custom_command(OUTPUT ${text}.gz COMMAND ${GZIP} -9nc ${text} > ${text}.gz DEPENDS ${text} VERBATIM)
    list(APPEND changelogs ${text}.gz)
  endforeach()
  add_custom_target(changelog ALL DEPENDS ${changelogs})
  install(FILES ${changelogs} DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/gph)
endif()

set(CPACK_PACKAGE_NAME gph)
set(CPACK_PACKAGE_VENDOR "The grapheme-hpc authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "expensive graph operations across MPI ranks and threads")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Counts and lists k-cliques, computes graph edit distances, runs message
passing and trains graph networks on graphs that are too large, or too
many, for one core or one machine. The command gph, the library libgph
with its headers, and a Python module.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "python3:any")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "openmpi-bin, python3-numpy, python3-h5py, gnuplot-nox")
# To build programs against libgph.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libopenmpi-dev, libhdf5-openmpi-dev, libutf8proc-dev, libxxhash-dev, libexpat1-dev, libscotch-dev, zlib1g-dev")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
