/* Shuffling: pack by receiver, exchange, put in place. */
#include "dist/shuffle.h"

#include "base/sort.h"
#include "par/comm.h"

#include <string.h>

void gph_shuffle_free(gph_shuffle_t *shuffle)
{
    gph_free(shuffle->order);
    gph_free(shuffle->place);
    gph_free(shuffle->send_count);
    gph_free(shuffle->recv_count);
    *shuffle = (gph_shuffle_t){0};
}

/* Local. Orders the items by receiver; sent[count] receives their numbers in that order. */
static gph_status_t order_items(gph_context_t *context, const int64_t *number,
                                const int64_t *new_start, gph_shuffle_t *shuffle, int64_t **sent)
{
    gph_status_t status = GPH_OK;
    const int ranks = context->ranks;
    const int64_t count = shuffle->count;
    int64_t *cursor = NULL;

    GPH_TRY(gph_calloc(context->env, ranks, sizeof *shuffle->send_count, &shuffle->send_count));
    GPH_TRY(gph_calloc(context->env, ranks, sizeof *shuffle->recv_count, &shuffle->recv_count));
    GPH_TRY(gph_calloc(context->env, ranks, sizeof *cursor, &cursor));
    GPH_TRY(gph_alloc(context->env, count, sizeof *shuffle->order, &shuffle->order));
    GPH_TRY(gph_alloc(context->env, count, sizeof **sent, sent));
    for (int64_t i = 0; i < count; ++i)
        shuffle->send_count[gph_find_range(new_start, ranks, number[i])] += 1;
    for (int r = 1; r < ranks; ++r)
        cursor[r] = cursor[r - 1] + shuffle->send_count[r - 1];
    for (int64_t i = 0; i < count; ++i) {
        const int64_t at = cursor[gph_find_range(new_start, ranks, number[i])]++;
        shuffle->order[at] = i;
        (*sent)[at] = number[i];
    }

cleanup:
    gph_free(cursor);
    return status;
}

gph_status_t gph_shuffle_plan(gph_context_t *context, int64_t count, const int64_t *number,
                              const int64_t *new_start, gph_shuffle_t *shuffle)
{
    gph_status_t status = GPH_OK;
    gph_shuffle_t made = {.count = count};
    int64_t *sent = NULL;

    GPH_TRY_ALL(context, order_items(context, number, new_start, &made, &sent));
    GPH_TRY(gph_comm_exchange(context, sizeof *sent, sent, made.send_count, &made.place,
                              made.recv_count));
    for (int r = 0; r < context->ranks; ++r)
        made.arrived += made.recv_count[r];
    for (int64_t i = 0; i < made.arrived; ++i)
        made.place[i] -= new_start[context->rank];
    *shuffle = made;
    made = (gph_shuffle_t){0};

cleanup:
    gph_free(sent);
    gph_shuffle_free(&made);
    return status;
}

gph_status_t gph_shuffle_items(gph_context_t *context, const gph_shuffle_t *shuffle, size_t size,
                               const void *items, void *moved)
{
    gph_status_t status = GPH_OK;
    const unsigned char *from = items;
    unsigned char *packed = NULL;
    unsigned char *arrived = NULL;
    unsigned char *made = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, shuffle->count, size, &packed));
    GPH_TRY_ALL(context, gph_alloc(context->env, shuffle->arrived, size, &arrived));
    for (int64_t i = 0; i < shuffle->count; ++i)
        memcpy(packed + (size_t)i * size, from + (size_t)shuffle->order[i] * size, size);
    GPH_TRY(gph_comm_exchange_known(context, size, packed, shuffle->send_count, arrived,
                                    shuffle->recv_count));
    gph_free(packed);
    packed = NULL;
    GPH_TRY_ALL(context, gph_alloc(context->env, shuffle->arrived, size, &made));
    for (int64_t i = 0; i < shuffle->arrived; ++i)
        memcpy(made + (size_t)shuffle->place[i] * size, arrived + (size_t)i * size, size);
    memcpy(moved, &made, sizeof made);
    made = NULL;

cleanup:
    gph_free(packed);
    gph_free(arrived);
    gph_free(made);
    return status;
}

