/**
 * @file base.h
 * Types, status codes and version shared by every module of grapheme-hpc.
 *
 * Whatever can fail returns a gph_status_t. Results come last in the argument list and stay
 * unchanged on failure. The message that belongs to a failure (what, where, how to mend it) is
 * kept on the context: gph_context_error().
 */
#ifndef GPH_BASE_H
#define GPH_BASE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define GPH_API __attribute__((visibility("default")))
#else
#define GPH_API
#endif

/** Global vertex id: 0..n-1 over the whole graph, the same on any number of ranks. */
typedef int64_t gph_gid_t;
/** Local vertex index on this rank: owned vertices first, ghosts after them. */
typedef int32_t gph_lid_t;
/** Edge offset. */
typedef int64_t gph_off_t;

/** Unsigned 128-bit count. Cliques and paths outgrow 64 bits quickly. */
__extension__ typedef unsigned __int128 gph_count_t;

/** Characters that gph_count_format() needs, with the final NUL. */
#define GPH_COUNT_CHARS 40

/** What a call came to. The values 0..6 are the exit status of the command. */
typedef enum gph_status {
    GPH_OK = 0,           /**< done */
    GPH_ERR_INTERNAL = 1, /**< a defect of this library */
    GPH_ERR_USAGE = 2,    /**< an argument or a setting that makes no sense */
    GPH_ERR_INPUT = 3,    /**< bad input; the message names file and line or offset */
    GPH_ERR_MEMORY = 4,   /**< over the memory budget; the message names the size needed */
    GPH_ERR_STOPPED = 5,  /**< stopped early on request or at a limit; resumable */
    GPH_ERR_VERIFY = 6,   /**< a verification failed */
    GPH_ERR_SYSTEM = 7    /**< the operating system, MPI or HDF5 refused; exit status 1 */
} gph_status_t;

/** How much is logged. Each level includes those above it. */
typedef enum gph_log_level {
    GPH_LOG_QUIET = 0,
    GPH_LOG_ERROR = 1,
    GPH_LOG_WARN = 2,
    GPH_LOG_INFO = 3,
    GPH_LOG_DEBUG = 4
} gph_log_level_t;

/** Name of a status, such as "GPH_ERR_INPUT". Local. Never NULL. */
GPH_API const char *gph_status_name(gph_status_t status);

/** Version of the library as "major.minor.patch". Local. */
GPH_API const char *gph_version(void);

/**
 * Writes a count in decimal. Local.
 * @param count the count
 * @param text  [GPH_COUNT_CHARS] receives the digits and a final NUL
 * @return text
 */
GPH_API char *gph_count_format(gph_count_t count, char text[GPH_COUNT_CHARS]);

#ifdef __cplusplus
}
#endif

#endif
