/* Agreement on failure and the collectives, in chunks that an int can count. */
#include "par/comm.h"

#include "base/checked.h"
#include "base/clock.h"

#include <assert.h>
#include <string.h>

gph_status_t gph_comm_check(gph_context_t *context, int code, const char *call)
{
    if (code == MPI_SUCCESS)
        return GPH_OK;
    char text[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    if (MPI_Error_string(code, text, &length) != MPI_SUCCESS)
        text[0] = '\0';
    return gph_fail(context->env, GPH_ERR_SYSTEM, "%s failed: %s", call, text);
}

/* --- agreement ------------------------------------------------------------------------------ */

/** A failure as it travels between ranks. */
typedef struct gph_failure {
    int32_t status;
    char message[GPH_ERROR_CHARS];
} gph_failure_t;

/** What this rank has to tell about its failure. */
static gph_failure_t failure_here(const gph_context_t *context, gph_status_t status)
{
    gph_failure_t failure = {.status = (int32_t)status};
    const char *const kept = gph_env_error(context->env);
    // No failure is silent, even where a call forgot its message.
    strncpy(failure.message, kept[0] != '\0' ? kept : gph_status_name(status),
            sizeof failure.message - 1);
    return failure;
}

gph_status_t gph_comm_agree(gph_context_t *context, gph_status_t status)
{
    if (context->comm == MPI_COMM_NULL)
        return status; /* gph_context_local() */
    int lowest = status == GPH_OK ? context->ranks : context->rank;
    const double began = gph_clock_now();
    int code = MPI_Allreduce(MPI_IN_PLACE, &lowest, 1, MPI_INT, MPI_MIN, context->comm);
    gph_phase_collective(context, began, (int64_t)sizeof lowest);
    if (code != MPI_SUCCESS)
        return gph_comm_check(context, code, "MPI_Allreduce");
    if (lowest == context->ranks)
        return GPH_OK;
    gph_failure_t failure = {0};
    if (lowest == context->rank)
        failure = failure_here(context, status);
    code = MPI_Bcast(&failure, (int)sizeof failure, MPI_BYTE, lowest, context->comm);
    if (code != MPI_SUCCESS)
        return gph_comm_check(context, code, "MPI_Bcast");
    gph_env_error_clear(context->env);
    return gph_fail(context->env, (gph_status_t)failure.status, "%s", failure.message);
}

gph_status_t gph_comm_same(gph_context_t *context, const char *what, int64_t value)
{
#ifdef GPH_DEBUG
    // The complement turns the second minimum into a maximum that cannot overflow.
    int64_t lowest[2] = {value, ~value};
    const int code = MPI_Allreduce(MPI_IN_PLACE, lowest, 2, MPI_INT64_T, MPI_MIN, context->comm);
    if (code != MPI_SUCCESS)
        return gph_comm_check(context, code, "MPI_Allreduce");
    if (lowest[0] != ~lowest[1]) {
        gph_env_error_clear(context->env);
        return gph_fail(context->env, GPH_ERR_USAGE, "%s differs between ranks: %lld to %lld", what,
                        (long long)lowest[0], (long long)~lowest[1]);
    }
#else
    (void)context;
    (void)what;
    (void)value;
#endif
    return GPH_OK;
}

/* --- reductions ----------------------------------------------------------------------------- */

/** Elements of the next MPI call when `left` are left. */
static int next_chunk(const gph_context_t *context, int64_t left)
{
    return (int)(left < context->chunk ? left : context->chunk);
}

static gph_status_t reduce(gph_context_t *context, MPI_Op op, MPI_Datatype type, size_t size,
                           int64_t count, void *values)
{
    gph_status_t status = GPH_OK;
    GPH_TRY(gph_comm_same(context, "the length of a reduction", count));
    for (int64_t done = 0; done < count;) {
        const int now = next_chunk(context, count - done);
        const double began = gph_clock_now();
        const int code = MPI_Allreduce(MPI_IN_PLACE, (char *)values + (size_t)done * size, now,
                                       type, op, context->comm);
        gph_phase_collective(context, began, now * (int64_t)size);
        GPH_TRY(gph_comm_check(context, code, "MPI_Allreduce"));
        done += now;
    }
cleanup:
    return status;
}

static MPI_Op mpi_op(gph_reduce_t op)
{
    switch (op) {
    case GPH_SUM:
        return MPI_SUM;
    case GPH_MIN:
        return MPI_MIN;
    case GPH_MAX:
        return MPI_MAX;
    }
    return MPI_OP_NULL;
}

gph_status_t gph_comm_reduce_i64(gph_context_t *context, gph_reduce_t op, int64_t count,
                                 int64_t *values)
{
    return reduce(context, mpi_op(op), MPI_INT64_T, sizeof *values, count, values);
}

gph_status_t gph_comm_reduce_f64(gph_context_t *context, gph_reduce_t op, int64_t count,
                                 double *values)
{
    return reduce(context, mpi_op(op), MPI_DOUBLE, sizeof *values, count, values);
}

/** A 128-bit count as it travels, with a flag that a sum did not fit. */
typedef struct gph_wide {
    uint64_t high;
    uint64_t low;
    uint64_t overflow;
} gph_wide_t;

static gph_count_t wide_to_count(gph_wide_t wide)
{
    return (gph_count_t)wide.high << 64 | wide.low;
}

/** An MPI_User_function: sum[i] += term[i]. */
static void add_wide(void *terms, void *sums, int *length, MPI_Datatype *type)
{
    (void)type;
    const gph_wide_t *term = terms;
    gph_wide_t *sum = sums;
    for (int i = 0; i < *length; i++) {
        gph_count_t total = wide_to_count(sum[i]);
        const bool fits = gph_count_add(&total, wide_to_count(term[i]));
        sum[i].high = (uint64_t)(total >> 64);
        sum[i].low = (uint64_t)total;
        sum[i].overflow |= term[i].overflow | !fits;
    }
}

/** Sums wide[count] over ranks with an operation and a type made for this call. */
static gph_status_t reduce_wide(gph_context_t *context, int64_t count, gph_wide_t *wide)
{
    gph_status_t status = GPH_OK;
    MPI_Op op = MPI_OP_NULL;
    MPI_Datatype type = MPI_DATATYPE_NULL;
    GPH_TRY(gph_comm_check(context, MPI_Op_create(add_wide, 1, &op), "MPI_Op_create"));
    GPH_TRY(gph_comm_check(context, MPI_Type_contiguous(3, MPI_UINT64_T, &type),
                           "MPI_Type_contiguous"));
    GPH_TRY(gph_comm_check(context, MPI_Type_commit(&type), "MPI_Type_commit"));
    GPH_TRY(reduce(context, op, type, sizeof *wide, count, wide));
cleanup:
    if (type != MPI_DATATYPE_NULL)
        MPI_Type_free(&type);
    if (op != MPI_OP_NULL)
        MPI_Op_free(&op);
    return status;
}

gph_status_t gph_comm_sum_count(gph_context_t *context, int64_t count, gph_count_t *values)
{
    gph_status_t status = GPH_OK;
    gph_wide_t *wide = NULL;
    uint64_t overflow = 0;
    GPH_TRY_ALL(context, gph_alloc(context->env, count, sizeof *wide, &wide));
    for (int64_t i = 0; i < count; i++)
        wide[i] = (gph_wide_t){.high = (uint64_t)(values[i] >> 64), .low = (uint64_t)values[i]};
    GPH_TRY(reduce_wide(context, count, wide));
    for (int64_t i = 0; i < count; i++)
        overflow |= wide[i].overflow;
    if (overflow != 0)
        status = gph_fail(context->env, GPH_ERR_USAGE,
                          "a sum over ranks needs more than 128 bits; ask for less at a time");
    // The sums are the same on all ranks, but an error kept before need not be.
    GPH_TRY_ALL(context, status);
    for (int64_t i = 0; i < count; i++)
        values[i] = wide_to_count(wide[i]);
cleanup:
    gph_free(wide);
    return status;
}

gph_status_t gph_comm_scan_i64(gph_context_t *context, int64_t count, const int64_t *values,
                               int64_t *before, int64_t *total)
{
    gph_status_t status = GPH_OK;
    GPH_TRY(gph_comm_same(context, "the length of a scan", count));
    for (int64_t done = 0; before != NULL && done < count;) {
        const int now = next_chunk(context, count - done);
        const double began = gph_clock_now();
        const int code =
            MPI_Exscan(values + done, before + done, now, MPI_INT64_T, MPI_SUM, context->comm);
        gph_phase_collective(context, began, now * (int64_t)sizeof *values);
        GPH_TRY(gph_comm_check(context, code, "MPI_Exscan"));
        done += now;
    }
    // MPI leaves the result of the first rank undefined.
    if (before != NULL && context->rank == 0 && count > 0)
        memset(before, 0, (size_t)count * sizeof *before);
    for (int64_t done = 0; total != NULL && done < count;) {
        const int now = next_chunk(context, count - done);
        const double began = gph_clock_now();
        const int code =
            MPI_Allreduce(values + done, total + done, now, MPI_INT64_T, MPI_SUM, context->comm);
        gph_phase_collective(context, began, now * (int64_t)sizeof *values);
        GPH_TRY(gph_comm_check(context, code, "MPI_Allreduce"));
        done += now;
    }
cleanup:
    return status;
}

/* --- broadcast and gathering ---------------------------------------------------------------- */

/** Broadcast without the check of arguments. */
static gph_status_t bcast(gph_context_t *context, int root, int64_t bytes, void *data)
{
    for (int64_t done = 0; done < bytes;) {
        const int now = next_chunk(context, bytes - done);
        const double began = gph_clock_now();
        const int code = MPI_Bcast((char *)data + done, now, MPI_BYTE, root, context->comm);
        gph_phase_collective(context, began, root == context->rank ? now : 0);
        if (code != MPI_SUCCESS)
            return gph_comm_check(context, code, "MPI_Bcast");
        done += now;
    }
    return GPH_OK;
}

gph_status_t gph_comm_bcast(gph_context_t *context, int root, int64_t bytes, void *data)
{
    gph_status_t status = GPH_OK;
    GPH_TRY(gph_comm_same(context, "the root of a broadcast", root));
    GPH_TRY(gph_comm_same(context, "the length of a broadcast", bytes));
    GPH_TRY(bcast(context, root, bytes, data));
cleanup:
    return status;
}

/**
 * Brings blocks of bytes[rank] to all ranks, one broadcast a block: the way for what one MPI call
 * cannot count. The blocks follow each other in `all`.
 */
static gph_status_t bcast_blocks(gph_context_t *context, const int64_t *bytes, const void *mine,
                                 char *all)
{
    int64_t at = 0;
    for (int rank = 0; rank < context->ranks; rank++) {
        if (rank == context->rank && bytes[rank] > 0)
            memcpy(all + at, mine, (size_t)bytes[rank]);
        const gph_status_t status = bcast(context, rank, bytes[rank], all + at);
        if (status != GPH_OK)
            return status;
        at += bytes[rank];
    }
    return GPH_OK;
}

gph_status_t gph_comm_gather_all(gph_context_t *context, int64_t bytes, const void *mine, void *all)
{
    gph_status_t status = GPH_OK;
    int64_t *block = NULL;
    GPH_TRY(gph_comm_same(context, "the length of a gathering", bytes));
    if (bytes <= context->chunk / context->ranks) {
        const double began = gph_clock_now();
        const int code =
            MPI_Allgather(mine, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, context->comm);
        gph_phase_collective(context, began, bytes);
        GPH_TRY(gph_comm_check(context, code, "MPI_Allgather"));
    } else {
        GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks, sizeof *block, &block));
        for (int rank = 0; rank < context->ranks; rank++)
            block[rank] = bytes;
        GPH_TRY(bcast_blocks(context, block, mine, all));
    }
