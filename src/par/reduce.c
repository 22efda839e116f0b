/* Reductions over ranks of the accumulators of base/sum.h. */
#include "par/reduce.h"

#include "base/clock.h"
#include "par/comm.h"
#include "par/team.h"

#include <inttypes.h>

/* --- accumulators --------------------------------------------------------------------------- */

/** An MPI_User_function: sum[i] += term[i], exactly. */
static void add_exact(void *terms, void *sums, int *length, MPI_Datatype *type)
{
    (void)type;
    const gph_sum_t *term = terms;
    gph_sum_t *sum = sums;
    for (int i = 0; i < *length; i++)
        gph_sum_merge(&sum[i], &term[i]);
}

static void add_bins_f32(void *terms, void *sums, int *length, MPI_Datatype *type)
{
    (void)type;
    gph_bins_merge_raw(GPH_BINS_F32, *length, terms, sums);
}

static void add_bins_f64(void *terms, void *sums, int *length, MPI_Datatype *type)
{
    (void)type;
    gph_bins_merge_raw(GPH_BINS_F64, *length, terms, sums);
}

/** Reduces values[count], each of `words` numbers of type `word`, by an operation that commutes. */
static gph_status_t reduce(gph_context_t *context, MPI_User_function *add, int words,
                           MPI_Datatype word, size_t size, int64_t count, void *values)
{
    gph_status_t status = GPH_OK;
    MPI_Op op = MPI_OP_NULL;
    MPI_Datatype type = MPI_DATATYPE_NULL;
    GPH_TRY(gph_comm_check(context, MPI_Op_create(add, 1, &op), "MPI_Op_create"));
    GPH_TRY(
        gph_comm_check(context, MPI_Type_contiguous(words, word, &type), "MPI_Type_contiguous"));
    GPH_TRY(gph_comm_check(context, MPI_Type_commit(&type), "MPI_Type_commit"));
    for (int64_t done = 0; done < count;) {
        const int64_t left = count - done;
        const int now = (int)(left < context->chunk ? left : context->chunk);
        const double began = gph_clock_now();
        const int code = MPI_Allreduce(MPI_IN_PLACE, (char *)values + (size_t)done * size, now,
                                       type, op, context->comm);
        gph_phase_collective(context, began, now * (int64_t)size);
        GPH_TRY(gph_comm_check(context, code, "MPI_Allreduce"));
        done += now;
    }
cleanup:
    if (type != MPI_DATATYPE_NULL)
        MPI_Type_free(&type);
    if (op != MPI_OP_NULL)
        MPI_Op_free(&op);
    return status;
}

gph_status_t gph_reduce_exact(gph_context_t *context, int64_t count, gph_sum_t *sums)
{
    _Static_assert(sizeof *sums == (GPH_SUM_WORDS + 1) * sizeof(uint64_t), "words alone");
    gph_status_t status = GPH_OK;
    GPH_TRY(gph_comm_same(context, "the length of a reduction", count));
    GPH_TRY(reduce(context, add_exact, GPH_SUM_WORDS + 1, MPI_UINT64_T, sizeof *sums, count, sums));
cleanup:
    return status;
}

gph_status_t gph_reduce_bins(gph_context_t *context, gph_bins_t *bins)
{
    gph_status_t status = GPH_OK;
    int64_t terms = bins->terms;
    GPH_TRY(gph_comm_same(context, "the length of a reduction", bins->count));
    GPH_TRY(gph_comm_same(context, "the kind of a reduction", bins->kind));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &terms));
    if (terms > GPH_BINS_TERMS)
        status = gph_fail(context->env, GPH_ERR_USAGE,
                          "a binned sum takes at most %" PRId64 " values, but has %" PRId64
                          " over all ranks",
                          GPH_BINS_TERMS, terms);
    // The number is the same on all ranks, but an error kept before need not be.
    GPH_TRY_ALL(context, status);
    GPH_TRY(reduce(context, bins->kind == GPH_BINS_F32 ? add_bins_f32 : add_bins_f64,
                   (int)bins->kind, MPI_DOUBLE, (size_t)bins->kind * sizeof *bins->bin, bins->count,
                   bins->bin));
    bins->terms = terms;
cleanup:
    return status;
}

/* --- sums by element ------------------------------------------------------------------------ */

/** Elements that are summed at a time. */
#define SLICE (INT64_C(1) << 20)

/** Fewest elements that are worth a thread. */
enum { GRAIN = 4096 };

/** One slice of the rows that are summed; either x or y. */
typedef struct slice {
    gph_bins_t bins;
    int64_t rows;
    int64_t stride;
    const float *x; /**< first element of the slice in the first row */
    const double *y;
} slice_t;

