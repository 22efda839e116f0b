/* The graph of a text: pairs of units that occur near each other, also across rank boundaries. */
#include "graph/text.h"

#include "base/random.h"
#include "graph/text_number.h"
#include "graph/text_pairs.h"
#include "graph/text_units.h"
#include "par/comm.h"

/** Units of this rank at both ends of its piece: what a window can reach from other ranks. */
typedef struct gph_text_ends {
    int64_t reach; /**< window - 1: largest distance of a pair */
    int64_t room;  /**< elements that head and tail hold */
    int64_t count; /**< elements that they have */
    int64_t *head; /**< [room] first units, in order */
    int64_t *tail; /**< [room] last units, a ring while the text is read, then the last one first */
} gph_text_ends_t;

/* --- one piece of text ---------------------------------------------------------------------- */

gph_status_t gph_text_check_all(gph_context_t *context, const char *path, int64_t offset,
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

/** Pairs one more unit, after `seen` others, with those that it can reach, then keeps it. */
static gph_status_t visit_unit(gph_text_ends_t *ends, gph_pair_set_t *pairs, int64_t seen,
                               int64_t unit)
{
    const int64_t oldest = seen % ends->room;
    int64_t at = oldest;
    for (int64_t back = 1; back <= ends->count; back++) {
        at = at > 0 ? at - 1 : ends->room - 1;
        const gph_status_t status = gph_pair_set_add(pairs, ends->tail[at], unit);
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
cleanup:
    return status;
}

/* --- all of the text ------------------------------------------------------------------------ */

/** Replaces this rank's numbers of units by those of the whole text. */
static gph_status_t renumber(const int64_t *number, gph_pair_set_t *set, gph_text_ends_t *ends)
{
    gph_status_t status = GPH_OK;
    int64_t count = 0;
    gph_pair_t *pairs = gph_pair_set_take(set, &count);
    for (int64_t i = 0; i < count; i++)
        GPH_TRY(gph_pair_set_add(set, number[pairs[i].a], number[pairs[i].b]));
    for (int64_t i = 0; i < ends->count; i++) {
        ends->head[i] = number[ends->head[i]];
        ends->tail[i] = number[ends->tail[i]];
    }
cleanup:
    gph_free(pairs);
    return status;
}

/** Pairs the last units of this rank with the `next` units of following ranks. */
static gph_status_t join_tail(const gph_text_ends_t *ends, int64_t count, const int64_t *next,
                              gph_pair_set_t *pairs)
{
    for (int64_t back = 0; back < ends->count; back++) {
        for (int64_t i = 0; i < count && back + i < ends->reach; i++) {
            const gph_status_t status = gph_pair_set_add(pairs, ends->tail[back], next[i]);
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

/** Groups pairs by owner. `send_count` [ranks] receives how many each gets. */
static gph_status_t group_pairs(gph_env_t *env, int ranks, int64_t count, const gph_pair_t *pairs,
                                gph_pair_t *grouped, int64_t *send_count)
{
    int64_t *end = NULL; /* [ranks + 1] */
    const gph_status_t status = gph_calloc(env, ranks + 1, sizeof *end, &end);
    if (status != GPH_OK)
        return status;
    for (int64_t i = 0; i < count; i++)
        end[pair_owner(pairs[i], ranks) + 1]++;
    for (int r = 0; r < ranks; r++) {
        send_count[r] = end[r + 1];
        end[r + 1] += end[r];
    }
    for (int64_t i = 0; i < count; i++)
        grouped[end[pair_owner(pairs[i], ranks)]++] = pairs[i];
    gph_free(end);
    return GPH_OK;
}

/** Empties the set and brings equal pairs of different ranks together. Collective. */
static gph_status_t exchange_pairs(gph_context_t *context, gph_pair_set_t *set,
                                   gph_pair_t **received, int64_t *total)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    const int64_t ranks = context->ranks;
    int64_t count = 0;
    gph_pair_t *pairs = gph_pair_set_take(set, &count);
    gph_pair_t *grouped = NULL;
    int64_t *counts = NULL; /* [2 × ranks] to each rank, from each rank */
    GPH_TRY_ALL(context, gph_calloc(env, 2 * ranks, sizeof *counts, &counts));
    GPH_TRY_ALL(context, gph_alloc(env, count, sizeof *grouped, &grouped));
    GPH_TRY_ALL(context, group_pairs(env, context->ranks, count, pairs, grouped, counts));
    gph_free(pairs);
    pairs = NULL;
    GPH_TRY(gph_comm_exchange(context, sizeof *grouped, grouped, counts, received, counts + ranks));
    *total = 0;
    for (int64_t r = 0; r < ranks; r++)
        *total += counts[ranks + r];
cleanup:
    gph_free(pairs);
    gph_free(grouped);
    gph_free(counts);
    return status;
}

/** Sorts pairs and makes an edge of each different one. */
static gph_status_t make_edges(gph_env_t *env, int64_t count, gph_pair_t *pairs, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    int64_t kept = 0;
    GPH_TRY(gph_sort_pairs(env, count, pairs, NULL));
    for (int64_t i = 0; i < count; i++) {
        if (i == 0 || pairs[i].a != pairs[i - 1].a || pairs[i].b != pairs[i - 1].b)
            pairs[kept++] = pairs[i];
    }
    GPH_TRY(gph_alloc(env, kept, sizeof *edges->edge, &edges->edge));
    edges->count = kept;
    for (int64_t i = 0; i < kept; i++)
        edges->edge[i] = (gph_edge_t){.u = pairs[i].a, .v = pairs[i].b};
cleanup:
    return status;
}

/** Numbers the units of all ranks and makes edges of the pairs; both are used up. Collective. */
static gph_status_t finish_text(gph_context_t *context, gph_units_t *units, gph_pair_set_t *pairs,
                                gph_text_ends_t *ends, gph_edges_t *edges)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = context->env;
    gph_names_t mine = {0};
    int64_t *number = NULL;
    gph_pair_t *all = NULL;
    int64_t count = 0;
    GPH_TRY_ALL(context, gph_units_take(units, &mine));
    GPH_TRY_ALL(context, gph_alloc(env, mine.count, sizeof *number, &number));
    GPH_TRY(gph_text_number(context, &mine, number, &edges->vertices, &edges->names));
    GPH_TRY_ALL(context, renumber(number, pairs, ends));
    GPH_TRY(join_ranks(context, ends, pairs));
    GPH_TRY(exchange_pairs(context, pairs, &all, &count));
    GPH_TRY_ALL(context, make_edges(env, count, all, edges));
cleanup:
    gph_names_free(&mine);
    gph_free(number);
    gph_free(all);
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
    gph_pair_set_t pairs = gph_pair_set_init(env);
    gph_text_ends_t ends = {.reach = (int64_t)window - 1};
    gph_edges_t made = gph_edges_init();
    GPH_TRY(gph_comm_same(context, "unit of a text graph", unit));
    GPH_TRY(gph_comm_same(context, "window of a text graph", window));
    GPH_TRY_ALL(context, check_arguments(env, path, size, bytes, unit, window));
    GPH_TRY(gph_text_check_all(context, path, offset, size, bytes));
    GPH_TRY_ALL(context, read_piece(env, cursor, &units, &pairs, &ends));
    GPH_TRY(finish_text(context, &units, &pairs, &ends, &made));
    *edges = made;
    made = gph_edges_init();
cleanup:
    gph_units_free(&units);
    gph_pair_set_free(&pairs);
    gph_free(ends.head);
    gph_free(ends.tail);
    gph_edges_free(&made);
    return status;
}
