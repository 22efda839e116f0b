/* Lists of vertices to compute. */
#include "mp/work.h"

#include "gph/mp.h"
#include "par/comm.h"

#include <omp.h>
#include <string.h>

/* With news on more than 1/NEWS_PAY of the edges, every vertex is computed. */
enum { NEWS_PAY = 12 };

void gph_mp_news_free(gph_mp_news_t *news)
{
    gph_free(news->needed);
    gph_free(news->marked);
    gph_free(news->listed);
    gph_free(news->told);
    gph_free(news->ghost_offset);
    gph_free(news->ghost_adjacent);
    gph_free(news->all.boundary.vertex);
    gph_free(news->all.interior.vertex);
    gph_free(news->all.boundary.start);
    gph_free(news->all.interior.start);
    *news = (gph_mp_news_t){0};
}

/* --- every vertex --------------------------------------------------------------------------- */

static gph_lid_t vertex_of(const gph_mp_list_t *list, int64_t i)
{
    return list->vertex ? list->vertex[i] : list->first + (gph_lid_t)i;
}

/* Cuts a list where a block has enough vertices or edges. */
static gph_status_t cut_blocks(const gph_graph_t *graph, const gph_off_t *offset,
                               gph_mp_list_t *list)
{
    gph_status_t status = GPH_OK;
    const int threads = graph->context->threads;
    const int64_t most = offset[graph->owned] / (64 * (int64_t)threads) + 4096; /* edges */
    int64_t edges = 0;
    int64_t begin = 0;

    GPH_TRY(gph_alloc(graph->context->env, list->count + 1, sizeof *list->start, &list->start));
    list->start[0] = 0;
    for (int64_t i = 0; i < list->count; ++i) {
        const gph_lid_t v = vertex_of(list, i);
        edges += offset[v + 1] - offset[v];
        if (i + 1 - begin == GPH_MP_BLOCK || edges > most || i + 1 == list->count) {
            list->start[++list->blocks] = begin = i + 1;
            edges = 0;
        }
    }
    GPH_TRY(gph_realloc(graph->context->env, list->blocks + 1, sizeof *list->start, &list->start));

cleanup:
    return status;
}

/* Lists of vertices in the graph's own order. */
static gph_status_t split(gph_mp_news_t *news)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = news->graph;
    gph_env_t *env = graph->context->env;
    gph_mp_list_t *boundary = &news->all.boundary;
    gph_mp_list_t *interior = &news->all.interior;
    int64_t sends = 0;

    for (int r = 0; r < graph->context->ranks; ++r)
        sends += graph->halo_send_count[r];
    GPH_TRY(gph_calloc(env, graph->owned, sizeof *news->needed, &news->needed));
    for (int64_t i = 0; i < sends; ++i)
        news->needed[graph->halo_send[i]] = 1;
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        boundary->count += news->needed[v];
    interior->count = graph->owned - boundary->count;
    if (boundary->count > 0) {
        int64_t at[2] = {0, 0};
        GPH_TRY(gph_alloc(env, boundary->count, sizeof *boundary->vertex, &boundary->vertex));
        GPH_TRY(gph_alloc(env, interior->count, sizeof *interior->vertex, &interior->vertex));
        gph_lid_t *to[2] = {interior->vertex, boundary->vertex};
        for (gph_lid_t v = 0; v < graph->owned; ++v)
            to[news->needed[v]][at[news->needed[v]]++] = v;
    }

cleanup:
    return status;
}

static gph_status_t make_lists(gph_mp_news_t *news, const gph_mp_layout_t *layout)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = news->graph;

    if (layout->vertex != NULL) {
        news->all.boundary.count = layout->boundary;
        news->all.interior.count = graph->owned - layout->boundary;
        news->all.interior.first = layout->boundary;
    } else {
        GPH_TRY(split(news));
    }
    GPH_TRY(cut_blocks(graph, layout->offset, &news->all.boundary));
    GPH_TRY(cut_blocks(graph, layout->offset, &news->all.interior));

cleanup:
    return status;
}

gph_status_t gph_mp_news_init(const gph_graph_t *graph, const gph_mp_layout_t *layout,
                              gph_mp_news_t *news)
{
    *news = (gph_mp_news_t){.graph = graph};
    return gph_comm_agree(graph->context, make_lists(news, layout));
}

/* --- few vertices --------------------------------------------------------------------------- */

/* Rows of ghosts: their owned neighbours. */
static gph_status_t make_ghost_rows(gph_mp_news_t *news)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = news->graph;
    gph_env_t *env = graph->context->env;
    const gph_off_t arcs = graph->offset[graph->owned];
    const gph_lid_t owned = graph->owned;

    GPH_TRY(gph_calloc(env, (int64_t)graph->ghosts + 1, sizeof *news->ghost_offset,
                       &news->ghost_offset));
    gph_off_t *offset = news->ghost_offset;
    for (gph_off_t i = 0; i < arcs; ++i)
        if (graph->adjacent[i] >= owned)
            offset[graph->adjacent[i] - owned + 1] += 1;
    for (gph_lid_t g = 0; g < graph->ghosts; ++g)
        offset[g + 1] += offset[g];
    GPH_TRY(
        gph_alloc(env, offset[graph->ghosts], sizeof *news->ghost_adjacent, &news->ghost_adjacent));
    /* Filled from the end of each row, so that offsets end as they were, moved back after it. */
    for (gph_lid_t v = 0; v < owned; ++v)
        for (gph_off_t i = graph->offset[v]; i < graph->offset[v + 1]; ++i)
            if (graph->adjacent[i] >= owned)
                news->ghost_adjacent[offset[graph->adjacent[i] - owned]++] = v;
    for (gph_lid_t g = graph->ghosts; g > 0; --g)
        offset[g] = offset[g - 1];
    offset[0] = 0;

