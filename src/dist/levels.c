/* Finding topological levels. */
#include "dist/levels.h"

#include "base/sort.h"
#include "dist/cycle.h"
#include "par/comm.h"

#include <inttypes.h>

/* While levels are found. */
typedef struct search {
    const gph_graph_t *graph;
    int arrives;
    int leaves;           /**< the other direction */
    int64_t *level;       /**< [owned + ghosts] of those that are done */
    int64_t *step;        /**< [owned + ghosts] */
    bool *done;           /**< [owned + ghosts] */
    gph_off_t *waits;     /**< [owned] neighbours that are to come first and are not done */
    gph_off_t *ghost_row; /**< [ghosts + 1] where the owned nodes behind each ghost begin */
    gph_lid_t *behind;    /**< [ghost_row[ghosts]] */
    gph_lid_t *ready;     /**< [owned] queue of nodes that wait for none */
    gph_lid_t head;       /**< first of the queue */
    gph_lid_t tail;       /**< behind its last */
    int64_t *halo_place;  /**< [ranks] first halo_send of each rank */
    bool *needed;         /**< [halo_send] the receiver has nodes behind it */
    bool *sent;           /**< [halo_send] */
} search_t;

/* A node that is done, told to another rank. */
typedef struct news {
    int64_t place; /**< among those that the sender sends to the receiver */
    int64_t level;
    int64_t step;
} news_t;

static int64_t sum(int count, const int64_t *values)
{
    int64_t total = 0;
    for (int i = 0; i < count; ++i)
        total += values[i];
    return total;
}

/* --- set up --------------------------------------------------------------------------------- */

/* Rows of the ghosts: the owned nodes that come after them. */
static gph_status_t make_ghost_rows(search_t *search)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = search->graph;
    gph_env_t *env = graph->context->env;
    gph_off_t *row = NULL;

    GPH_TRY(gph_calloc(env, (int64_t)graph->ghosts + 2, sizeof *row, &row));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
            if (graph->adjacent[i] >= graph->owned && (graph->direction[i] & search->arrives) != 0)
                row[graph->adjacent[i] - graph->owned + 2] += 1;
    for (gph_lid_t g = 0; g < graph->ghosts; ++g)
        row[g + 2] += row[g + 1];
    GPH_TRY(gph_alloc(env, row[graph->ghosts + 1], sizeof *search->behind, &search->behind));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
            if (graph->adjacent[i] >= graph->owned && (graph->direction[i] & search->arrives) != 0)
                search->behind[row[graph->adjacent[i] - graph->owned + 1]++] = v;
    search->ghost_row = row;
    row = NULL;

cleanup:
    gph_free(row);
    return status;
}

static gph_status_t allocate(search_t *search)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = search->graph;
    gph_context_t *context = graph->context;
    gph_env_t *env = context->env;
    const int64_t all = (int64_t)graph->owned + graph->ghosts;
    const int64_t halo = sum(context->ranks, graph->halo_send_count);

    GPH_TRY(gph_calloc(env, all, sizeof *search->level, &search->level));
    GPH_TRY(gph_calloc(env, all, sizeof *search->step, &search->step));
    GPH_TRY(gph_calloc(env, all, sizeof *search->done, &search->done));
    GPH_TRY(gph_calloc(env, graph->owned, sizeof *search->waits, &search->waits));
    GPH_TRY(gph_alloc(env, graph->owned, sizeof *search->ready, &search->ready));
    GPH_TRY(gph_calloc(env, halo, sizeof *search->needed, &search->needed));
    GPH_TRY(gph_calloc(env, halo, sizeof *search->sent, &search->sent));
    GPH_TRY(gph_calloc(env, context->ranks, sizeof *search->halo_place, &search->halo_place));
    for (int r = 1; r < context->ranks; ++r)
        search->halo_place[r] = search->halo_place[r - 1] + graph->halo_send_count[r - 1];
    GPH_TRY(make_ghost_rows(search));
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
            search->waits[v] += (graph->direction[i] & search->arrives) != 0;
        if (search->waits[v] == 0)
            search->ready[search->tail++] = v;
    }

cleanup:
    return status;
}

/* Owners learn which of their nodes other ranks wait for. Collective. */
static gph_status_t ask_needs(search_t *search)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = search->graph;
    gph_context_t *context = graph->context;
    bool *wanted = NULL;

    GPH_TRY_ALL(context, gph_alloc(context->env, graph->ghosts, sizeof *wanted, &wanted));
    for (gph_lid_t g = 0; g < graph->ghosts; ++g)
        wanted[g] = search->ghost_row[g + 1] > search->ghost_row[g];
    GPH_TRY(gph_comm_exchange_known(context, sizeof *wanted, wanted, graph->halo_recv_count,
                                    search->needed, graph->halo_send_count));

cleanup:
    gph_free(wanted);
    return status;
}

static void search_free(search_t *search)
{
    gph_free(search->level);
    gph_free(search->step);
    gph_free(search->done);
    gph_free(search->waits);
    gph_free(search->ghost_row);
    gph_free(search->behind);
    gph_free(search->ready);
    gph_free(search->halo_place);
    gph_free(search->needed);
    gph_free(search->sent);
}

