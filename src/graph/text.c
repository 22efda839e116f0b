/* The graph of a text: pairs of units that occur near each other, also across rank boundaries. */
#include "graph/text.h"

#include "base/random.h"
#include "base/sort.h"
#include "graph/text_number.h"
#include "graph/text_units.h"
#include "par/comm.h"

#include <string.h>

/** Pairs that gather before repeats are dropped for the first time. */
#define GPH_PAIRS_CHUNK (INT64_C(1) << 18)

/** Pairs (a < b) with few repeats: memory stays in proportion to the distinct ones. */
typedef struct gph_pair_set {
    gph_env_t *env;
    gph_array_t pairs; /**< gph_pair_t */
    int64_t limit;     /**< count at which repeats are dropped */
} gph_pair_set_t;

/** Units of this rank at both ends of its piece: what a window can reach from other ranks. */
typedef struct gph_text_ends {
    int64_t reach; /**< window - 1: largest distance of a pair */
    int64_t room;  /**< elements that head and tail hold */
    int64_t count; /**< elements that they have */
    int64_t *head; /**< [room] first units, in order */
    int64_t *tail; /**< [room] last units, a ring while the text is read, then the last one first */
} gph_text_ends_t;

/* --- pairs ---------------------------------------------------------------------------------- */

/** Sorts the pairs and drops repeats. */
static gph_status_t compact(gph_pair_set_t *set)
{
    gph_pair_t *pairs = set->pairs.data;
    int64_t kept = 0;
    const gph_status_t status = gph_sort_pairs(set->env, set->pairs.count, pairs, NULL);
    if (status != GPH_OK)
        return status;
    for (int64_t i = 0; i < set->pairs.count; i++) {
        if (i == 0 || pairs[i].a != pairs[i - 1].a || pairs[i].b != pairs[i - 1].b)
            pairs[kept++] = pairs[i];
    }
    set->pairs.count = kept;
    return GPH_OK;
}

/** Adds a pair; a unit is not joined to itself. */
static gph_status_t add_pair(gph_pair_set_t *set, int64_t u, int64_t v)
{
    const gph_pair_t pair = {.a = u < v ? u : v, .b = u < v ? v : u};
    if (u == v)
        return GPH_OK;
    if (set->pairs.count >= set->limit) {
        const gph_status_t status = compact(set);
        if (status != GPH_OK)
            return status;
        /* Half of the room must become free, or sorting would eat up the time. */
        const int64_t wanted = 2 * set->pairs.count;
        set->limit = wanted > GPH_PAIRS_CHUNK ? wanted : GPH_PAIRS_CHUNK;
    }
    return gph_array_push(&set->pairs, &pair);
}

/* --- one piece of text ---------------------------------------------------------------------- */

/** Agrees that the text is well-formed, or on its first malformed byte. Collective. */
static gph_status_t check_text(gph_context_t *context, const char *path, int64_t offset,
                               int64_t size, const char *bytes)
{
    gph_status_t status = GPH_OK;
    gph_text_place_t stop = {0};
    int64_t lines = 0;
    const bool good = gph_text_check(bytes, size, &stop);
    /* Ranks after the first bad one may count wrong, but the message of the lowest rank is kept. */
    GPH_TRY(gph_comm_scan_i64(context, 1, &stop.lines, &lines, NULL));
    GPH_TRY_ALL(context, good ? GPH_OK
                              : gph_fail(context->env, GPH_ERR_INPUT,
                                         "%s:%lld:%lld: malformed UTF-8 (byte 0x%02x at offset "
                                         "%lld); save the text as UTF-8",
                                         path, (long long)(lines + stop.lines + 1),
                                         (long long)stop.column, (unsigned char)bytes[stop.offset],
                                         (long long)(offset + stop.offset)));
cleanup:
    return status;
}

/** Pairs one more unit with the units that it can reach, then keeps it. `seen` units came before.
 */
static gph_status_t visit_unit(gph_text_ends_t *ends, gph_pair_set_t *pairs, int64_t seen,
                               int64_t unit)
{
    const int64_t oldest = seen % ends->room;
    int64_t at = oldest;
    for (int64_t back = 1; back <= ends->count; back++) {
        at = at > 0 ? at - 1 : ends->room - 1;
        const gph_status_t status = add_pair(pairs, ends->tail[at], unit);
        if (status != GPH_OK)
            return status;
    }
    if (ends->count < ends->room)
        ends->head[ends->count++] = unit;
    ends->tail[oldest] = unit;
    return GPH_OK;
}

/** Turns the ring into a list, the last unit first; `seen` units passed through it. */
static gph_status_t unroll_tail(gph_env_t *env, gph_text_ends_t *ends, int64_t seen)
{
    int64_t *list = NULL;
    const gph_status_t status = gph_alloc(env, ends->room, sizeof *list, &list);
    if (status != GPH_OK)
        return status;
    for (int64_t back = 1; back <= ends->count; back++)
        list[back - 1] = ends->tail[(seen - back) % ends->room];
    gph_free(ends->tail);
    ends->tail = list;
    return GPH_OK;
}