cleanup:
    gph_free(block);
    return status;
}

gph_status_t gph_comm_starts(gph_context_t *context, int64_t count, int64_t **start)
{
    gph_status_t status = GPH_OK;
    int64_t *made = NULL;
    GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks + 1, sizeof *made, &made));
    GPH_TRY(gph_comm_gather_all(context, sizeof count, &count, made + 1));
    made[0] = 0;
    for (int rank = 0; rank < context->ranks; rank++)
        made[rank + 1] += made[rank];
    *start = made;
    made = NULL;

cleanup:
    gph_free(made);
    return status;
}

/** Sizes of the blocks that are concatenated. */
typedef struct gph_blocks {
    int64_t *bytes; /**< [ranks] */
    int *length;    /**< [ranks] the same, for MPI */
    int *place;     /**< [ranks] first byte of each */
    int64_t total;  /**< bytes in all */
} gph_blocks_t;

static gph_status_t blocks_alloc(const gph_context_t *context, gph_blocks_t *blocks)
{
    gph_status_t status = GPH_OK;
    GPH_TRY(gph_alloc(context->env, context->ranks, sizeof *blocks->bytes, &blocks->bytes));
    GPH_TRY(gph_alloc(context->env, context->ranks, sizeof *blocks->length, &blocks->length));
    GPH_TRY(gph_alloc(context->env, context->ranks, sizeof *blocks->place, &blocks->place));
cleanup:
    return status;
}

