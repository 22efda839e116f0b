/* Numbering communities: a sort by samples of records (size, smallest clique). */
#include "clique/communities.h"
#include "par/comm.h"

#include <string.h>

/* Samples that a rank contributes for each rank. */
enum { SAMPLES = 16 };

/*
 * A record: words 0..k order it (INT64_MAX less the size, then the smallest clique), word k + 1 is
 * its index where it comes from, word k + 2 the rank there.
 */
typedef struct records {
    int k;
    int64_t width; /* k + 3 */
    int64_t count;
    int64_t *word; /* [count × width] */
} records_t;

static const int64_t *record(const records_t *records, int64_t i)
{
    return records->word + i * records->width;
}

static int compare(const records_t *records, const int64_t *a, const int64_t *b)
{
    return gph_compare_row(records->k + 1, a, b);
}

/* Stable sort, by one word after the other from the last. */
static gph_status_t sort_records(gph_env_t *env, records_t *records)
{
    gph_status_t status = GPH_OK;
    const int64_t width = records->width;
    gph_pair_t *pair = NULL;
    int64_t *order = NULL;
    int64_t *sorted = NULL;

    GPH_TRY(gph_alloc(env, records->count, sizeof *pair, &pair));
    GPH_TRY(gph_alloc(env, records->count, sizeof *order, &order));
    GPH_TRY(gph_alloc(env, records->count, (size_t)width * sizeof *sorted, &sorted));
    for (int64_t i = 0; i < records->count; ++i)
        order[i] = i;
    for (int w = records->k; w >= 0; --w) {
        /* The place so far breaks ties, and is turned back into the record that stood there. */
        for (int64_t i = 0; i < records->count; ++i)
            pair[i] = (gph_pair_t){record(records, order[i])[w], i};
        GPH_TRY(gph_sort_pairs(env, records->count, pair, NULL));
        for (int64_t i = 0; i < records->count; ++i)
            sorted[i] = order[pair[i].b];
        memcpy(order, sorted, (size_t)records->count * sizeof *order);
    }
    for (int64_t i = 0; i < records->count; ++i)
        memcpy(sorted + i * width, record(records, order[i]), (size_t)width * sizeof *sorted);
    gph_free(records->word);
    records->word = sorted;
    sorted = NULL;

cleanup:
    gph_free(pair);
    gph_free(order);
    gph_free(sorted);
    return status;
}

static gph_status_t make_records(const gph_context_t *context, const gph_community_keys_t *keys,
                                 records_t *records)
{
    const int k = keys->k;
    *records = (records_t){k, k + 3, keys->count, NULL};
    const gph_status_t status = gph_alloc(
        context->env, keys->count, (size_t)records->width * sizeof *records->word, &records->word);
    if (status != GPH_OK)
        return status;
    for (int64_t i = 0; i < keys->count; ++i) {
        int64_t *word = records->word + i * records->width;
        word[0] = INT64_MAX - keys->size[i];
        memcpy(word + 1, keys->key + i * k, (size_t)k * sizeof *word);
        word[k + 1] = i;
        word[k + 2] = context->rank;
    }
    return sort_records(context->env, records);
}

/* Some records of each rank, sorted, the same on all ranks. */
static gph_status_t sample(gph_context_t *context, const records_t *records, records_t *samples)
{
    gph_status_t status = GPH_OK;
    const int64_t most = SAMPLES * (int64_t)context->ranks;
    const int64_t count = records->count < most ? records->count : most;
    int64_t *mine = NULL;

    *samples = (records_t){records->k, records->width, 0, NULL};
    GPH_TRY_ALL(context,
                gph_alloc(context->env, count, (size_t)records->width * sizeof *mine, &mine));
    for (int64_t i = 0; i < count; ++i)
        memcpy(mine + i * records->width, record(records, i * records->count / count),
               (size_t)records->width * sizeof *mine);
    GPH_TRY(gph_comm_concat_all(context, count, (size_t)records->width * sizeof *mine, mine,
                                &samples->word, &samples->count));
    GPH_TRY_ALL(context, sort_records(context->env, samples));

cleanup:
    gph_free(mine);
    return status;
}

