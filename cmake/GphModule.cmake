# gph_module(NAME SOURCES file... [DEPENDS target...]): one layer of the library as an object library
# gph_NAME, collected into libgph. DEPENDS are libraries from outside this project.
function(gph_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(gph_${name} OBJECT ${ARG_SOURCES})
  target_link_libraries(gph_${name} PRIVATE gph_flags PUBLIC
    MPI::MPI_C OpenMP::OpenMP_C Threads::Threads ${ARG_DEPENDS})
  set_property(GLOBAL APPEND PROPERTY GPH_MODULES gph_${name})
  set_property(GLOBAL APPEND PROPERTY GPH_MODULE_DEPENDS ${ARG_DEPENDS})
endfunction()