/* Elements that go to each rank: those of the rows `row` lists in order of ranks. */
static void count_elements(int ranks, const int64_t *rows, const int64_t *row,
                           const int64_t *offset, int64_t *elements)
{
    int64_t i = 0;
    for (int r = 0; r < ranks; ++r) {
        elements[r] = 0;
        for (const int64_t end = i + rows[r]; i < end; ++i)
            elements[r] += offset[row[i] + 1] - offset[row[i]];
    }
}

/* Moves the lengths of rows; they become the offsets of the new rows. */
static gph_status_t move_offsets(gph_context_t *context, const gph_shuffle_t *shuffle,
                                 const int64_t *offset, int64_t **new_offset)
{
    gph_status_t status = GPH_OK;
    int64_t *length = NULL;
    int64_t *moved = NULL;
    int64_t *made = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, shuffle->count, sizeof *length, &length));
    for (int64_t i = 0; i < shuffle->count; ++i)
        length[i] = offset[i + 1] - offset[i];
    GPH_TRY(gph_shuffle_items(context, shuffle, sizeof *length, length, &moved));
    GPH_TRY_ALL(context, gph_alloc(context->env, shuffle->arrived + 1, sizeof *made, &made));
    made[0] = 0;
    for (int64_t i = 0; i < shuffle->arrived; ++i)
        made[i + 1] = made[i] + moved[i];
    *new_offset = made;
    made = NULL;

cleanup:
    gph_free(length);
    gph_free(moved);
    gph_free(made);
    return status;
}

/* Exchanges the elements; offsets of both sides are known. */
static gph_status_t move_elements(gph_context_t *context, const gph_shuffle_t *shuffle,
                                  const int64_t *offset, size_t size, const unsigned char *elements,
                                  const int64_t *new_offset, unsigned char **moved)
{
    gph_status_t status = GPH_OK;
    const int ranks = context->ranks;
    int64_t *count = NULL; /* [2 × ranks] elements sent, received */
    unsigned char *packed = NULL;
    unsigned char *arrived = NULL;
    unsigned char *made = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, 2 * (int64_t)ranks, sizeof *count, &count));
    count_elements(ranks, shuffle->send_count, shuffle->order, offset, count);
    count_elements(ranks, shuffle->recv_count, shuffle->place, new_offset, count + ranks);
    GPH_TRY_ALL(context, gph_alloc(context->env, offset[shuffle->count], size, &packed));
    GPH_TRY_ALL(context, gph_alloc(context->env, new_offset[shuffle->arrived], size, &arrived));
    unsigned char *to = packed;
    for (int64_t i = 0; i < shuffle->count; ++i) {
        const int64_t row = shuffle->order[i];
        const size_t bytes = (size_t)(offset[row + 1] - offset[row]) * size;
        memcpy(to, elements + (size_t)offset[row] * size, bytes);
        to += bytes;
    }
    GPH_TRY(gph_comm_exchange_known(context, size, packed, count, arrived, count + ranks));
    gph_free(packed);
    packed = NULL;
    GPH_TRY_ALL(context, gph_alloc(context->env, new_offset[shuffle->arrived], size, &made));
    const unsigned char *from = arrived;
    for (int64_t i = 0; i < shuffle->arrived; ++i) {
        const int64_t row = shuffle->place[i];
        const size_t bytes = (size_t)(new_offset[row + 1] - new_offset[row]) * size;
        memcpy(made + (size_t)new_offset[row] * size, from, bytes);
        from += bytes;
    }
    *moved = made;
    made = NULL;

cleanup:
    gph_free(count);
    gph_free(packed);
    gph_free(arrived);
    gph_free(made);
    return status;
}

gph_status_t gph_shuffle_rows(gph_context_t *context, const gph_shuffle_t *shuffle,
                              const int64_t *offset, size_t size, const void *elements,
                              int64_t **new_offset, void *moved)
{
    gph_status_t status = GPH_OK;
    int64_t *made_offset = NULL;
    unsigned char *made = NULL;

    GPH_TRY(move_offsets(context, shuffle, offset, &made_offset));
    GPH_TRY(move_elements(context, shuffle, offset, size, elements, made_offset, &made));
    memcpy(moved, &made, sizeof made);
    if (new_offset != NULL) {
        *new_offset = made_offset;
        made_offset = NULL;
    }

cleanup:
    gph_free(made_offset);
    return status;
}
