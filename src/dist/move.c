/* Moving arrays between consecutive distributions: one exchange, no packing. */
#include "dist/move.h"

#include "par/comm.h"

/* Items of [begin, begin + count) that fall into the new range of rank r: [*low, *high) locally. */
static void overlap(int64_t begin, int64_t count, const int64_t *new_start, int rank, int64_t *low,
                    int64_t *high)
{
    const int64_t first = new_start[rank] - begin;
    const int64_t last = new_start[rank + 1] - begin;
    /* A range before or behind all items of this rank is empty at that end of them. */
    *low = first < 0 ? 0 : first > count ? count : first;
    *high = last < 0 ? 0 : last > count ? count : last;
}

gph_status_t gph_move_items(gph_context_t *context, int64_t begin, int64_t count, size_t size,
                            const void *items, const int64_t *new_start, void *moved)
{
    gph_status_t status = GPH_OK;
    int64_t *send_count = NULL;

    GPH_TRY_ALL(context, gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *send_count,
                                    &send_count));
    for (int r = 0; r < context->ranks; ++r) {
        int64_t low = 0;
        int64_t high = 0;
        overlap(begin, count, new_start, r, &low, &high);
        send_count[r] = high - low;
    }
    GPH_TRY(
        gph_comm_exchange(context, size, items, send_count, moved, send_count + context->ranks));

cleanup:
    gph_free(send_count);
    return status;
}

/* Offsets of rows from their lengths. */
static gph_status_t offsets_of(gph_env_t *env, int64_t rows, const int64_t *length,
                               int64_t **offset)
{
    gph_status_t status = gph_alloc(env, rows + 1, sizeof **offset, offset);
    if (status != GPH_OK)
        return status;
    (*offset)[0] = 0;
    for (int64_t i = 0; i < rows; ++i)
        (*offset)[i + 1] = (*offset)[i] + length[i];
    return GPH_OK;
}

gph_status_t gph_move_rows(gph_context_t *context, int64_t begin, int64_t count,
                           const int64_t *offset, size_t size, const void *elements,
                           const int64_t *new_start, int64_t **new_offset, void *moved)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    const int64_t rows = new_start[context->rank + 1] - new_start[context->rank];
    int64_t *length = NULL;
    int64_t *new_length = NULL;
    int64_t *made_offset = NULL;
    int64_t *send_count = NULL;

    if (new_offset != NULL) {
        GPH_TRY_ALL(context, gph_alloc(env, count, sizeof *length, &length));
        for (int64_t i = 0; i < count; ++i)
            length[i] = offset[i + 1] - offset[i];
        GPH_TRY(
            gph_move_items(context, begin, count, sizeof *length, length, new_start, &new_length));
        GPH_TRY_ALL(context, offsets_of(env, rows, new_length, &made_offset));
    }
    GPH_TRY_ALL(context,
                gph_calloc(env, 2 * (int64_t)context->ranks, sizeof *send_count, &send_count));
    for (int r = 0; r < context->ranks; ++r) {
        int64_t low = 0;
        int64_t high = 0;
        overlap(begin, count, new_start, r, &low, &high);
        send_count[r] = offset[high] - offset[low];
    }
    GPH_TRY(
        gph_comm_exchange(context, size, elements, send_count, moved, send_count + context->ranks));
    if (new_offset != NULL) {
        *new_offset = made_offset;
        made_offset = NULL;
    }

cleanup:
    gph_free(length);
    gph_free(new_length);
    gph_free(made_offset);
    gph_free(send_count);
    return status;
}
