/* Colours of vertices: a file of words, and the vertices that they name. */
#include "io/colors.h"

#include "base/hash.h"
#include "base/sort.h"
#include "io/collection.h"
#include "io/file.h"
#include "par/comm.h"

#include <stdlib.h>
#include <string.h>

/* The owned vertices by what they are called. */
typedef struct finder {
    const gph_graph_t *graph;
    gph_map_t map;     /**< hash of a name -> an owned vertex, of graphs with names */
    gph_lid_t *others; /**< [owned] the next vertex of the same hash, or -1 */
} finder_t;

static int64_t hash_of(const char *text, int64_t length)
{
    return (int64_t)(gph_digest_bytes(text, (size_t)length).low >> 1);
}

static gph_status_t make_finder(const gph_graph_t *graph, finder_t *finder)
{
    gph_status_t status = GPH_OK;
    const int64_t *offset = graph->names.offset;

    if (offset == NULL)
        return GPH_OK;
    GPH_TRY(gph_alloc(graph->context->env, graph->owned, sizeof *finder->others, &finder->others));
    for (gph_lid_t v = graph->owned - 1; v >= 0; --v) {
        int64_t *slot = NULL;
        const int64_t hash = hash_of(graph->names.bytes + offset[v], offset[v + 1] - offset[v]);
        GPH_TRY(gph_map_insert(&finder->map, hash, -1, &slot));
        finder->others[v] = (gph_lid_t)*slot;
        *slot = v;
    }

cleanup:
    return status;
}

/* --- words ---------------------------------------------------------------------------------- */

static bool divides(char c, bool tabs)
{
    return tabs ? c == '\t' : c == ' ' || c == ',' || c == '\t';
}

/* The character that \c stands for. */
static char unescaped(char c)
{
    switch (c) {
    case 't':
        return '\t';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    default:
        return c;
    }
}

/* Next word of a line; false at its end. Escapes stand for what gph writes by them. */
static gph_status_t next_word(const char **at, const char *end, bool tabs, gph_array_t *word,
                              bool *found)
{
    gph_status_t status = GPH_OK;

    while (!tabs && *at < end && divides(**at, tabs))
        ++*at;
    *found = *at < end;
    word->count = 0;
    for (; *at < end && !divides(**at, tabs); ++*at) {
        char c = **at;
        if (c == '\\' && *at + 1 < end) {
            ++*at;
            c = unescaped(**at);
        }
        GPH_TRY(gph_array_push(word, &c));
    }
    if (*at < end)
        ++*at;

cleanup:
    return status;
}

/* --- vertices ------------------------------------------------------------------------------- */

/* Gives a colour to a vertex that has none yet. */
static int64_t paint(int64_t *color, gph_lid_t v, int64_t number)
{
    if (color[v] < 0)
        color[v] = number;
    return 1;
}

/* Colours what a word names; returns how many owned vertices that is. */
static int64_t paint_word(const finder_t *finder, const gph_array_t *word, int64_t number,
                          int64_t *color)
{
    const gph_graph_t *graph = finder->graph;
    const int64_t *offset = graph->names.offset;
    char digits[24] = "";
    char *end = NULL;
    int64_t painted = 0;

    if (offset != NULL) {
        for (int64_t v = gph_map_get(&finder->map, hash_of(word->data, word->count)); v >= 0;
             v = finder->others[v])
            if (offset[v + 1] - offset[v] == word->count &&
                memcmp(graph->names.bytes + offset[v], word->data, (size_t)word->count) == 0)
                painted += paint(color, (gph_lid_t)v, number);
        return painted;
    }
    if (word->count == 0 || word->count >= (int64_t)sizeof digits)
        return 0;
    memcpy(digits, word->data, (size_t)word->count);
    const int64_t id = strtoll(digits, &end, 10);
    if (*end != '\0' || graph->owned == 0)
        return 0;
    if (graph->id == NULL) {
        const int64_t v = id - gph_graph_id(graph, 0);
        return v >= 0 && v < graph->owned ? paint(color, (gph_lid_t)v, number) : 0;
    }
    const int64_t v = gph_lower_bound_i64(graph->id, graph->owned, id);
    return v < graph->owned && graph->id[v] == id ? paint(color, (gph_lid_t)v, number) : 0;
}

