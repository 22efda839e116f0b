/*
 * Connected components across ranks: ranks tell each other to which trees shared vertices belong,
 * but for those in the largest one, and the pairs of trees that they thus learn are joined.
 */
#include "mp/components.h"
#include "par/comm.h"
#include "par/team.h"

#include <string.h>

/* Ghosts that a thread takes at least. */
enum { GRAIN = 16384 };

/* Notes that two numbers belong together. */
static gph_status_t note(gph_trees_t *trees, int64_t a, int64_t b)
{
    const gph_pair_t pair = {a, b};
    return gph_array_push(&trees->pair, &pair);
}

/* Joins what was noted on all ranks. */
static gph_status_t join_noted(gph_trees_t *trees)
{
    gph_array_t *pair = &trees->pair;
    gph_sets_free(&trees->sets);
    const gph_status_t status = gph_sets_join(trees->graph->context, trees->graph->vertices,
                                              pair->count, pair->data, &trees->sets);
    pair->count = 0;
    return status;
}

/* --- messages ------------------------------------------------------------------------------- */

/** Which ghosts were told of. */
typedef struct telling {
    gph_trees_t *trees;
    unsigned char *told; /* [ghosts] it is not in the largest tree */
} telling_t;

/** What one rank tells another of a vertex that both have. */
typedef struct word {
    int64_t place; /* among those that its owner sends to the other */
    int64_t name;  /* of its tree */
} word_t;

/* Sends words; *heard receives those of others, by rank. count[ranks] is followed by room for the
 * numbers received. */
static gph_status_t tell(const gph_trees_t *trees, int64_t *count, const gph_array_t *words,
                         word_t **heard)
{
    gph_context_t *context = trees->graph->context;
    return gph_comm_exchange(context, sizeof **heard, words->data, count, heard,
                             count + context->ranks);
}

/* For each rank one of its vertices that is in the largest tree here, with the name of that. */
static gph_status_t list_largest(const gph_trees_t *trees, int64_t *count, gph_array_t *words)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = trees->graph;
    int64_t first = graph->owned;

    for (int r = 0; r < graph->context->ranks; first += graph->halo_recv_count[r], ++r)
        for (int64_t i = 0; i < graph->halo_recv_count[r] && count[r] == 0; ++i) {
            const word_t word = {i, trees->largest};
            if (trees->tree[first + i] != trees->root)
                continue;
            GPH_TRY(gph_array_push(words, &word));
            count[r] = 1;
        }

cleanup:
    return status;
}

/* Notes which ranks' largest trees are parts of one. */
static gph_status_t hear_largest(gph_trees_t *trees, const int64_t *count, const word_t *word)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = trees->graph;
    const gph_lid_t *plan = graph->halo_send;

    if (trees->root < 0)
        return GPH_OK;
    GPH_TRY(note(trees, trees->largest, trees->largest)); /* others may know more of it */
    for (int r = 0; r < graph->context->ranks; plan += graph->halo_send_count[r], ++r)
        for (int64_t i = 0; i < count[r]; ++i, ++word)
            if (trees->tree[plan[word->place]] == trees->root)
                GPH_TRY(note(trees, trees->largest, word->name));

cleanup:
    return status;
}

gph_status_t gph_trees_agree(gph_trees_t *trees)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = trees->graph->context;
    gph_array_t words = gph_array_init(context->env, sizeof(word_t));
    word_t *heard = NULL;
    int64_t *count = NULL;

    if (context->ranks == 1)
        return GPH_OK;
    trees->largest = trees->root < 0 ? INT64_MAX : gph_mp_number(trees->graph, trees->root);
    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY_ALL(context, trees->root < 0 ? GPH_OK : list_largest(trees, count, &words));
    GPH_TRY(tell(trees, count, &words, &heard));
    GPH_TRY_ALL(context, hear_largest(trees, count + context->ranks, heard));
    GPH_TRY(join_noted(trees));
    const int64_t mine = gph_sets_least(&trees->sets, trees->largest);
    trees->largest = mine;
    GPH_TRY(gph_comm_reduce_i64(context, GPH_MIN, 1, &trees->largest));
    if (mine != trees->largest)
        trees->root = -1;

cleanup:
    gph_array_free(&words);
    gph_free(heard);
    gph_free(count);
    return status;
}

/* --- trees that go on elsewhere ------------------------------------------------------------- */