/* --- rounds --------------------------------------------------------------------------------- */

static void wait_less(search_t *search, gph_lid_t owned)
{
    search->waits[owned] -= 1;
    if (search->waits[owned] == 0)
        search->ready[search->tail++] = owned;
}

/* Finishes a node whose neighbours that come first are done. */
static void finish_node(search_t *search, gph_lid_t v)
{
    const gph_graph_t *graph = search->graph;
    int64_t level = 0;
    int64_t step = 0;

    for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i) {
        const gph_lid_t other = graph->adjacent[i];
        if ((graph->direction[i] & search->arrives) == 0)
            continue;
        const int64_t since = search->step[other] + (other >= graph->owned);
        level = search->level[other] >= level ? search->level[other] + 1 : level;
        step = since > step ? since : step;
    }
    search->level[v] = level;
    search->step[v] = step;
    search->done[v] = true;
    for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
        if ((graph->direction[i] & search->leaves) != 0 && graph->adjacent[i] < graph->owned)
            wait_less(search, graph->adjacent[i]);
}

/* What is to be told to each rank. Local. */
static gph_status_t gather_news(search_t *search, int64_t *count, gph_array_t *news)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = search->graph;
    int64_t place = 0;

    news->count = 0;
    for (int r = 0; r < graph->context->ranks; ++r) {
        const int64_t before = news->count;
        for (int64_t end = place + graph->halo_send_count[r]; place < end; ++place) {
            const gph_lid_t v = graph->halo_send[place];
            const news_t item = {place - search->halo_place[r], search->level[v], search->step[v]};
            if (!search->needed[place] || search->sent[place] || !search->done[v])
                continue;
            GPH_TRY(gph_array_push(news, &item));
            search->sent[place] = true;
        }
        count[r] = news->count - before;
    }

cleanup:
    return status;
}

/* Takes in what another rank tells; its ghosts begin at `first`. */
static void hear(search_t *search, gph_lid_t first, int64_t count, const news_t *news)
{
    const gph_graph_t *graph = search->graph;
    for (int64_t i = 0; i < count; ++i) {
        const gph_lid_t ghost = first + (gph_lid_t)news[i].place;
        search->level[graph->owned + ghost] = news[i].level;
        search->step[graph->owned + ghost] = news[i].step;
        search->done[graph->owned + ghost] = true;
        for (gph_off_t k = search->ghost_row[ghost]; k < search->ghost_row[ghost + 1]; ++k)
            wait_less(search, search->behind[k]);
    }
}

/* Each rank goes as far as it can, then all tell each other, until nobody has news. Collective. */
static gph_status_t search_rounds(search_t *search)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = search->graph;
    gph_context_t *context = graph->context;
    gph_array_t news = gph_array_init(context->env, sizeof(news_t));
    int64_t *count = NULL; /* [2 × ranks] to each rank, from each rank */
    news_t *heard = NULL;
    int64_t told = 1;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    while (told > 0) {
        while (search->head < search->tail)
            finish_node(search, search->ready[search->head++]);
        GPH_TRY_ALL(context, gather_news(search, count, &news));
        told = news.count;
        GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &told));
        if (told == 0)
            break;
        GPH_TRY(gph_comm_exchange(context, sizeof *heard, news.data, count, &heard,
                                  count + context->ranks));
        int64_t at = 0;
        int64_t ghost = 0;
        for (int r = 0; r < context->ranks; ++r) {
            hear(search, (gph_lid_t)ghost, count[context->ranks + r], heard + at);
            at += count[context->ranks + r];
            ghost += graph->halo_recv_count[r];
        }
        gph_free(heard);
        heard = NULL;
    }

cleanup:
    gph_array_free(&news);
    gph_free(count);
    gph_free(heard);
    return status;
}

/* --- the plan ------------------------------------------------------------------------------- */

/* Orders the owned nodes by step and level, and finds the groups. Local. */
static gph_status_t make_groups(const search_t *search, gph_levels_t *levels)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = levels->graph->context->env;
    const int64_t owned = levels->graph->owned;
    gph_pair_t *key = NULL;
    double *node = NULL; /* numbers below 2^31 */

    GPH_TRY(gph_alloc(env, owned, sizeof *key, &key));
    GPH_TRY(gph_alloc(env, owned, sizeof *node, &node));
    for (int64_t v = 0; v < owned; ++v) {
        key[v] = (gph_pair_t){search->step[v], search->level[v]};
        node[v] = (double)v;
    }
    GPH_TRY(gph_sort_pairs(env, owned, key, node));
    GPH_TRY(gph_alloc(env, owned, sizeof *levels->order, &levels->order));
    GPH_TRY(gph_alloc(env, owned + 1, sizeof *levels->group, &levels->group));
    GPH_TRY(gph_alloc(env, owned, sizeof *levels->step_of, &levels->step_of));
    for (int64_t i = 0; i < owned; ++i) {
        levels->order[i] = (gph_lid_t)node[i];
        if (i > 0 && key[i].a == key[i - 1].a && key[i].b == key[i - 1].b)
            continue;
        levels->group[levels->groups] = i;
        levels->step_of[levels->groups++] = key[i].a;
    }
    levels->group[levels->groups] = owned;

