# Tests under mpirun. Include after enable_testing().
pkg_check_modules(CUNIT REQUIRED IMPORTED_TARGET cunit)

set(GPH_TEST_GOLDEN ${PROJECT_BINARY_DIR}/tests/golden)

# Waiting threads and ranks must sleep: tests have more of them than there are cores.
file(STRINGS ${PROJECT_SOURCE_DIR}/scripts/openmpi.env GPH_TEST_ENVIRONMENT REGEX "^[A-Z]")
list(APPEND GPH_TEST_ENVIRONMENT
  OMPI_ALLOW_RUN_AS_ROOT=1
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  OMP_WAIT_POLICY=passive
  KMP_BLOCKTIME=0
  GPH_TEST_GOLDEN=${GPH_TEST_GOLDEN})
if(GPH_SANITIZE MATCHES "address")
  list(APPEND GPH_TEST_ENVIRONMENT
    ASAN_OPTIONS=fast_unwind_on_malloc=0:verify_asan_link_order=0
    LSAN_OPTIONS=print_suppressions=0:suppressions=${PROJECT_SOURCE_DIR}/tests/support/lsan.supp
    UBSAN_OPTIONS=print_stacktrace=1)
elseif(GPH_SANITIZE MATCHES "thread")
  list(APPEND GPH_TEST_ENVIRONMENT TSAN_OPTIONS=ignore_noninstrumented_modules=1)
endif()

# gph_test_properties(test TIMEOUT seconds LABEL label): what every test of this project has.
function(gph_test_properties test)
  cmake_parse_arguments(ARG "" "TIMEOUT;LABEL" "ENVIRONMENT" ${ARGN})
  if(GPH_SANITIZE)
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 5")
  endif()
  math(EXPR watchdog "${ARG_TIMEOUT} * 9 / 10") # so that the program itself tells where it hangs
  set_tests_properties(${test} PROPERTIES
    TIMEOUT ${ARG_TIMEOUT}
    LABELS ${ARG_LABEL}
    RESOURCE_LOCK mpirun
    FIXTURES_REQUIRED golden
    ENVIRONMENT "${GPH_TEST_ENVIRONMENT};GPH_TEST_TIMEOUT=${watchdog};${ARG_ENVIRONMENT}")
endfunction()

# gph_test(NAME SOURCES file... [LINK target...] [RANKS 1 2 3 4 7] [THREADS 1 3] [TIMEOUT seconds]
#          [MODULES module...]):
# one program from CUnit suites (tests/support/gph_test.h), run for each number of ranks and
# threads as the tests NAME.r<ranks>t<threads>. It links the objects of MODULES, so that hidden
# functions are visible; by default of the module that its folder is named after and of all below it.
function(gph_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;RANKS;THREADS;MODULES" ${ARGN})
  if(NOT ARG_RANKS)
    set(ARG_RANKS 1 2 3 4 7)
  endif()
  if(NOT ARG_THREADS)
    set(ARG_THREADS 1 3)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  get_filename_component(label ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  get_property(modules GLOBAL PROPERTY GPH_MODULES)
  if(ARG_MODULES)
    list(TRANSFORM ARG_MODULES PREPEND gph_ OUTPUT_VARIABLE modules)
  else()
    string(REGEX REPLACE "^((.*;)?gph_${label}(_[^;]*)?)(;.*)?$" "\\1" modules "${modules}")
  endif()
  list(APPEND modules gph_base gph_par) # the support library stands on them
  list(REMOVE_DUPLICATES modules)

  add_executable(test_${name} ${ARG_SOURCES})
  target_link_libraries(test_${name} PRIVATE
    gph_test_support gph_flags PkgConfig::CUNIT ${modules} ${ARG_LINK})
  foreach(ranks ${ARG_RANKS})
    foreach(threads ${ARG_THREADS})
      set(test ${name}.r${ranks}t${threads})
      add_test(NAME ${test} COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks}
        ${MPIEXEC_PREFLAGS} $<TARGET_FILE:test_${name}> ${MPIEXEC_POSTFLAGS})
      gph_test_properties(${test} TIMEOUT ${ARG_TIMEOUT} LABEL ${label}
        ENVIRONMENT GPH_TEST_THREADS=${threads} OMP_NUM_THREADS=${threads})
    endforeach()
  endforeach()
endfunction()

# gph_test_script(NAME COMMAND command... [TIMEOUT seconds]): a test that is a script. Its
# environment holds GPH_COMMAND (the built gph), GPH_MPIRUN (mpirun with the flag for the number of
# ranks last, as in `$GPH_MPIRUN 2 $GPH_COMMAND info ...`) and GPH_SOURCE_DIR.
function(gph_test_script name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "COMMAND" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  get_filename_component(label ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  add_test(NAME ${name} COMMAND ${ARG_COMMAND})
  gph_test_properties(${name} TIMEOUT ${ARG_TIMEOUT} LABEL ${label} ENVIRONMENT
    "GPH_COMMAND=$<TARGET_FILE:gph_command>"
    "GPH_MPIRUN=${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG}"
    GPH_SOURCE_DIR=${PROJECT_SOURCE_DIR})
endfunction()

# Values that one run stores for the others (gph_test_expect_same) must not outlive a ctest run.
add_test(NAME golden.clear COMMAND ${CMAKE_COMMAND}
  -D FOLDER=${GPH_TEST_GOLDEN} -P ${PROJECT_SOURCE_DIR}/tests/support/clear.cmake)
set_tests_properties(golden.clear PROPERTIES FIXTURES_SETUP golden LABELS support)
