/* Naive graph of a list of units, and comparison with what the ranks find. */
#include "text_oracle.h"

#include "gph_test.h"
#include "par/tiles.h"

#include <stdlib.h>
#include <string.h>

/* First byte after the first `lines` lines. */
static int64_t skip_lines(const char *text, int64_t size, int64_t lines)
{
    int64_t at = 0;
    while (at < size && lines > 0)
        lines -= text[at++] == '\n';
    return at;
}

/* First line of a rank; ranks hold the lines up to that of the next rank. */
static int64_t first_line(int64_t lines, int ranks, int rank, text_cut_t cut)
{
    switch (cut) {
    case CUT_FIRST:
        return rank > 0 ? lines : 0;
    case CUT_LAST:
        return rank < ranks ? 0 : lines;
    case CUT_ODD:
        return rank < ranks ? gph_block_start(lines, ranks, rank - rank % 2) : lines;
    default:
        return gph_block_start(lines, ranks, rank);
    }
}

gph_status_t cut_text_edges(gph_context_t *context, const char *text, int64_t size, text_cut_t cut,
                            gph_text_unit_t unit, int window, gph_edges_t *edges)
{
    int64_t lines = 1;
    for (int64_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    const int rank = context->rank;
    const int64_t begin = skip_lines(text, size, first_line(lines, context->ranks, rank, cut));
    const int64_t end = skip_lines(text, size, first_line(lines, context->ranks, rank + 1, cut));
    return gph_text_edges(context, "t.txt", begin, end - begin, text + begin, unit, window, edges);
}

/* --- the oracle ----------------------------------------------------------------------------- */

static int compare_strings(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int64_t drop_equal_strings(int64_t count, const char **text)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(text[i], text[kept - 1]) != 0)
            text[kept++] = text[i];
    }
    return kept;
}

static int64_t find_string(int64_t count, const char **sorted, const char *text)
{
    const char **found = bsearch(&text, sorted, (size_t)count, sizeof *sorted, compare_strings);
    return found ? found - sorted : -1;
}

/* Every pair of different units less than `window` places apart, once; `edge` has room for
 * count × (window - 1). */
static whole_edges_t naive_edges(int64_t count, const int64_t *unit, int64_t window,
                                 gph_edge_t *edge)
{
    whole_edges_t whole = {.edge = edge};
    int64_t kept = 0;
    for (int64_t i = 0; i < count; i++) {
        for (int64_t j = i + 1; j < count && j - i < window; j++) {
            if (unit[i] != unit[j])
                edge[whole.count++] = (gph_edge_t){.u = unit[i], .v = unit[j]};
        }
    }
    sort_edges(whole.count, edge);
    for (int64_t i = 0; i < whole.count; i++) {
        if (i == 0 || edge[i].u != edge[kept - 1].u || edge[i].v != edge[kept - 1].v)
            edge[kept++] = edge[i];
    }
    whole.count = kept;
    return whole;
}

/* --- comparison ----------------------------------------------------------------------------- */

static bool same_names(gph_names_t names, int64_t count, const char **wanted)
{
    bool same = names.offset != NULL && names.count == count;
    for (int64_t i = 0; same && i < count; i++) {
        const size_t size = (size_t)(names.offset[i + 1] - names.offset[i]);
        same = size == strlen(wanted[i]) &&
               memcmp(names.bytes + names.offset[i], wanted[i], size) == 0;
    }
    return same;
}

static void expect_cut(const char *text, int64_t size, gph_text_unit_t unit, int window,
                       text_cut_t cut, int64_t names, const char **name, whole_edges_t oracle)
{
    gph_context_t *context = gph_test_context();
    const int64_t used = gph_mem_used(context->env);
    gph_edges_t edges = gph_edges_init();
    GPH_EXPECT_OK(context, cut_text_edges(context, text, size, cut, unit, window, &edges));
    const int64_t block = gph_block_start(names, context->ranks, context->rank + 1) -
                          gph_block_start(names, context->ranks, context->rank);
    CU_ASSERT_EQUAL(edges.vertices, names);
    CU_ASSERT_EQUAL(edges.first_id, 0);
    CU_ASSERT_PTR_NULL(edges.weight);
    CU_ASSERT_PTR_NOT_NULL(edges.names.offset);
    CU_ASSERT_EQUAL(edges.names.count, block);

    whole_edges_t whole = gather_edges(context, &edges);
    gph_names_t all = gather_names(context, &edges);
    GPH_EXPECT(same_edges(whole, oracle), "cut %d, window %d: wrong edges of %.60s", (int)cut,
               window, text);
    GPH_EXPECT(same_names(all, names, name), "cut %d: wrong names of %.60s", (int)cut, text);
    gph_free(whole.edge);
    gph_names_free(&all);
    gph_edges_free(&edges);
    CU_ASSERT_EQUAL(gph_mem_used(context->env), used);
}

void expect_text(const char *text, int64_t size, gph_text_unit_t unit, int window,
                 const char *units, int64_t count)
{
    const size_t room = (size_t)count + 1;
    const int64_t reach = window - 1 < count ? window - 1 : count;
    const char **place = malloc(room * sizeof *place);
    const char **name = malloc(room * sizeof *name);
    int64_t *number = malloc(room * sizeof *number);
    gph_edge_t *edge = malloc(room * ((size_t)reach + 1) * sizeof *edge);
    for (int64_t i = 0; i < count; i++, units += strlen(units) + 1)
        place[i] = name[i] = units;
    qsort(name, (size_t)count, sizeof *name, compare_strings);
    const int64_t names = drop_equal_strings(count, name);
    for (int64_t i = 0; i < count; i++)
        number[i] = find_string(names, name, place[i]);
    whole_edges_t oracle = naive_edges(count, number, window, edge);
    for (text_cut_t cut = 0; cut < CUTS; cut++)
        expect_cut(text, size, unit, window, cut, names, name, oracle);
    free(place);
    free(name);
    free(number);
    free(edge);
}