cleanup:
    gph_free(key);
    gph_free(node);
    return status;
}

/* Sorts entries by step; those of a step keep their order by rank and number. */
static gph_status_t sort_entries(gph_env_t *env, int64_t count, gph_levels_entry_t *entry)
{
    gph_status_t status = GPH_OK;
    gph_pair_t *key = NULL;
    gph_levels_entry_t *copy = NULL;

    GPH_TRY(gph_alloc(env, count, sizeof *key, &key));
    GPH_TRY(gph_alloc(env, count, sizeof *copy, &copy));
    for (int64_t i = 0; i < count; ++i) {
        key[i] = (gph_pair_t){entry[i].step, i};
        copy[i] = entry[i];
    }
    GPH_TRY(gph_sort_pairs(env, count, key, NULL));
    for (int64_t i = 0; i < count; ++i)
        entry[i] = copy[key[i].b];

cleanup:
    gph_free(key);
    gph_free(copy);
    return status;
}

/* What is sent and received after each step. Local. */
static gph_status_t make_exchanges(const search_t *search, gph_levels_t *levels)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = levels->graph;
    gph_context_t *context = graph->context;
    const int64_t halo = sum(context->ranks, graph->halo_send_count);
    int64_t place = 0;
    gph_lid_t ghost = 0;

    GPH_TRY(gph_alloc(context->env, halo, sizeof *levels->send, &levels->send));
    GPH_TRY(gph_alloc(context->env, graph->ghosts, sizeof *levels->receive, &levels->receive));
    for (int r = 0; r < context->ranks; ++r) {
        for (int64_t end = place + graph->halo_send_count[r]; place < end; ++place) {
            const gph_lid_t v = graph->halo_send[place];
            if (search->needed[place])
                levels->send[levels->sends++] = (gph_levels_entry_t){search->step[v], r, v};
        }
        for (int64_t i = 0; i < graph->halo_recv_count[r]; ++i, ++ghost) {
            const gph_lid_t local = graph->owned + ghost;
            if (search->ghost_row[ghost + 1] > search->ghost_row[ghost])
                levels->receive[levels->receives++] =
                    (gph_levels_entry_t){search->step[local], r, local};
        }
    }
    GPH_TRY(sort_entries(context->env, levels->sends, levels->send));
    GPH_TRY(sort_entries(context->env, levels->receives, levels->receive));

cleanup:
    return status;
}

static gph_status_t check_graph(const gph_graph_t *graph)
{
    gph_env_t *env = graph->context->env;
    if (graph->direction == NULL)
        return gph_fail(env, GPH_ERR_USAGE,
                        "the graph is undirected; topological levels need directions");
    if (graph->dropped_loops > 0)
        return gph_fail(env, GPH_ERR_INPUT,
                        "the graph has %" PRId64
                        " edges from a node to itself, each of them a cycle",
                        graph->dropped_loops);
    return GPH_OK;
}

/* All nodes are done, or there is a cycle. Collective. */
static gph_status_t check_done(const search_t *search)
{
    const gph_graph_t *graph = search->graph;
    int64_t done = search->head;
    const gph_status_t status = gph_comm_reduce_i64(graph->context, GPH_SUM, 1, &done);
    if (status != GPH_OK || done == graph->vertices)
        return status;
    return gph_cycle_fail(graph, search->arrives, search->done);
}

gph_status_t gph_levels_make(const gph_graph_t *graph, bool reverse, gph_levels_t *levels)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const int arrives = reverse ? GPH_ARC_OUT : GPH_ARC_IN;
    search_t search = {
        .graph = graph, .arrives = arrives, .leaves = reverse ? GPH_ARC_IN : GPH_ARC_OUT};
    gph_levels_t made = {.graph = graph, .arrives = arrives};
    int64_t highest[2] = {-1, 0};

    GPH_TRY_ALL(context, check_graph(graph));
    GPH_TRY_ALL(context, allocate(&search));
    GPH_TRY(ask_needs(&search));
    GPH_TRY(search_rounds(&search));
    GPH_TRY(check_done(&search));
    GPH_TRY_ALL(context, make_groups(&search, &made));
    GPH_TRY_ALL(context, make_exchanges(&search, &made));
    for (gph_lid_t v = 0; v < graph->owned; ++v) {
        highest[0] = search.level[v] > highest[0] ? search.level[v] : highest[0];
        highest[1] = search.step[v] > highest[1] ? search.step[v] : highest[1];
    }
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MAX, 2, highest));
    made.levels = highest[0] + 1;
    made.steps = highest[1] + 1;
    *levels = made;
    made = (gph_levels_t){0};

cleanup:
    search_free(&search);
    gph_levels_free(&made);
    return status;
}

void gph_levels_free(gph_levels_t *levels)
{
    gph_free(levels->order);
    gph_free(levels->group);
    gph_free(levels->step_of);
    gph_free(levels->send);
    gph_free(levels->receive);
    *levels = (gph_levels_t){0};
}