static void blocks_free(gph_blocks_t *blocks)
{
    gph_free(blocks->bytes);
    gph_free(blocks->length);
    gph_free(blocks->place);
}

static gph_status_t blocks_add_up(const gph_context_t *context, gph_blocks_t *blocks)
{
    for (int rank = 0; rank < context->ranks; rank++)
        if (!gph_add_i64(blocks->total, blocks->bytes[rank], &blocks->total))
            return gph_fail(context->env, GPH_ERR_INTERNAL, "a concatenation of 2^63 bytes");
    return GPH_OK;
}

/** Brings all blocks to all ranks, in one call where an int can count their bytes. */
static gph_status_t gather_blocks(gph_context_t *context, gph_blocks_t *blocks, const void *mine,
                                  char *all)
{
    if (blocks->total > context->chunk)
        return bcast_blocks(context, blocks->bytes, mine, all);
    int at = 0;
    for (int rank = 0; rank < context->ranks; rank++) {
        blocks->length[rank] = (int)blocks->bytes[rank];
        blocks->place[rank] = at;
        at += blocks->length[rank];
    }
    const double began = gph_clock_now();
    const int code = MPI_Allgatherv(mine, blocks->length[context->rank], MPI_BYTE, all,
                                    blocks->length, blocks->place, MPI_BYTE, context->comm);
    gph_phase_collective(context, began, blocks->bytes[context->rank]);
    return gph_comm_check(context, code, "MPI_Allgatherv");
}

