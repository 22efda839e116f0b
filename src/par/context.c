/* The context: creation, destruction, what it knows of itself, and its memory over all ranks. */
#include "par/context.h"

#include "base/clock.h"
#include "par/comm.h"

#include <limits.h>
#include <omp.h>
#include <stdlib.h>
#include <sys/resource.h>

gph_context_options_t gph_context_options_default(void)
{
    return (gph_context_options_t){
        .seed = 1,
        .level = GPH_LOG_WARN,
        .progress = GPH_PROGRESS_NEVER,
    };
}

static bool options_are_valid(const gph_context_options_t *options)
{
    return options->threads >= 0 && options->max_memory >= 0 && options->level <= GPH_LOG_DEBUG &&
           options->progress <= GPH_PROGRESS_NEVER;
}

/** Initialises MPI unless the caller has. */
static gph_status_t start_mpi(bool *owns_mpi)
{
    int initialised = 0;
    int finalised = 0;
    int provided = MPI_THREAD_SINGLE;
    if (MPI_Initialized(&initialised) != MPI_SUCCESS || MPI_Finalized(&finalised) != MPI_SUCCESS ||
        finalised)
        return GPH_ERR_SYSTEM;
    if (!initialised && MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &provided) != MPI_SUCCESS)
        return GPH_ERR_SYSTEM;
    *owns_mpi = !initialised;
    return GPH_OK;
}

/** Duplicates the caller's communicator and learns this rank's place in it. */
static gph_status_t join(gph_context_t *context, MPI_Comm comm)
{
    int level = MPI_THREAD_SINGLE;
    if (MPI_Comm_dup(comm, &context->comm) != MPI_SUCCESS) {
        context->comm = MPI_COMM_NULL;
        return GPH_ERR_SYSTEM;
    }
    if (MPI_Comm_set_errhandler(context->comm, MPI_ERRORS_RETURN) != MPI_SUCCESS ||
        MPI_Comm_rank(context->comm, &context->rank) != MPI_SUCCESS ||
        MPI_Comm_size(context->comm, &context->ranks) != MPI_SUCCESS ||
        MPI_Query_thread(&level) != MPI_SUCCESS)
        return GPH_ERR_SYSTEM;
    context->thread_multiple = level == MPI_THREAD_MULTIPLE;
    return GPH_OK;
}

/** Allocates the parts of a context. They are few and small: the budget is for graphs. */
static gph_context_t *allocate_parts(const gph_context_t *known,
                                     const gph_context_options_t *options)
{
    gph_context_t *made = malloc(sizeof *made);
    if (made == NULL)
        return NULL;
    *made = *known;
    made->phases = gph_phases_create(made->threads);
    made->request = malloc(2 * (size_t)made->ranks * sizeof *made->request);
    if (made->phases == NULL || made->request == NULL ||
        gph_env_create(options->max_memory, &made->env) != GPH_OK) {
        gph_phases_destroy(&made->phases);
        free(made->request);
        free(made);
        return NULL;
    }
    return made;
}

/** Frees the parts of a context and, where it was started here, ends MPI. */
static void dismantle(gph_context_t *context)
{
    int finalised = 0;
    if (MPI_Finalized(&finalised) != MPI_SUCCESS || finalised)
        return;
    if (context->comm != MPI_COMM_NULL)
        MPI_Comm_free(&context->comm);
    if (context->owns_mpi)
        MPI_Finalize();
}

/** Only rank 0 tells more than errors, as gph_log_sink promises. */
static gph_log_level_t level_of_rank(int rank, gph_log_level_t level)
{
    return rank == 0 || level < GPH_LOG_ERROR ? level : GPH_LOG_ERROR;
}