cleanup:
    return status;
}

static gph_status_t make_room(gph_mp_news_t *news)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = news->graph;
    gph_env_t *env = graph->context->env;
    const int64_t all = (int64_t)graph->owned + graph->ghosts;

    GPH_TRY(gph_calloc(env, graph->owned, sizeof *news->marked, &news->marked));
    GPH_TRY(gph_alloc(env, graph->owned, sizeof *news->listed, &news->listed));
    GPH_TRY(gph_alloc(env, all, sizeof *news->told, &news->told));
    GPH_TRY(make_ghost_rows(news));

cleanup:
    return status;
}

gph_status_t gph_mp_news_prepare(gph_mp_news_t *news)
{
    return gph_comm_agree(news->graph->context, make_room(news));
}

/* Appends the vertices of a list that changed to `told`, and their edges to *edges. */
static int64_t tell(const gph_mp_news_t *news, const unsigned char *changed,
                    const gph_mp_list_t *list, int64_t told, int64_t *edges)
{
    const gph_off_t *offset = news->graph->offset;
    for (int64_t i = 0; i < list->count; ++i) {
        const gph_lid_t v = vertex_of(list, i);
        if (changed[v] == 0)
            continue;
        news->told[told++] = v;
        *edges += offset[v + 1] - offset[v];
    }
    return told;
}

/* Appends the ghosts that changed. */
static int64_t tell_ghosts(const gph_mp_news_t *news, const unsigned char *changed, int64_t told,
                           int64_t *edges)
{
    const gph_graph_t *graph = news->graph;
    for (gph_lid_t g = 0; g < graph->ghosts; ++g) {
        if (changed[graph->owned + g] == 0)
            continue;
        news->told[told++] = graph->owned + g;
        *edges += news->ghost_offset[g + 1] - news->ghost_offset[g];
    }
    return told;
}

/* Neighbours of a vertex or ghost that this rank owns; others are told by ranks that own them. */
static gph_off_t row_of(const gph_mp_news_t *news, gph_lid_t v, const gph_lid_t **row)
{
    const gph_graph_t *graph = news->graph;
    const gph_off_t *offset =
        v < graph->owned ? graph->offset + v : news->ghost_offset + (v - graph->owned);
    *row = (v < graph->owned ? graph->adjacent : news->ghost_adjacent) + offset[0];
    return offset[1] - offset[0];
}

/* Lists v unless it is listed: boundary vertices from the front, others from the back. */
static void list_one(gph_mp_news_t *news, gph_lid_t v, int64_t *front, int64_t *back)
{
    unsigned char before = 1;
    if (__atomic_load_n(&news->marked[v], __ATOMIC_RELAXED) == 0)
        before = __atomic_exchange_n(&news->marked[v], 1, __ATOMIC_RELAXED);
    if (before != 0)
        return;
    int64_t at = 0;
    if (news->needed[v] != 0)
        at = __atomic_fetch_add(front, 1, __ATOMIC_RELAXED);
    else
        at = __atomic_sub_fetch(back, 1, __ATOMIC_RELAXED);
    news->listed[at] = v;
}

static void list_news(gph_mp_news_t *news, int64_t told)
{
    const gph_lid_t owned = news->graph->owned;
    int64_t front = 0;
    int64_t back = owned;
    /* Rows differ in length, so threads take a few at a time; below that, one thread is faster. */
#pragma omp parallel for num_threads(news->graph->context->threads)                                \
    schedule(dynamic, 64) default(none) shared(news, front, back)                                  \
        firstprivate(told, owned) if (told > 256)
    for (int64_t i = 0; i < told; ++i) {
        const gph_lid_t *row = NULL;
        const gph_off_t length = row_of(news, news->told[i], &row);
        if (news->told[i] < owned)
            list_one(news, news->told[i], &front, &back);
        for (gph_off_t j = 0; j < length; ++j)
            if (row[j] < owned)
                list_one(news, row[j], &front, &back);
    }
    news->few.boundary = (gph_mp_list_t){.count = front, .vertex = news->listed};
    news->few.interior = (gph_mp_list_t){.count = owned - back, .vertex = news->listed + back};
    news->few.boundary.blocks = (front + GPH_MP_FEW - 1) / GPH_MP_FEW;
    news->few.interior.blocks = (owned - back + GPH_MP_FEW - 1) / GPH_MP_FEW;
}

const gph_mp_work_t *gph_mp_news_list(gph_mp_news_t *news, const unsigned char *changed,
                                      const gph_mp_work_t *last)
{
    const gph_graph_t *graph = news->graph;
    int64_t edges = 0;
    int64_t told = tell(news, changed, &last->boundary, 0, &edges);
    told = tell(news, changed, &last->interior, told, &edges);
    told = tell_ghosts(news, changed, told, &edges);
    if (last == &news->few) { /* the old lists end here */
        for (int64_t i = 0; i < last->boundary.count; ++i)
            news->marked[last->boundary.vertex[i]] = 0;
        for (int64_t i = 0; i < last->interior.count; ++i)
            news->marked[last->interior.vertex[i]] = 0;
    }
    if (edges > graph->offset[graph->owned] / NEWS_PAY)
        return &news->all;
    list_news(news, told);
    return &news->few;
}