/* Sorted records move to the rank between whose samples they lie. */
static gph_status_t move_records(gph_context_t *context, records_t *records)
{
    gph_status_t status = GPH_OK;
    records_t samples = {0};
    int64_t *count = NULL; /* [2 × ranks] sent, received */
    int64_t *moved = NULL;
    int r = 0;

    GPH_TRY(sample(context, records, &samples));
    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    for (int64_t i = 0; i < records->count; ++i) {
        while (r + 1 < context->ranks &&
               compare(records, record(records, i),
                       record(&samples, (r + 1) * samples.count / context->ranks)) >= 0)
            ++r;
        count[r] += 1;
    }
    GPH_TRY(gph_comm_exchange(context, (size_t)records->width * sizeof *moved, records->word, count,
                              &moved, count + context->ranks));
    gph_free(records->word);
    records->word = moved;
    records->count = 0;
    for (r = 0; r < context->ranks; ++r)
        records->count += count[context->ranks + r];
    GPH_TRY_ALL(context, sort_records(context->env, records));

cleanup:
    gph_free(count);
    gph_free(samples.word);
    return status;
}

/* What a community is told. */
typedef struct reply {
    int64_t index;
    int64_t number;
    int64_t place;
} reply_t;

/* Numbers and places of the records here. */
static gph_status_t count_off(gph_context_t *context, const records_t *records,
                              gph_communities_t *c)
{
    gph_status_t status = GPH_OK;
    int64_t sum[2] = {records->count, 0};
    int64_t before[2] = {0, 0};
    int64_t total[2] = {0, 0};
    int64_t largest = 0;

    for (int64_t i = 0; i < records->count; ++i) {
        const int64_t size = INT64_MAX - record(records, i)[0];
        sum[1] += size;
        largest = size > largest ? size : largest;
    }
    GPH_TRY(gph_comm_scan_i64(context, 2, sum, before, total));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 1, &largest));
    GPH_TRY_ALL(context, gph_alloc(context->env, records->count, sizeof *c->offset, &c->offset));
    c->count = total[0];
    c->members = total[1];
    c->largest = largest;
    c->first = before[0];
    c->numbered = records->count;
    for (int64_t i = 0; i < records->count; ++i) {
        c->offset[i] = before[1];
        before[1] += INT64_MAX - record(records, i)[0];
    }

cleanup:
    return status;
}

/* Packs what the ranks are told that the records come from. */
static gph_status_t pack_replies(const gph_context_t *context, const records_t *records,
                                 const gph_communities_t *c, int64_t *count, reply_t **packed)
{
    gph_status_t status = GPH_OK;
    const int k = records->k;
    int64_t *cursor = NULL;

    GPH_TRY(gph_calloc(context->env, context->ranks, sizeof *cursor, &cursor));
    GPH_TRY(gph_alloc(context->env, records->count, sizeof **packed, packed));
    for (int64_t i = 0; i < records->count; ++i)
        count[record(records, i)[k + 2]] += 1;
    for (int r = 1; r < context->ranks; ++r)
        cursor[r] = cursor[r - 1] + count[r - 1];
    for (int64_t i = 0; i < records->count; ++i)
        (*packed)[cursor[record(records, i)[k + 2]]++] =
            (reply_t){record(records, i)[k + 1], c->first + i, c->offset[i]};

cleanup:
    gph_free(cursor);
    return status;
}

static gph_status_t answer(gph_context_t *context, const records_t *records,
                           const gph_communities_t *c, reply_t **got)
{
    gph_status_t status = GPH_OK;
    int64_t *count = NULL; /* [2 × ranks] sent, received */
    reply_t *packed = NULL;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY_ALL(context, pack_replies(context, records, c, count, &packed));
    GPH_TRY(gph_comm_exchange(context, sizeof *packed, packed, count, got, count + context->ranks));

cleanup:
    gph_free(count);
    gph_free(packed);
    return status;
}

gph_status_t gph_communities_number(gph_context_t *context, const gph_community_keys_t *keys,
                                    int64_t **number, int64_t **place,
                                    gph_communities_t *communities)
{
    gph_status_t status = GPH_OK;
    records_t records = {0};
    reply_t *reply = NULL;
    int64_t *numbers = NULL;
    int64_t *places = NULL;

    GPH_TRY_ALL(context, make_records(context, keys, &records));
    GPH_TRY(move_records(context, &records));
    GPH_TRY(count_off(context, &records, communities));
    GPH_TRY(answer(context, &records, communities, &reply));
    GPH_TRY_ALL(context, gph_alloc(context->env, keys->count, sizeof *numbers, &numbers));
    GPH_TRY_ALL(context, gph_alloc(context->env, keys->count, sizeof *places, &places));
    for (int64_t i = 0; i < keys->count; ++i) {
        numbers[reply[i].index] = reply[i].number;
        places[reply[i].index] = reply[i].place;
    }
    *number = numbers;
    *place = places;
    numbers = NULL;
    places = NULL;

cleanup:
    gph_free(records.word);
    gph_free(reply);
    gph_free(numbers);
    gph_free(places);
    return status;
}