static gph_status_t add_range(void *data, int64_t begin, int64_t end, int thread)
{
    slice_t *slice = data;
    (void)thread;
    if (slice->x != NULL)
        gph_bins_add_range_f32(&slice->bins, begin, end - begin, slice->rows, slice->stride,
                               slice->x + begin);
    else
        gph_bins_add_range_f64(&slice->bins, begin, end - begin, slice->rows, slice->stride,
                               slice->y + begin);
    return GPH_OK;
}

/** Empties the bins, and adds the rows of this rank and of all others. */
static gph_status_t sum_slice(gph_context_t *context, slice_t *slice)
{
    gph_bins_clear(&slice->bins);
    gph_status_t status = gph_bins_expect(&slice->bins, slice->rows);
    if (status == GPH_OK && slice->rows > 0)
        status = gph_team_ranges(context, slice->bins.count, GRAIN, add_range, slice);
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_reduce_bins(context, &slice->bins));
cleanup:
    return status;
}

/** Sums x by element into sums_x, or y into sums_y. */
static gph_status_t reduce_rows(gph_context_t *context, gph_bins_kind_t kind, int64_t count,
                                int64_t rows, const float *x, const double *y, float *sums_x,
                                double *sums_y)
{
    gph_status_t status = GPH_OK;
    slice_t slice = {.rows = rows, .stride = count};
    if (count < 0 || rows < 0)
        status = gph_fail(context->env, GPH_ERR_USAGE,
                          "a sum of %" PRId64 " rows of %" PRId64 " elements", rows, count);
    if (status == GPH_OK)
        status = gph_bins_init(context->env, kind, count < SLICE ? count : SLICE, &slice.bins);
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_comm_same(context, "the length of a sum", count));
    for (int64_t done = 0; done < count; done += slice.bins.count) {
        if (count - done < slice.bins.count)
            slice.bins.count = count - done;
        slice.x = x != NULL ? x + done : NULL;
        slice.y = y != NULL ? y + done : NULL;
        GPH_TRY(sum_slice(context, &slice));
        if (kind == GPH_BINS_F32)
            gph_bins_finish_f32(&slice.bins, sums_x + done);
        else
            gph_bins_finish_f64(&slice.bins, sums_y + done);
    }
cleanup:
    gph_bins_free(&slice.bins);
    return status;
}

gph_status_t gph_reduce_sum_f32(gph_context_t *context, int64_t count, int64_t rows,
                                const float *values, float *sums)
{
    return reduce_rows(context, GPH_BINS_F32, count, rows, values, NULL, sums, NULL);
}

gph_status_t gph_reduce_sum_f64(gph_context_t *context, int64_t count, int64_t rows,
                                const double *values, double *sums)
{
    return reduce_rows(context, GPH_BINS_F64, count, rows, NULL, values, NULL, sums);
}

/* --- one sum -------------------------------------------------------------------------------- */

/** The values of this rank, either x or y, and a sum for each thread. */
typedef struct total {
    const float *x;
    const double *y;
    gph_sum_t *sum; /**< [threads] */
} total_t;

static gph_status_t add_total(void *data, int64_t begin, int64_t end, int thread)
{
    const total_t *total = data;
    gph_sum_t sum = {0};
    if (total->x != NULL)
        gph_sum_add_f32(&sum, end - begin, total->x + begin);
    else
        gph_sum_add_f64(&sum, end - begin, total->y + begin);
    gph_sum_merge(&total->sum[thread], &sum);
    return GPH_OK;
}

static gph_status_t reduce_total(gph_context_t *context, int64_t count, const float *x,
                                 const double *y, double *result)
{
    gph_status_t status = GPH_OK;
    total_t total = {.x = x, .y = y};
    if (count < 0)
        status = gph_fail(context->env, GPH_ERR_USAGE, "a sum of %" PRId64 " values", count);
    if (status == GPH_OK)
        status = gph_calloc(context->env, context->threads, sizeof *total.sum, &total.sum);
    if (status == GPH_OK)
        status = gph_team_ranges(context, count, GRAIN, add_total, &total);
    GPH_TRY_ALL(context, status);
    for (int thread = 1; thread < context->threads; thread++)
        gph_sum_merge(&total.sum[0], &total.sum[thread]);
    GPH_TRY(gph_reduce_exact(context, 1, total.sum));
    *result = gph_sum_f64(total.sum);
cleanup:
    gph_free(total.sum);
    return status;
}

gph_status_t gph_reduce_total_f32(gph_context_t *context, int64_t count, const float *values,
                                  double *total)
{
    return reduce_total(context, count, values, NULL, total);
}

gph_status_t gph_reduce_total_f64(gph_context_t *context, int64_t count, const double *values,
                                  double *total)
{
    return reduce_total(context, count, NULL, values, total);
}