/** Finds the units of this rank's piece, numbers them as they first occur and pairs them. */
static gph_status_t read_piece(gph_env_t *env, gph_text_cursor_t cursor, gph_units_t *units,
                               gph_pair_set_t *pairs, gph_text_ends_t *ends)
{
    gph_status_t status = GPH_OK;
    int64_t begin = 0;
    int64_t length = 0;
    int64_t unit = 0;
    int64_t seen = 0;
    /* A piece has no more units than bytes. */
    ends->room = ends->reach < cursor.size ? ends->reach : cursor.size;
    GPH_TRY(gph_alloc(env, ends->room, sizeof *ends->head, &ends->head));
    GPH_TRY(gph_alloc(env, ends->room, sizeof *ends->tail, &ends->tail));
    while (gph_text_next(&cursor, &begin, &length)) {
        GPH_TRY(gph_units_add(units, cursor.bytes + begin, length, &unit));
        GPH_TRY(visit_unit(ends, pairs, seen++, unit));
    }
    GPH_TRY(unroll_tail(env, ends, seen));
    GPH_TRY(compact(pairs));
cleanup:
    return status;
}

/* --- all of the text ------------------------------------------------------------------------ */

/** Replaces this rank's numbers of units by those of the whole text. */
static void renumber(const int64_t *number, gph_pair_set_t *set, gph_text_ends_t *ends)
{
    gph_pair_t *pairs = set->pairs.data;
    for (int64_t i = 0; i < set->pairs.count; i++) {
        const int64_t u = number[pairs[i].a];
        const int64_t v = number[pairs[i].b];
        pairs[i] = (gph_pair_t){.a = u < v ? u : v, .b = u < v ? v : u};
    }
    for (int64_t i = 0; i < ends->count; i++) {
        ends->head[i] = number[ends->head[i]];
        ends->tail[i] = number[ends->tail[i]];
    }
}

/** Pairs the last units of this rank with the `next` units of following ranks. */
static gph_status_t join_tail(const gph_text_ends_t *ends, int64_t count, const int64_t *next,
                              gph_pair_set_t *pairs)
{
    for (int64_t back = 0; back < ends->count; back++) {
        for (int64_t i = 0; i < count && back + i < ends->reach; i++) {
            const gph_status_t status = add_pair(pairs, ends->tail[back], next[i]);
            if (status != GPH_OK)
                return status;
        }
    }
    return GPH_OK;
}

/**
 * Pairs units of this rank with units of following ranks. Collective. Every rank sees the heads of
 * all: a head that is shorter than the reach is all that its rank has, so that the heads of the
 * following ranks, one after another, are what follows as far as the window reaches.
 */
static gph_status_t join_ranks(gph_context_t *context, const gph_text_ends_t *ends,
                               gph_pair_set_t *pairs)
{
    gph_status_t status = GPH_OK;
    int64_t *heads = NULL;
    int64_t total = 0;
    int64_t before = 0;
    GPH_TRY(gph_comm_scan_i64(context, 1, &ends->count, &before, NULL));
    GPH_TRY(gph_comm_concat_all(context, ends->count, sizeof *heads, ends->head, &heads, &total));
    const int64_t next = before + ends->count;
    GPH_TRY_ALL(context, join_tail(ends, total - next, heads + next, pairs));
    GPH_TRY_ALL(context, compact(pairs));
cleanup:
    gph_free(heads);
    return status;
}

/** Rank that keeps a pair, so that ranks that found the same one can tell. Even for any text. */
static int pair_owner(gph_pair_t pair, int ranks)
{
    const uint64_t bits = gph_random_u64(0, (uint64_t)pair.a, (uint64_t)pair.b);
    return (int)gph_random_below(bits, (uint64_t)ranks);
}

/** Groups the pairs by owner. `count` [ranks] receives how many each gets. */
static gph_status_t group_pairs(gph_env_t *env, int ranks, const gph_pair_set_t *set,
                                int64_t *count, gph_pair_t **grouped)
{
    gph_status_t status = GPH_OK;
    const gph_pair_t *pairs = set->pairs.data;
    gph_pair_t *out = NULL;
    int64_t *start = NULL;
    GPH_TRY(gph_alloc(env, set->pairs.count, sizeof *out, &out));
    GPH_TRY(gph_calloc(env, ranks + 1, sizeof *start, &start));
    for (int64_t i = 0; i < set->pairs.count; i++)
        start[pair_owner(pairs[i], ranks) + 1]++;
    memcpy(count, start + 1, (size_t)ranks * sizeof *count);
    for (int r = 0; r < ranks; r++)
        start[r + 1] += start[r];
    for (int64_t i = 0; i < set->pairs.count; i++)
        out[start[pair_owner(pairs[i], ranks)]++] = pairs[i];
    *grouped = out;
    out = NULL;
cleanup:
    gph_free(out);
    gph_free(start);
    return status;
}