gph_status_t gph_context_create(MPI_Comm comm, const gph_context_options_t *options,
                                gph_context_t **context)
{
    const gph_context_options_t defaults = gph_context_options_default();
    const gph_context_options_t *wanted = options != NULL ? options : &defaults;
    if (context == NULL || comm == MPI_COMM_NULL || !options_are_valid(wanted))
        return GPH_ERR_USAGE;
    gph_context_t known = {.comm = MPI_COMM_NULL, .chunk = INT_MAX};
    known.born = gph_clock_now();
    known.born_cpu = gph_clock_cpu();
    known.seed = wanted->seed;
    known.progress = wanted->progress;
    known.threads = wanted->threads > 0 ? wanted->threads : omp_get_max_threads();
    gph_context_t *made = NULL;
    gph_status_t status = GPH_OK;
    GPH_TRY(start_mpi(&known.owns_mpi));
    GPH_TRY(join(&known, comm));
    made = allocate_parts(&known, wanted);
    int everywhere = made != NULL;
    if (MPI_Allreduce(MPI_IN_PLACE, &everywhere, 1, MPI_INT, MPI_MIN, known.comm) != MPI_SUCCESS)
        status = GPH_ERR_SYSTEM;
    else if (!everywhere)
        status = GPH_ERR_MEMORY;
    if (status == GPH_OK) {
        gph_env_set_log(made->env, level_of_rank(made->rank, wanted->level), wanted->log,
                        wanted->log_data);
        *context = made;
    }
cleanup:
    if (status != GPH_OK && made != NULL)
        gph_context_destroy(&made);
    else if (status != GPH_OK)
        dismantle(&known);
    return status;
}

gph_context_t gph_context_local(const gph_context_t *context, int threads)
{
    return (gph_context_t){
        .comm = MPI_COMM_NULL,
        .ranks = 1,
        .threads = threads,
        .seed = context->seed,
        .env = context->env,
        .phases = threads > 1 ? context->phases : NULL,
        .chunk = context->chunk,
        .worth = context->worth,
    };
}

void gph_context_destroy(gph_context_t **context)
{
    if (context == NULL || *context == NULL)
        return;
    gph_context_t *old = *context;
    dismantle(old);
    gph_phases_destroy(&old->phases);
    gph_env_destroy(&old->env);
    free(old->request);
    free(old);
    *context = NULL;
}

int gph_context_rank(const gph_context_t *context)
{
    return context->rank;
}

int gph_context_ranks(const gph_context_t *context)
{
    return context->ranks;
}

int gph_context_threads(const gph_context_t *context)
{
    return context->threads;
}

uint64_t gph_context_seed(const gph_context_t *context)
{
    return context->seed;
}

const char *gph_context_error(const gph_context_t *context)
{
    return gph_env_error(context->env);
}

void gph_context_clear_error(gph_context_t *context)
{
    gph_env_error_clear(context->env);
}

void gph_context_request_stop(gph_context_t *context)
{
    atomic_store_explicit(&context->stop, true, memory_order_relaxed);
}

bool gph_context_stop_requested(const gph_context_t *context)
{
    return atomic_load_explicit(&context->stop, memory_order_relaxed);
}

void gph_context_set_time_limit(gph_context_t *context, double seconds)
{
    context->deadline = seconds > 0 ? gph_clock_now() + seconds : 0;
}

gph_status_t gph_context_memory(gph_context_t *context, gph_memory_t *memory)
{
    gph_status_t status = GPH_OK;
    struct rusage usage = {0};
    if (memory == NULL)
        status = gph_fail(context->env, GPH_ERR_USAGE, "no place for the memory use");
    else if (getrusage(RUSAGE_SELF, &usage) != 0)
        status = gph_fail(context->env, GPH_ERR_SYSTEM, "getrusage failed");
    GPH_TRY_ALL(context, status);
    int64_t sum = gph_mem_peak(context->env);
    // The system counts in KiB.
    int64_t highest[2] = {sum, (int64_t)usage.ru_maxrss * 1024};
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 2, highest));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &sum));
    *memory = (gph_memory_t){
        .budget = gph_mem_limit(context->env),
        .peak_max = highest[0],
        .peak_sum = sum,
        .resident_max = highest[1],
    };
cleanup:
    return status;
}