/* Lists vertices that others need, but for those in the largest tree. */
static gph_status_t list_trees(const gph_trees_t *trees, int64_t *count, gph_array_t *words)
{
    gph_status_t status = GPH_OK;
    const gph_graph_t *graph = trees->graph;
    const gph_lid_t *plan = graph->halo_send;

    for (int r = 0; r < graph->context->ranks; plan += graph->halo_send_count[r], ++r)
        for (int64_t i = 0; i < graph->halo_send_count[r]; ++i) {
            const gph_lid_t root = trees->tree[plan[i]];
            trees->open[root] = GPH_TREE_OPEN;
            if (root == trees->root)
                continue;
            const word_t word = {i, gph_tree_name(trees, root)};
            GPH_TRY(gph_array_push(words, &word));
            count[r] += 1;
        }

cleanup:
    return status;
}

/* Notes to which trees of their owners ghosts belong that are not in the largest one. */
static gph_status_t hear_trees(telling_t *telling, const int64_t *count, const word_t *word)
{
    gph_status_t status = GPH_OK;
    gph_trees_t *trees = telling->trees;
    const gph_graph_t *graph = trees->graph;
    int64_t first = 0;

    for (int r = 0; r < graph->context->ranks; first += graph->halo_recv_count[r], ++r)
        for (int64_t i = 0; i < count[r]; ++i, ++word) {
            const int64_t ghost = first + word->place;
            const gph_lid_t root = trees->tree[graph->owned + ghost];
            telling->told[ghost] = 1;
            if (root >= graph->owned) /* no vertex of this rank is in it */
                continue;
            trees->open[root] = GPH_TREE_OPEN;
            GPH_TRY(note(trees, gph_tree_name(trees, root), word->name));
        }

cleanup:
    return status;
}

/* Marks the trees of ghosts of which nothing was told. */
static gph_status_t mark_range(void *data, int64_t begin, int64_t end, int thread)
{
    const telling_t *telling = data;
    const gph_trees_t *trees = telling->trees;
    const gph_lid_t owned = trees->graph->owned;
    (void)thread;
    for (int64_t g = begin; g < end; ++g) {
        const gph_lid_t root = trees->tree[owned + g];
        if (telling->told[g] == 0 && root < owned &&
            __atomic_load_n(&trees->open[root], __ATOMIC_RELAXED) != GPH_TREE_IN_LARGEST)
            __atomic_store_n(&trees->open[root], GPH_TREE_IN_LARGEST, __ATOMIC_RELAXED);
    }
    return GPH_OK;
}

/* Notes the trees of this rank that are parts of the largest one. */
static gph_status_t note_largest(gph_trees_t *trees)
{
    gph_status_t status = GPH_OK;
    const gph_lid_t owned = trees->graph->owned;
    const unsigned char *at = trees->open;

    if (trees->root >= 0)
        trees->open[trees->root] = GPH_TREE_IN_LARGEST;
    while ((at = memchr(at, GPH_TREE_IN_LARGEST, (size_t)(trees->open + owned - at))) != NULL)
        GPH_TRY(note(trees, gph_tree_name(trees, (gph_lid_t)(at++ - trees->open)), trees->largest));

cleanup:
    return status;
}

static gph_status_t exchange_trees(telling_t *telling)
{
    gph_status_t status = GPH_OK;
    gph_trees_t *trees = telling->trees;
    gph_context_t *context = trees->graph->context;
    gph_array_t words = gph_array_init(context->env, sizeof(word_t));
    word_t *heard = NULL;
    int64_t *count = NULL;

    GPH_TRY_ALL(context,
                gph_calloc(context->env, 2 * (int64_t)context->ranks, sizeof *count, &count));
    GPH_TRY_ALL(context, list_trees(trees, count, &words));
    GPH_TRY(tell(trees, count, &words, &heard));
    GPH_TRY_ALL(context, hear_trees(telling, count + context->ranks, heard));

cleanup:
    gph_array_free(&words);
    gph_free(heard);
    gph_free(count);
    return status;
}

gph_status_t gph_trees_join(gph_trees_t *trees)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = trees->graph->context;
    telling_t telling = {trees, NULL};

    if (context->ranks == 1) {
        if (trees->root >= 0) {
            trees->largest = gph_tree_name(trees, trees->root);
            trees->open[trees->root] = GPH_TREE_IN_LARGEST;
        }
        return GPH_OK;
    }
    GPH_TRY_ALL(context, gph_calloc(context->env, trees->graph->ghosts, 1, &telling.told));
    GPH_TRY(exchange_trees(&telling));
    GPH_TRY_ALL(context,
                gph_team_ranges(context, trees->graph->ghosts, GRAIN, mark_range, &telling));
    GPH_TRY_ALL(context, note_largest(trees));
    GPH_TRY(join_noted(trees));

cleanup:
    gph_free(telling.told);
    return status;
}
