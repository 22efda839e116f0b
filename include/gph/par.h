/**
 * @file par.h
 * The context: a duplicated communicator, threads, seed, memory budget, log and last error.
 *
 * A context is made once from the caller's communicator and passed to everything. Calls marked
 * Collective are made by all ranks of that communicator, in the same order, with equal arguments
 * unless said otherwise. A failure on one rank is returned on all of them.
 */
#ifndef GPH_PAR_H
#define GPH_PAR_H

#include "gph/base.h"

#include <mpi.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gph_context gph_context_t;

/** Receives one finished log line without newline. Called on rank 0, except for errors. */
typedef void gph_log_sink(void *data, gph_log_level_t level, const char *line);

/** Whether a progress line is drawn (on stderr, rank 0 only). */
typedef enum gph_progress {
    GPH_PROGRESS_AUTO = 0, /**< only on a terminal */
    GPH_PROGRESS_ALWAYS = 1,
    GPH_PROGRESS_NEVER = 2
} gph_progress_t;

/** Settings of a context. Start from gph_context_options_default(). */
typedef struct gph_context_options {
    int threads;             /**< OpenMP threads a rank; 0: as OpenMP decides */
    uint64_t seed;           /**< seed of all random numbers */
    int64_t max_memory;      /**< bytes this library may allocate on each rank; 0: no limit */
    gph_log_level_t level;   /**< lines wanted */
    gph_log_sink *log;       /**< receiver of log lines; NULL: none */
    void *log_data;          /**< handed to `log` */
    gph_progress_t progress; /**< progress line; default GPH_PROGRESS_NEVER */
} gph_context_options_t;

/** Defaults: threads 0, seed 1, no limit, warnings, no receiver, no progress line. Local. */
GPH_API gph_context_options_t gph_context_options_default(void);

/**
 * Makes a context on a duplicate of `comm`. Collective over comm.
 * Initialises MPI (MPI_THREAD_MULTIPLE asked for) when the caller has not; then
 * gph_context_destroy() finalises it.
 * @param comm    communicator; MPI_COMM_WORLD when MPI is not initialised yet
 * @param options settings, or NULL for the defaults; equal on all ranks
 * @param context receives the context
 * @return GPH_OK, GPH_ERR_USAGE (threads or memory negative), GPH_ERR_MEMORY, GPH_ERR_SYSTEM
 */
GPH_API gph_status_t gph_context_create(MPI_Comm comm, const gph_context_options_t *options,
                                        gph_context_t **context);

/** Frees a context and nulls the pointer; NULL is fine. Collective. */
GPH_API void gph_context_destroy(gph_context_t **context);

/** Rank of this process in the context's communicator. Local. */
GPH_API int gph_context_rank(const gph_context_t *context);
/** Number of ranks. Local. */
GPH_API int gph_context_ranks(const gph_context_t *context);
/** OpenMP threads of this rank. Local. */
GPH_API int gph_context_threads(const gph_context_t *context);
/** Seed. Local. */
GPH_API uint64_t gph_context_seed(const gph_context_t *context);
/** Message of the last failure, "" when there is none. Local; the same text on every rank. */
GPH_API const char *gph_context_error(const gph_context_t *context);
/** Forgets the last failure, so that the next one is kept. Collective. */
GPH_API void gph_context_clear_error(gph_context_t *context);

/**
 * Asks the running operation to stop: it saves its state where it has a checkpoint folder, and
 * returns GPH_ERR_STOPPED on all ranks. May be called on any rank, from any thread and from a
 * signal handler. Local.
 */
GPH_API void gph_context_request_stop(gph_context_t *context);

/** True when a stop was asked for on this rank. Local. */
GPH_API bool gph_context_stop_requested(const gph_context_t *context);

/**
 * Sets how long operations may go on from now; they stop early enough to save their state. Local;
 * equal on all ranks.
 * @param seconds from now; 0 or less: no limit
 */
GPH_API void gph_context_set_time_limit(gph_context_t *context, double seconds);

/** One timed phase of the work, over all ranks. */
typedef struct gph_phase {
    char name[32];
    double min_seconds; /**< of the fastest rank */
    double avg_seconds;
    double max_seconds;        /**< of the slowest rank */
    double wait_seconds;       /**< of them a rank communicated or waited for others, on average */
    double work_seconds;       /**< the rest, on average; max / average is the imbalance of ranks */
    double work_max_seconds;   /**< of the rank with most of it */
    double cpu_seconds;        /**< processor time, all threads of all ranks together */
    double region_seconds;     /**< in parallel regions, a rank, on average */
    double thread_min_seconds; /**< the thread with least work in parallel regions, of all ranks */
    double thread_avg_seconds;
    double thread_max_seconds;
    int64_t messages;         /**< sent by all ranks */
    int64_t message_bytes;    /**< in them */
    int64_t collectives;      /**< calls of collective operations, by all ranks */
    int64_t collective_bytes; /**< that ranks gave to them */
} gph_phase_t;

/**
 * Times of all phases so far, in order of first use. Collective.
 * @param phases receives at most `room` phases
 * @param room   elements that `phases` holds
 * @param count  receives the number of phases there are
 */
GPH_API gph_status_t gph_context_phases(gph_context_t *context, gph_phase_t *phases, int room,
                                        int *count);

/** What a context spent since it was made, over all ranks, in phases and between them. */
typedef struct gph_usage {
    int hosts;                       /**< hosts that the ranks run on */
    int host_ranks;                  /**< most ranks on one host */
    double wall_seconds;             /**< of the slowest rank */
    double phase_seconds;            /**< of them in phases, on average */
    double cpu_seconds;              /**< processor time, all threads of all ranks together */
    double wait_seconds;             /**< a rank communicated or waited for others, on average */
    int64_t messages;                /**< sent by all ranks */
    int64_t message_bytes;           /**< in them */
    int64_t collectives;             /**< calls of collective operations, by all ranks */
    int64_t collective_bytes;        /**< that ranks gave to them */
    int64_t checkpoints;             /**< written */
    double checkpoint_stall_seconds; /**< that work stood still for them, on the slowest rank */
    double checkpoint_write_seconds; /**< that their writing took, on the slowest rank */
} gph_usage_t;

/** Use of time and network so far. Messages of MPI-IO and of threads that write checkpoints are not
 *  counted. Collective. */
GPH_API gph_status_t gph_context_usage(gph_context_t *context, gph_usage_t *usage);

/** Memory of the context over all ranks, in bytes. */
typedef struct gph_memory {
    int64_t budget;       /**< a rank; 0: no limit */
    int64_t peak_max;     /**< highest peak of library allocations on a rank */
    int64_t peak_sum;     /**< sum of the peaks */
    int64_t resident_max; /**< highest peak of resident memory of a process */
} gph_memory_t;

/** Memory use so far. Collective. */
GPH_API gph_status_t gph_context_memory(gph_context_t *context, gph_memory_t *memory);

#ifdef __cplusplus
}
#endif

#endif
