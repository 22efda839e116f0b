/* Which graphs are for testing in which fold. */
#include "nn/graph_data.h"

#include "io/parse.h"
#include "io/scan.h"
#include "nn/shuffle.h"
#include "par/comm.h"

#include <stdio.h>
#include <sys/stat.h>

enum { PATH_CHARS = 4096 };

/* Stream of random numbers, apart from those of dropout and initial values. */
#define STREAM_FOLDS ((UINT64_C(1) << 62) + 1)

/* --- drawn ---------------------------------------------------------------------------------- */

/* The graphs of each class go round the folds, in an order that the seed gives. */
static gph_status_t draw_folds(int64_t folds, gph_graph_data_t *data)
{
    gph_status_t status = GPH_OK;
    int64_t *drawn = NULL;
    int64_t at = 0;

    if (folds < 2 || folds > data->graphs)
        return gph_fail(data->context->env, GPH_ERR_USAGE,
                        "%lld folds of %lld graphs; there must be from 2 to as many as graphs",
                        (long long)folds, (long long)data->graphs);
    GPH_TRY(gph_alloc(data->context->env, data->graphs, sizeof *drawn, &drawn));
    for (int64_t g = 0; g < data->graphs; g++)
        drawn[g] = g;
    GPH_TRY(
        gph_shuffle(data->context->env, data->context->seed, STREAM_FOLDS, data->graphs, drawn));
    for (int32_t class = 0; class < data->classes; class ++)
        for (int64_t i = 0; i < data->graphs; i++)
            if (data->class[drawn[i]] == class)
                data->fold[drawn[i]] = (int32_t)(at++ % folds);
    data->folds = folds;

cleanup:
    gph_free(drawn);
    return status;
}

/* --- from files ----------------------------------------------------------------------------- */

static gph_status_t take_graph(const gph_lines_t *lines, const char *at, int32_t fold,
                               gph_graph_data_t *data)
{
    char token[GPH_TOKEN_CHARS];
    int64_t graph = 0;
    const char *end = gph_scan_id(at, false, &graph);

    if (end == NULL || !gph_at_line_end(gph_skip_blanks(end)))
        return gph_fail_line(lines, lines->head,
                             "'%s' is not the number of a graph, from 0, one a line",
                             gph_token_quote(at, false, token));
    if (graph >= data->graphs)
        return gph_fail_line(lines, lines->head, "graph %lld of %lld, counted from 0",
                             (long long)graph, (long long)data->graphs);
    if (data->fold[graph] >= 0)
        return gph_fail_line(lines, lines->head, "graph %lld is in fold %d already",
                             (long long)graph, data->fold[graph] + 1);
    data->fold[graph] = fold;
    return GPH_OK;
}

static gph_status_t take_fold(gph_lines_t *lines, int32_t fold, gph_graph_data_t *data)
{
    gph_status_t status = GPH_OK;
    const char *line = NULL;

    for (;;) {
        GPH_TRY(gph_lines_head(lines, &line));
        if (line == NULL)
            break;
        line = gph_skip_blanks(line);
        if (!gph_at_line_end(line))
            GPH_TRY(take_graph(lines, line, fold, data));
    }

cleanup:
    return status;
}

/* Whether a file or folder is there, as rank 0 sees it. Collective. */
static gph_status_t look(gph_context_t *context, const char *path, bool *there)
{
    struct stat about;
    int64_t found = context->rank == 0 && stat(path, &about) == 0;
    const gph_status_t status = gph_comm_bcast(context, 0, sizeof found, &found);
    *there = found != 0;
    return status;
}

static gph_status_t check_folds(const gph_graph_data_t *data, const char *folder)
{
    if (data->folds < 2)
        return gph_fail(data->context->env, GPH_ERR_INPUT,
                        "%.400s: %lld folds (test_idx-1.txt, test_idx-2.txt ...); at least two "
                        "are needed",
                        folder, (long long)data->folds);
    return GPH_OK;
}

static gph_status_t read_folds(const char *folder, gph_graph_data_t *data)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = data->context;
    gph_lines_t lines = {.descriptor = -1};
    char path[PATH_CHARS + 32];
    bool there = true;

    for (int64_t g = 0; g < data->graphs; g++)
        data->fold[g] = -1;
    for (int32_t f = 0; there && f < data->graphs; f++) {
        snprintf(path, sizeof path, "%.*s/test_idx-%d.txt", PATH_CHARS - 1, folder, f + 1);
        GPH_TRY(look(context, path, &there));
        if (!there)
            break;
        GPH_TRY(gph_lines_open(context, path, false, &lines));
        GPH_TRY_ALL(context, take_fold(&lines, f, data));
        gph_lines_close(&lines);
        data->folds = f + 1;
    }
    GPH_TRY_ALL(context, check_folds(data, folder));

cleanup:
    gph_lines_close(&lines);
    return status;
}

gph_status_t gph_graph_folds(const gph_graphs_options_t *options, gph_graph_data_t *data)
{
    gph_status_t status = GPH_OK;
    char usual[PATH_CHARS];
    bool there = false;

    if (options->all) {
        for (int64_t g = 0; g < data->graphs; g++)
            data->fold[g] = -1;
        data->folds = 1;
        return GPH_OK;
    }
    if (options->folds != NULL)
        return read_folds(options->folds, data);
    snprintf(usual, sizeof usual, "%s/10fold_idx", options->path);
    GPH_TRY(look(data->context, usual, &there));
    status = there ? read_folds(usual, data)
                   : gph_comm_agree(data->context, draw_folds(options->fold_count, data));

cleanup:
    return status;
}
