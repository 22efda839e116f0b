/* Numbering the names of all ranks by byte order: a sample sort of byte strings. */
#include "graph/text_number.h"

#include "graph/names.h"
#include "par/comm.h"
#include "par/tiles.h"

#include <assert.h>
#include <string.h>

/** Most samples a rank gives, and most bytes of each: they guide the cut and need not be exact. */
#define GPH_SAMPLES      128
#define GPH_SAMPLE_BYTES 64

static int64_t name_size(const gph_names_t *names, int64_t i)
{
    return names->offset[i + 1] - names->offset[i];
}

/** Below, at or above 0 as name i of `a` sorts before, with or after name j of `b`. */
static int compare_names(const gph_names_t *a, int64_t i, const gph_names_t *b, int64_t j)
{
    const int64_t size_a = name_size(a, i);
    const int64_t size_b = name_size(b, j);
    const int order = memcmp(a->bytes + a->offset[i], b->bytes + b->offset[j],
                             (size_t)(size_a < size_b ? size_a : size_b));
    return order != 0 ? order : (size_a > size_b) - (size_a < size_b);
}

/** Merges the sorted runs from[begin..middle) and from[middle..end) into to[begin..end). */
static void merge_runs(const gph_names_t *names, const int64_t *from, int64_t begin, int64_t middle,
                       int64_t end, int64_t *to)
{
    int64_t left = begin;
    int64_t right = middle;
    for (int64_t i = begin; i < end; i++) {
        const bool take_left =
            left < middle &&
            (right >= end || compare_names(names, from[left], names, from[right]) <= 0);
        to[i] = take_left ? from[left++] : from[right++];
    }
}

/**
 * Indices of names in byte order. Merge sort: its time has a bound that no input exceeds, and it
 * works on indices without a global that a comparison function would need.
 * @param order receives a gph_alloc() block [names->count]
 */
static gph_status_t sort_names(gph_env_t *env, const gph_names_t *names, int64_t **order)
{
    gph_status_t status = GPH_OK;
    const int64_t count = names->count;
    int64_t *from = NULL;
    int64_t *to = NULL;
    GPH_TRY(gph_alloc(env, count, sizeof *from, &from));
    GPH_TRY(gph_alloc(env, count, sizeof *to, &to));
    for (int64_t i = 0; i < count; i++)
        from[i] = i;
    for (int64_t run = 1; run < count; run *= 2) {
        for (int64_t begin = 0; begin < count; begin += 2 * run) {
            const int64_t middle = count - begin < run ? count : begin + run;
            const int64_t end = count - begin < 2 * run ? count : begin + 2 * run;
            merge_runs(names, from, begin, middle, end, to);
        }
        int64_t *swap = from;
        from = to;
        to = swap;
    }
    *order = from;
    from = NULL;
cleanup:
    gph_free(from);
    gph_free(to);
    return status;
}

/** Copies the first `limit` bytes of names[pick[0..count)], in that order. */
static gph_status_t pick_names(gph_env_t *env, const gph_names_t *names, int64_t count,
                               const int64_t *pick, int64_t limit, gph_names_t *picked)
{
    gph_status_t status = GPH_OK;
    gph_names_t copy = {.count = count};
    assert(pick != NULL || count == 0);
    GPH_TRY(gph_alloc(env, count + 1, sizeof *copy.offset, &copy.offset));
    copy.offset[0] = 0;
    for (int64_t i = 0; i < count; i++) {
        const int64_t size = name_size(names, pick[i]);
        copy.offset[i + 1] = copy.offset[i] + (size < limit ? size : limit);
    }
    GPH_TRY(gph_alloc(env, copy.offset[count], sizeof *copy.bytes, &copy.bytes));
    for (int64_t i = 0; i < count; i++)
        memcpy(copy.bytes + copy.offset[i], names->bytes + names->offset[pick[i]],
               (size_t)name_size(&copy, i));
    *picked = copy;
    copy = (gph_names_t){0};
cleanup:
    gph_names_free(&copy);
    return status;
}