/** Drops the repeats of pairs that several ranks found. Collective. */
static gph_status_t drop_repeats(gph_context_t *context, gph_pair_set_t *set)
{
    gph_status_t status = GPH_OK;
    const int64_t ranks = context->ranks;
    gph_pair_t *grouped = NULL;
    gph_pair_t *received = NULL;
    int64_t *count = NULL; /* [2 × ranks] to each rank, from each rank */
    int64_t total = 0;
    GPH_TRY_ALL(context, gph_calloc(context->env, 2 * ranks, sizeof *count, &count));
    GPH_TRY_ALL(context, group_pairs(context->env, context->ranks, set, count, &grouped));
    gph_array_free(&set->pairs);
    GPH_TRY(gph_comm_exchange(context, sizeof *grouped, grouped, count, &received, count + ranks));
    for (int64_t r = 0; r < ranks; r++)
        total += count[ranks + r];
    set->pairs.data = received;
    set->pairs.count = set->pairs.capacity = total;
    received = NULL;
    GPH_TRY_ALL(context, compact(set));
cleanup:
    gph_free(grouped);
    gph_free(received);
    gph_free(count);
    return status;
}

/** Numbers the units of all ranks and finishes the pairs; the units are used up. Collective. */
static gph_status_t finish_text(gph_context_t *context, gph_units_t *units, gph_pair_set_t *pairs,
                                gph_text_ends_t *ends, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_names_t mine = {0};
    int64_t *number = NULL;
    GPH_TRY_ALL(context, gph_units_take(units, &mine));
    GPH_TRY_ALL(context, gph_alloc(context->env, mine.count, sizeof *number, &number));
    GPH_TRY(gph_text_number(context, &mine, number, &edges->vertices, &edges->names));
    renumber(number, pairs, ends);
    GPH_TRY(join_ranks(context, ends, pairs));
    GPH_TRY(drop_repeats(context, pairs));

    const gph_pair_t *pair = pairs->pairs.data;
    GPH_TRY_ALL(context,
                gph_alloc(context->env, pairs->pairs.count, sizeof *edges->edge, &edges->edge));
    edges->count = pairs->pairs.count;
    for (int64_t i = 0; i < edges->count; i++)
        edges->edge[i] = (gph_edge_t){.u = pair[i].a, .v = pair[i].b};
cleanup:
    gph_names_free(&mine);
    gph_free(number);
    return status;
}

static gph_status_t check_arguments(gph_env_t *env, const char *path, int64_t size,
                                    const char *bytes, gph_text_unit_t unit, int window)
{
    if (path == NULL || size < 0 || (size > 0 && bytes == NULL))
        return gph_fail(env, GPH_ERR_USAGE, "text graph: no path or no text");
    if (unit != GPH_TEXT_GRAPHEME && unit != GPH_TEXT_WORD)
        return gph_fail(env, GPH_ERR_USAGE, "%s: no unit of text has number %d", path, (int)unit);
    if (window < 2)
        return gph_fail(env, GPH_ERR_USAGE, "%s: the window is %d; it must be at least 2", path,
                        window);
    return GPH_OK;
}

gph_status_t gph_text_edges(gph_context_t *context, const char *path, int64_t offset, int64_t size,
                            const char *bytes, gph_text_unit_t unit, int window, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    const gph_text_cursor_t cursor = {.bytes = bytes, .size = size, .unit = unit};
    gph_units_t units = gph_units_init(env);
    gph_pair_set_t pairs = {
        .env = env, .pairs = gph_array_init(env, sizeof(gph_pair_t)), .limit = GPH_PAIRS_CHUNK};
    gph_text_ends_t ends = {.reach = (int64_t)window - 1};
    gph_edges_t made = gph_edges_init();
    GPH_TRY(gph_comm_same(context, "unit of a text graph", unit));
    GPH_TRY(gph_comm_same(context, "window of a text graph", window));
    GPH_TRY_ALL(context, check_arguments(env, path, size, bytes, unit, window));
    GPH_TRY(check_text(context, path, offset, size, bytes));
    GPH_TRY_ALL(context, read_piece(env, cursor, &units, &pairs, &ends));
    GPH_TRY(finish_text(context, &units, &pairs, &ends, &made));
    *edges = made;
    made = gph_edges_init();
cleanup:
    gph_units_free(&units);
    gph_array_free(&pairs.pairs);
    gph_free(ends.head);
    gph_free(ends.tail);
    gph_edges_free(&made);
    return status;
}
