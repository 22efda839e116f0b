/* Distances that networkx found (tests/tools/ged_oracle.py), for every kind of label and cost. */
#include "ged_oracle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 64, WORD = 512 };

/* One line of distances.txt. */
typedef struct line {
    char collection[WORD];
    char node[WORD];
    char edge[WORD];
    int i;
    int j;
    double distance;
} line_t;

/* A collection that stays loaded while lines name it. */
typedef struct loaded {
    char name[WORD];
    gph_graph_set_t set;
} loaded_t;

/* `constant:I,R,S`, `euclidean:I,R,S` or `table:N,ENTRIES`. */
static bool parse_cost(const char *text, double entries[ENTRIES], gph_ged_cost_t *cost)
{
    const char *at = strchr(text, ':');
    int count = 0;
    while (at != NULL && *at != '\0' && count < ENTRIES) {
        char *end = NULL;
        entries[count++] = strtod(at + 1, &end);
        at = *end == ',' ? end : NULL;
    }
    if (strncmp(text, "table:", 6) == 0) {
        const int side = (int)entries[0] + 1;
        *cost =
            (gph_ged_cost_t){.kind = GPH_GED_COST_TABLE, .labels = side - 1, .table = entries + 1};
        return count == 1 + side * side;
    }
    const bool constant = strncmp(text, "constant:", 9) == 0;
    *cost = (gph_ged_cost_t){.kind = constant ? GPH_GED_COST_CONSTANT : GPH_GED_COST_EUCLIDEAN,
                             .insert = entries[0],
                             .remove = entries[1],
                             .substitute = entries[2]};
    return count == 3 && (constant || strncmp(text, "euclidean:", 10) == 0);
}

static bool load(gph_context_t *context, const line_t *line, loaded_t *loaded)
{
    char path[2 * WORD];
    gph_collection_form_t options = gph_collection_form_default();
    if (strcmp(loaded->name, line->collection) == 0)
        return true;
    gph_graph_set_free(&loaded->set);
    options.directed = strstr(line->collection, "-directed") != NULL;
    options.numeric_nodes = options.numeric_edges = strncmp(line->collection, "vectors", 7) == 0;
    loaded->set = gph_graph_set_init(context->env, options.directed);
    snprintf(loaded->name, sizeof loaded->name, "%s", line->collection);
    snprintf(path, sizeof path, "tests/ged/oracle/%s.txt", line->collection);
    return GPH_EXPECT_OK(
        context, gph_graph_set_read(context, gph_test_source(path), &options, &loaded->set));
}

/* Every method, and the mapping of the exact one. */
static void check_line(gph_context_t *context, const line_t *line, const loaded_t *loaded)
{
    double node[ENTRIES];
    double edge[ENTRIES];
    gph_ged_costs_t costs;
    gph_ged_t *ged = NULL;
    const double close = 1e-9 * (1 + line->distance);
    const gph_small_graph_t a = gph_graph_set_view(&loaded->set, line->i);
    const gph_small_graph_t b = gph_graph_set_view(&loaded->set, line->j);
    const bool known =
        parse_cost(line->node, node, &costs.node) && parse_cost(line->edge, edge, &costs.edge);
    GPH_EXPECT(known, "%s %d: costs", line->collection, line->i);
    if (!known || !GPH_EXPECT_OK(context, gph_ged_create(context, &costs, &ged)))
        return;
    for (int m = 0; m < GPH_GED_METHODS; m++) {
        gph_ged_options_t options = gph_ged_options_default();
        gph_ged_result_t result = {.lower = -1};
        gph_ged_path_t path = {.total = -1};
        options.method = (gph_ged_method_t)m;
        GPH_EXPECT_OK(context, gph_ged_compute(ged, &a, &b, &options, &result));
        GPH_EXPECT(result.lower >= 0 && result.lower <= line->distance + close &&
                       result.upper >= line->distance - close,
                   "%s %d %d %s: %.12g..%.12g around %.12g", line->collection, line->i, line->j,
                   gph_ged_method_name(options.method), result.lower, result.upper, line->distance);
        if (m != GPH_GED_EXACT)
            continue;
        CU_ASSERT(result.exact && fabs(result.upper - line->distance) <= close);
        GPH_EXPECT_OK(context, gph_ged_replay(ged, &a, &b, result.map, &path));
        CU_ASSERT(fabs(path.total - line->distance) <= close);
    }
    gph_ged_destroy(&ged);
}

static void test_distances(void)
{
    gph_context_t *context = gph_test_context();
    loaded_t loaded = {.set = gph_graph_set_init(context->env, false)};
    line_t line;
    int lines = 0;
    FILE *file = fopen(gph_test_source("tests/ged/oracle/distances.txt"), "r");
    CU_ASSERT_PTR_NOT_NULL(file);
    while (file != NULL && fscanf(file, "%511s %d %d %511s %511s %lf", line.collection, &line.i,
                                  &line.j, line.node, line.edge, &line.distance) == 6) {
        lines++;
        if (load(context, &line, &loaded))
            check_line(context, &line, &loaded);
    }
    CU_ASSERT_EQUAL(lines, 300);
    if (file != NULL)
        fclose(file);
    gph_graph_set_free(&loaded.set);
}

GPH_TEST_SUITE(ged_networkx, {"equals the distances of networkx", test_distances});
