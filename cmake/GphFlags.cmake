# Language level, warnings, sanitizers and coverage that every target of this project uses.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(gph_flags INTERFACE)
target_compile_options(gph_flags INTERFACE
  -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
  $<$<BOOL:${GPH_WERROR}>:-Werror> $<$<BOOL:${GPH_NATIVE}>:-march=native>)
target_compile_definitions(gph_flags INTERFACE
  _POSIX_C_SOURCE=200809L $<$<CONFIG:Debug>:GPH_DEBUG=1>)
target_include_directories(gph_flags INTERFACE
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)

# Instrumentation must reach every object and every link, so it is not left to gph_flags.
if(GPH_SANITIZE)
  add_compile_options(-fsanitize=${GPH_SANITIZE} -fno-omit-frame-pointer)
  if(GPH_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=all)
  endif()
  add_link_options(-fsanitize=${GPH_SANITIZE})
endif()
if(GPH_COVERAGE)
  # Threads count lines at the same time, so the counters are atomic.
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
  find_program(GCOVR gcovr REQUIRED)
  add_custom_target(coverage_report
    COMMAND ${GCOVR} --root ${PROJECT_SOURCE_DIR} --object-directory ${PROJECT_BINARY_DIR}
      --filter ${PROJECT_SOURCE_DIR}/src/ --filter ${PROJECT_SOURCE_DIR}/apps/
      --html-details ${PROJECT_BINARY_DIR}/coverage.html --txt ${PROJECT_BINARY_DIR}/coverage.txt
      --print-summary
    WORKING_DIRECTORY ${PROJECT_BINARY_DIR} VERBATIM
    COMMENT "Coverage of the tests run so far: coverage.html, coverage.txt")
endif()
