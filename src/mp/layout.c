/* Places of states, by falling number of neighbours. */
#include "mp/layout.h"

#include "dist/halo.h"
#include "mp/vertex.h"
#include "par/comm.h"
#include "par/team.h"

/* Vertices are sorted by the length of their degree in bits: more would tear apart neighbours in
 * memory, less would leave the few that matter scattered. */
enum { CLASSES = 65, GRAIN = 65536 };

void gph_mp_layout_free(gph_mp_layout_t *layout)
{
    gph_free(layout->place);
    gph_free(layout->vertex);
    gph_free(layout->adjacent);
    *layout = (gph_mp_layout_t){0};
}

static int class_of(int64_t degree)
{
    return degree > 0 ? __builtin_clzll((unsigned long long)degree) : CLASSES - 1;
}

static void sort_places(const gph_graph_t *graph, const int64_t *degree, gph_mp_layout_t *layout)
{
    const int64_t all = (int64_t)graph->owned + graph->ghosts;
    gph_lid_t start[CLASSES + 1] = {0};
    for (int64_t v = 0; v < all; ++v)
        start[class_of(degree[v]) + 1] += 1;
    for (int c = 0; c < CLASSES; ++c)
        start[c + 1] += start[c];
    for (int64_t v = 0; v < all; ++v)
        layout->place[v] = start[class_of(degree[v])]++;
    for (int64_t v = 0; v < all; ++v)
        layout->vertex[layout->place[v]] = (gph_lid_t)v;
}

/** Neighbours being translated. */
typedef struct translation {
    const gph_lid_t *from;
    const gph_lid_t *place;
    gph_lid_t *to;
} translation_t;

static gph_status_t translate_range(void *data, int64_t begin, int64_t end, int thread)
{
    const translation_t *translation = data;
    (void)thread;
    for (int64_t i = begin; i < end; ++i)
        translation->to[i] = translation->place[translation->from[i]];
    return GPH_OK;
}

static gph_status_t make_layout(const gph_graph_t *graph, const int64_t *degree,
                                gph_mp_layout_t *layout)
{
    gph_status_t status = GPH_OK;
    gph_env_t *env = graph->context->env;
    const gph_off_t arcs = graph->offset[graph->owned];

    GPH_TRY(gph_alloc(env, (int64_t)graph->owned + graph->ghosts, sizeof *layout->place,
                      &layout->place));
    GPH_TRY(gph_alloc(env, (int64_t)graph->owned + graph->ghosts, sizeof *layout->vertex,
                      &layout->vertex));
    GPH_TRY(gph_alloc(env, arcs, sizeof *layout->adjacent, &layout->adjacent));
    sort_places(graph, degree, layout);
    translation_t translation = {graph->adjacent, layout->place, layout->adjacent};
    GPH_TRY(gph_team_ranges(graph->context, arcs, GRAIN, translate_range, &translation));
    layout->adjacent_view = layout->adjacent;

cleanup:
    return status;
}

gph_status_t gph_mp_layout_init(const gph_graph_t *graph, bool dense, gph_mp_layout_t *layout)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    const int64_t all = (int64_t)graph->owned + graph->ghosts;
    const int64_t arcs = graph->offset[graph->owned];
    int64_t *degree = NULL;
    int64_t fits = gph_mem_left(context->env) / 4 / (int64_t)sizeof(gph_lid_t) > 2 * all + arcs;

    *layout = (gph_mp_layout_t){.adjacent_view = graph->adjacent};
    if (!dense)
        return GPH_OK;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MIN, 1, &fits));
    if (fits == 0)
        return GPH_OK;
    GPH_TRY_ALL(context, gph_alloc(context->env, all, sizeof *degree, &degree));
    for (gph_lid_t v = 0; v < graph->owned; ++v)
        degree[v] = gph_mp_degree(graph, v);
    GPH_TRY(gph_halo_update(graph, sizeof *degree, degree));
    GPH_TRY_ALL(context, make_layout(graph, degree, layout));

cleanup:
    gph_free(degree);
    if (status != GPH_OK)
        gph_mp_layout_free(layout);
    return status;
}