/* --- lines ---------------------------------------------------------------------------------- */

typedef struct colors {
    finder_t finder;
    gph_symbols_t labels;
    gph_array_t word;
    gph_array_t label;
    int64_t groups;  /**< so far */
    int64_t painted; /**< owned vertices that lines named */
} colors_t;

/* A vertex and its label. */
static gph_status_t take_label(colors_t *colors, const char *at, const char *end, bool tabs,
                               int64_t *color)
{
    gph_status_t status = GPH_OK;
    bool found = false;
    int32_t number = 0;

    GPH_TRY(next_word(&at, end, tabs, &colors->word, &found));
    GPH_TRY(next_word(&at, end, tabs, &colors->label, &found));
    if (!found)
        return GPH_OK;
    GPH_TRY(gph_symbols_intern(&colors->labels, colors->label.data, colors->label.count, &number));
    colors->painted += paint_word(&colors->finder, &colors->word, number, color);

cleanup:
    return status;
}

static gph_status_t take_group(colors_t *colors, const char *at, const char *end, bool tabs,
                               int64_t *color)
{
    gph_status_t status = GPH_OK;
    bool found = true;

    for (;;) {
        GPH_TRY(next_word(&at, end, tabs, &colors->word, &found));
        if (!found)
            break;
        colors->painted += paint_word(&colors->finder, &colors->word, colors->groups, color);
    }
    colors->groups += 1;

cleanup:
    return status;
}

static gph_status_t take_lines(colors_t *colors, bool groups, const char *text, int64_t size,
                               int64_t *color)
{
    gph_status_t status = GPH_OK;
    const char *end = text + size;

    while (text < end) {
        const char *feed = memchr(text, '\n', (size_t)(end - text));
        const char *stop = feed != NULL ? feed : end;
        const char *line_end = stop > text && stop[-1] == '\r' ? stop - 1 : stop;
        const bool tabs = memchr(text, '\t', (size_t)(line_end - text)) != NULL;
        if (line_end > text && *text != '#')
            GPH_TRY(groups ? take_group(colors, text, line_end, tabs, color)
                           : take_label(colors, text, line_end, tabs, color));
        text = stop + 1;
    }

cleanup:
    return status;
}

gph_status_t gph_colors_read(const gph_graph_t *graph, const char *path, bool groups,
                             int64_t *color)
{
    gph_status_t status = GPH_OK;
    gph_context_t *context = graph->context;
    gph_env_t *env = context->env;
    colors_t colors = {.finder = {.graph = graph, .map = gph_map_init(env)},
                       .labels = gph_symbols_init(env),
                       .word = gph_array_init(env, 1),
                       .label = gph_array_init(env, 1)};
    char *text = NULL;
    int descriptor = -1;
    int64_t size = 0;
    int64_t got = 0;

    for (gph_lid_t v = 0; v < graph->owned; ++v)
        color[v] = -1;
    GPH_TRY(gph_file_open_all(context, path, &descriptor, &size));
    GPH_TRY_ALL(context, gph_alloc(env, size, 1, &text));
    GPH_TRY_ALL(context, gph_file_read(context, descriptor, path, 0, size, text, &got));
    GPH_TRY_ALL(context, make_finder(graph, &colors.finder));
    GPH_TRY_ALL(context, take_lines(&colors, groups, text, got, color));
    GPH_TRY(gph_comm_reduce_i64(context, GPH_SUM, 1, &colors.painted));
    if (colors.painted == 0)
        GPH_TRY(
            gph_fail(env, GPH_ERR_INPUT, "%s: names no vertex of the graph", gph_path_shown(path)));

cleanup:
    gph_file_close(descriptor);
    gph_free(text);
    gph_map_free(&colors.finder.map);
    gph_free(colors.finder.others);
    gph_symbols_free(&colors.labels);
    gph_array_free(&colors.word);
    gph_array_free(&colors.label);
    return status;
}