/** Sizes of names, and back: offset[i] is where the name of size[i] begins. */
static gph_status_t sizes_of(gph_env_t *env, const gph_names_t *names, int64_t **size)
{
    const gph_status_t status = gph_alloc(env, names->count, sizeof **size, size);
    for (int64_t i = 0; status == GPH_OK && i < names->count; i++)
        (*size)[i] = name_size(names, i);
    return status;
}

static gph_status_t offsets_of(gph_env_t *env, int64_t count, const int64_t *size, int64_t **offset)
{
    const gph_status_t status = gph_alloc(env, count + 1, sizeof **offset, offset);
    if (status != GPH_OK)
        return status;
    (*offset)[0] = 0;
    for (int64_t i = 0; i < count; i++)
        (*offset)[i + 1] = (*offset)[i] + size[i];
    return GPH_OK;
}

/** Sends send_count[r] names to each rank r, in order, as gph_comm_exchange(). Collective. */
static gph_status_t exchange_names(gph_context_t *context, const gph_names_t *names,
                                   const int64_t *send_count, gph_names_t *received,
                                   int64_t *recv_count)
{
    gph_status_t status = GPH_OK;
    const int64_t ranks = context->ranks;
    int64_t *size = NULL;
    int64_t *sizes = NULL;
    int64_t *bytes = NULL; /* [2 × ranks] to each rank, from each rank */
    gph_names_t got = {0};
    assert(names->offset != NULL);
    GPH_TRY_ALL(context, gph_alloc(context->env, 2 * ranks, sizeof *bytes, &bytes));
    GPH_TRY_ALL(context, sizes_of(context->env, names, &size));
    for (int64_t r = 0, first = 0; r < ranks; first += send_count[r], r++)
        bytes[r] = names->offset[first + send_count[r]] - names->offset[first];

    GPH_TRY(gph_comm_exchange(context, sizeof *size, size, send_count, &sizes, recv_count));
    GPH_TRY(gph_comm_exchange(context, sizeof *names->bytes, names->bytes, bytes, &got.bytes,
                              bytes + ranks));
    for (int64_t r = 0; r < ranks; r++)
        got.count += recv_count[r];
    GPH_TRY_ALL(context, offsets_of(context->env, got.count, sizes, &got.offset));
    *received = got;
    got = (gph_names_t){0};
cleanup:
    gph_free(size);
    gph_free(sizes);
    gph_free(bytes);
    gph_names_free(&got);
    return status;
}

/** Regular samples of sorted names, shortened. */
static gph_status_t take_samples(gph_context_t *context, const gph_names_t *sorted,
                                 gph_names_t *samples)
{
    int64_t pick[GPH_SAMPLES];
    int64_t count = context->ranks < GPH_SAMPLES ? context->ranks : GPH_SAMPLES;
    count = sorted->count < count ? sorted->count : count;
    for (int64_t i = 0; i < count; i++)
        pick[i] = gph_block_start(sorted->count, (int)count, i);
    return pick_names(context->env, sorted, count, pick, GPH_SAMPLE_BYTES, samples);
}

/** Counts the sorted names that go to each rank: rank r gets those from splitter r - 1 up to
 * splitter r, where the splitters are even blocks of the samples of all ranks. */
static gph_status_t cut_by_samples(gph_context_t *context, const gph_names_t *sorted,
                                   int64_t *send_count)
{
    gph_status_t status = GPH_OK;
    const int ranks = context->ranks;
    gph_names_t mine = {0};
    gph_names_t all = {0};
    int64_t *order = NULL;
    GPH_TRY_ALL(context, take_samples(context, sorted, &mine));
    GPH_TRY(gph_names_gather(context, &mine, &all));
    GPH_TRY_ALL(context, sort_names(context->env, &all, &order));
    for (int64_t r = 0, i = 0; r < ranks; r++) {
        const int64_t splitter = gph_block_start(all.count, ranks, r + 1);
        const int64_t before = i;
        while (i < sorted->count &&
               (splitter == all.count || compare_names(sorted, i, &all, order[splitter]) < 0))
            i++;
        send_count[r] = i - before;
    }
cleanup:
    gph_names_free(&mine);
    gph_names_free(&all);
    gph_free(order);
    return status;
}

/**
 * Numbers the names that came to this rank from 0 on, equal names alike.
 * @param number [received->count]
 * @param unique receives each name once, in order
 */