gph_status_t gph_comm_sum_digest(gph_context_t *context, gph_digest_t *digest)
{
    gph_status_t status = GPH_OK;
    gph_digest_t *all = NULL;
    gph_digest_t sum = {0, 0};

    GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks, sizeof *all, &all));
    GPH_TRY(gph_comm_gather_all(context, sizeof *digest, digest, all));
    for (int rank = 0; rank < context->ranks; rank++)
        gph_digest_add(&sum, all[rank]);
    *digest = sum;

cleanup:
    gph_free(all);
    return status;
}

gph_status_t gph_comm_concat_all(gph_context_t *context, int64_t count, size_t size,
                                 const void *mine, void *all, int64_t *total)
{
    assert(count >= 0 && size > 0);
    gph_status_t status = GPH_OK;
    gph_blocks_t blocks = {0};
    char *joined = NULL;
    int64_t bytes = 0;
    GPH_TRY(gph_comm_same(context, "the size of an element", (int64_t)size));
    if (!gph_mul_i64(count, (int64_t)size, &bytes))
        status = gph_fail(context->env, GPH_ERR_INTERNAL, "a concatenation of 2^63 bytes");
    if (status == GPH_OK)
        status = blocks_alloc(context, &blocks);
    GPH_TRY_ALL(context, status);
    GPH_TRY(gph_comm_gather_all(context, sizeof bytes, &bytes, blocks.bytes));
    status = blocks_add_up(context, &blocks);
    if (status == GPH_OK)
        status = gph_alloc(context->env, blocks.total, 1, &joined);
    GPH_TRY_ALL(context, status);
    GPH_TRY(gather_blocks(context, &blocks, mine, joined));
    *total = blocks.total / (int64_t)size;
    memcpy(all, &joined, sizeof joined);
    joined = NULL;
cleanup:
    gph_free(joined);
    blocks_free(&blocks);
    return status;
}
