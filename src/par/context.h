/** Inside of the context, for the library's own modules. */
#ifndef GPH_PAR_CONTEXT_H
#define GPH_PAR_CONTEXT_H

#include "base/env.h"
#include "gph/par.h"

#include <stdatomic.h>

typedef struct gph_phases gph_phases_t;
typedef struct gph_progress_line gph_progress_line_t;

struct gph_context {
    MPI_Comm comm;           /**< own duplicate; all messages of the library go over it;
                                  MPI_COMM_NULL in a context of gph_context_local() */
    int rank;                /**< 0..ranks-1 */
    int ranks;               /**< processes */
    int threads;             /**< OpenMP threads a rank, at least 1 */
    uint64_t seed;           /**< of all random numbers */
    bool thread_multiple;    /**< MPI gave MPI_THREAD_MULTIPLE */
    bool owns_mpi;           /**< MPI was initialised here */
    gph_progress_t progress; /**< wanted progress line */
    gph_env_t *env;          /**< errors, memory, log, faults */
    gph_phases_t *phases;    /**< timers, NULL inside a parallel region */
    atomic_bool stop;        /**< a stop was asked for */
    double deadline;         /**< gph_clock_now() at which work must have ended; 0: none */
    int64_t ckpt_written;    /**< checkpoints written */
    double ckpt_stall;       /**< seconds that the main thread waited for checkpoints */
    double ckpt_write;       /**< seconds that the I/O thread wrote */
    double born;             /**< gph_clock_now() when it was made */
    double born_cpu;         /**< gph_clock_cpu() then */
    MPI_Request *request;    /**< [2 × ranks] of the running exchange */
    int64_t chunk; /**< most elements (or bytes) in one MPI call; lowered by tests alone */
    double worth;  /**< nanoseconds of work that are worth a thread; 0: gph_team_measure() has not
                        been called; set by tests alone */
};

/**
 * A context for work of this rank alone: calls that are collective agree with nobody, and do not
 * communicate. It shares errors, memory and log, lives as long as the original, is not destroyed.
 * With `threads` 1 it may be used inside a parallel region, where timers are left alone. Local.
 */
gph_context_t gph_context_local(const gph_context_t *context, int threads);

/** Makes empty timers for a rank of so many threads. Local. @return NULL without memory */
gph_phases_t *gph_phases_create(int threads);
/** Frees timers and nulls the pointer. Local. */
void gph_phases_destroy(gph_phases_t **phases);

/**
 * Starts (or goes on with) the timer of a phase. Local. Phases do not nest: one still running, as a
 * failure may leave it, ends here.
 */
void gph_phase_begin(gph_context_t *context, const char *name);
/** Stops the running timer, if any. Local. */
void gph_phase_end(gph_context_t *context);
/** Adds seconds to the named phase on this rank. Local. */
void gph_phase_add(gph_context_t *context, const char *name, double seconds);

/* What the running phase (or the time between phases) spent. Local; but for gph_phase_thread(), to
 * be called by the main thread. `began` is a gph_clock_now(). */

/** Notes one message that this rank sent. */
void gph_phase_message(gph_context_t *context, int64_t bytes);
/** Notes one collective call of MPI, to which this rank gave so many bytes, and the time it took.
 */
void gph_phase_collective(gph_context_t *context, double began, int64_t bytes);
/** Notes time in which this rank communicated or waited for others. */
void gph_phase_wait(gph_context_t *context, double began);
/** Notes that a thread of a parallel region had work from `began` until now. Thread-safe for
 * different threads. */
void gph_phase_thread(const gph_context_t *context, int thread, double began);
/** Notes that a parallel region, whose threads called gph_phase_thread(), lasted until now. */
void gph_phase_region(const gph_context_t *context, double began);

/** Logs one line from rank 0; on other ranks does nothing. Local. */
#define gph_log_root(context, level, ...)                                                          \
    do {                                                                                           \
        if ((context)->rank == 0)                                                                  \
            gph_log((context)->env, (level), __VA_ARGS__);                                         \
    } while (0)

/**
 * Begins a progress line on stderr (rank 0, and only when wanted): "what 42% 1.2e6 unit/s 00:12
 * left".
 * @param total units of work in all (0: unknown)
 * @return NULL where nothing is drawn; every call accepts NULL
 */
gph_progress_line_t *gph_progress_begin(gph_context_t *context, const char *what, const char *unit,
                                        int64_t total);
/** Sets how much is done; redraws at most ten times a second. Thread-safe. Local. */
void gph_progress_set(gph_progress_line_t *line, int64_t done);
/** Wipes the line, frees it and nulls the pointer. Local. */
void gph_progress_end(gph_progress_line_t **line);

#endif