static gph_status_t number_received(gph_env_t *env, const gph_names_t *received, int64_t *number,
                                    gph_names_t *unique)
{
    gph_status_t status = GPH_OK;
    int64_t *order = NULL;
    int64_t count = 0;
    GPH_TRY(sort_names(env, received, &order));
    for (int64_t i = 0; i < received->count; i++) {
        /* The distinct ones move to the front of `order`, never past i. */
        const int64_t name = order[i];
        if (count == 0 || compare_names(received, order[count - 1], received, name) != 0)
            order[count++] = name;
        number[name] = count - 1;
    }
    GPH_TRY(pick_names(env, received, count, order, INT64_MAX, unique));
cleanup:
    gph_free(order);
    return status;
}

/** Moves names whose numbers begin at `first` to the ranks of their even blocks. Collective. */
static gph_status_t move_to_blocks(gph_context_t *context, const gph_names_t *names, int64_t first,
                                   int64_t total, gph_names_t *block)
{
    gph_status_t status = GPH_OK;
    const int ranks = context->ranks;
    int64_t *count = NULL; /* [2 × ranks] to each rank, from each rank */
    GPH_TRY_ALL(context, gph_calloc(context->env, INT64_C(2) * ranks, sizeof *count, &count));
    for (int r = 0; r < ranks; r++) {
        const int64_t begin = gph_block_start(total, ranks, r);
        const int64_t end = gph_block_start(total, ranks, r + 1);
        const int64_t from = begin > first ? begin : first;
        const int64_t to = end < first + names->count ? end : first + names->count;
        count[r] = to > from ? to - from : 0;
    }
    GPH_TRY(exchange_names(context, names, count, block, count + ranks));
cleanup:
    gph_free(count);
    return status;
}

/** Numbers sorted names and keeps this rank's block, as gph_text_number(). Collective. */
static gph_status_t number_sorted(gph_context_t *context, const gph_names_t *sorted,
                                  int64_t *number, int64_t *total, gph_names_t *block)
{
    gph_status_t status = GPH_OK;
    int64_t *send_count = NULL;
    int64_t *recv_count = NULL;
    int64_t *reply = NULL;
    int64_t before = 0;
    int64_t names = 0;
    gph_names_t received = {0};
    gph_names_t unique = {0};
    GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks, sizeof *send_count, &send_count));
    GPH_TRY_ALL(context, gph_alloc(context->env, context->ranks, sizeof *recv_count, &recv_count));
    GPH_TRY(cut_by_samples(context, sorted, send_count));
    GPH_TRY(exchange_names(context, sorted, send_count, &received, recv_count));

    GPH_TRY_ALL(context, gph_alloc(context->env, received.count, sizeof *reply, &reply));
    GPH_TRY_ALL(context, number_received(context->env, &received, reply, &unique));
    GPH_TRY(gph_comm_scan_i64(context, 1, &unique.count, &before, &names));
    for (int64_t i = 0; i < received.count; i++)
        reply[i] += before;
    GPH_TRY(gph_comm_exchange_known(context, sizeof *reply, reply, recv_count, number, send_count));
    GPH_TRY(move_to_blocks(context, &unique, before, names, block));
    *total = names;
cleanup:
    gph_free(send_count);
    gph_free(recv_count);
    gph_free(reply);
    gph_names_free(&received);
    gph_names_free(&unique);
    return status;
}

gph_status_t gph_text_number(gph_context_t *context, const gph_names_t *mine, int64_t *number,
                             int64_t *total, gph_names_t *block)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    int64_t *order = NULL;
    int64_t *sorted_number = NULL;
    gph_names_t sorted = {0};
    GPH_TRY_ALL(context, sort_names(env, mine, &order));
    GPH_TRY_ALL(context, pick_names(env, mine, mine->count, order, INT64_MAX, &sorted));
    GPH_TRY_ALL(context, gph_alloc(env, mine->count, sizeof *sorted_number, &sorted_number));
    GPH_TRY(number_sorted(context, &sorted, sorted_number, total, block));
    for (int64_t i = 0; i < mine->count; i++)
        number[order[i]] = sorted_number[i];
cleanup:
    gph_free(order);
    gph_free(sorted_number);
    gph_names_free(&sorted);
    return status;
}
